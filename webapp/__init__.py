"""The dashboard: `create_app` reads like a table of contents."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app; it opens the store, brings an embedded one up to date and starts the embedded worker.

    Raises
    ------
    ml.settings.SettingsError
        For a setting that cannot be used.
    webapp.store.schema.SchemaError
        When the store is behind and is not ours to migrate.
    """
    # Here, because workers import this package too: theirs is a light process that watches before all else.
    from ml.settings import read_settings
    from ml.spec import load_spec
    from webapp import (
        accounts,
        assets,
        blueprints,
        champion,
        cli,
        errors,
        formats,
        jobs,
        languages,
        predict,
        rendering,
        security,
        store,
    )
    from webapp.site import Site

    app = Site(__name__)
    settings = settings or read_settings()
    app.extensions["proctor_settings"] = settings
    app.extensions["proctor_spec"] = load_spec(settings.spec_path)
    rendering.init_app(app)
    security.init_app(app, settings)
    store.init_app(app, settings)
    accounts.init_app(app)
    languages.init_app(app)
    formats.init_app(app)
    assets.init_app(app)
    errors.init_app(app)
    champion.init_app(app)
    predict.init_app(app)
    cli.init_app(app)
    blueprints.init_app(app)
    security.require_access_everywhere(app)
    jobs.init_app(app)
    if not is_command():
        jobs.start(app)
        accounts.print_setup_link(app)
    return app


def is_command() -> bool:
    """Whether the app serves a `flask --app wsgi …` command, which neither works on the queue nor invites an admin."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true"
