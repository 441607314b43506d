"""The experiment store: MLflow's tables, which we only read, and ours beside them."""

from __future__ import annotations

from flask import Flask

from ml.settings import Settings
from webapp.store.schema import ensure_schema
from webapp.store.session import bind_store, open_store


def init_app(app: Flask, settings: Settings) -> None:
    """Open the store for `app`, once its schema is known to be the one that this code expects.

    Raises
    ------
    webapp.store.schema.SchemaError
        When the store is missing or behind and could not be brought up to date.
    """
    ensure_schema(settings)
    bind_store(app, open_store(settings.database_url))
