"""Every subject's routes, in the order of the menu."""

from __future__ import annotations

from flask import Flask

from webapp import api
from webapp.accounts.api_tokens.routes import blueprint as tokens
from webapp.accounts.routes import blueprint as accounts
from webapp.admin.routes import blueprint as admin
from webapp.api.openapi.routes import blueprint as openapi
from webapp.audit.routes import blueprint as audit
from webapp.charts.bundle import blueprint as charts
from webapp.compare.curves.routes import blueprint as compare_curves
from webapp.compare.run_routes import blueprint as compare
from webapp.data.routes import blueprint as data
from webapp.experiments.routes import blueprint as experiments
from webapp.explore.routes import blueprint as explore
from webapp.health.routes import blueprint as health
from webapp.models.names import ModelNameConverter
from webapp.models.routes import blueprint as models
from webapp.overview.routes import blueprint as overview
from webapp.predict.files.routes import blueprint as predict
from webapp.predictions.routes import blueprint as predictions
from webapp.record.routes import blueprint as runs
from webapp.runs.histories.routes import blueprint as histories
from webapp.scoring.routes import blueprint as scoring


def init_app(app: Flask) -> None:
    """Register the routes of every subject, the API's last."""
    app.url_map.converters["model"] = ModelNameConverter
    for blueprint in (
        overview, data, explore, runs, histories, compare, compare_curves, models, predict, predictions, audit, admin,
        accounts, tokens, health, charts, experiments, scoring, openapi,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(scoring)  # as for the API: see webapp.api
    api.init_app(app)
