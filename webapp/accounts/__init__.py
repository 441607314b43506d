"""Accounts: who somebody is, how they sign in and out, and how the first admin comes to be."""

from __future__ import annotations

from flask import Flask

from webapp.accounts import attempts, sessions
from webapp.accounts.api_tokens import caller
from webapp.accounts.first_admin import print_setup_link
from webapp.accounts.queries import User
from webapp.accounts.sessions import claims_session, current_user

__all__ = ["User", "claims_session", "current_user", "init_app", "print_setup_link"]


def init_app(app: Flask) -> None:
    """Recognise people by their session and programs by their token, and count wrong passwords."""
    sessions.init_app(app)
    attempts.init_app(app, app.extensions["proctor_settings"].limits_url)
    caller.init_app(app)
