"""The one-time link with which the first admin is made: there is no default password."""

from __future__ import annotations

import sys
from typing import TextIO

from flask import Flask

from ml.settings import Settings
from webapp.accounts.actions import issue_setup_link
from webapp.clock import now_ms
from webapp.store.session import Store


def print_setup_link(app: Flask, stream: TextIO | None = None) -> None:
    """Print one line with a fresh link while there is no account; the link before it is void from now on.

    It goes to standard error unless `stream` is given, and nowhere else: the store keeps only the token's hash.
    """
    settings: Settings = app.extensions["proctor_settings"]
    store: Store = app.extensions["proctor_store"]
    token = issue_setup_link(store, now_ms())
    if token:
        print(f"Create the first admin: {spell_address(settings)}/setup/{token}", file=stream or sys.stderr, flush=True)


def spell_address(settings: Settings) -> str:
    """Spell the URL at which this machine reaches the site; a bind to every address is reached by loopback."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
