"""Builds the app and does nothing else: `waitress-serve wsgi:app`."""

from webapp import create_app

app = create_app()
