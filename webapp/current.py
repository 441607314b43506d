"""What belongs to the running app, by type rather than by string."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

from ml.settings import Settings
from ml.spec import DatasetSpec

if TYPE_CHECKING:
    from webapp.jobs.messages import Queue


def current_settings() -> Settings:
    """The settings that this app was made with."""
    return cast("Settings", current_app.extensions["proctor_settings"])


def current_spec() -> DatasetSpec:
    """The dataset that this app is about."""
    return cast("DatasetSpec", current_app.extensions["proctor_spec"])


def current_queue() -> Queue:
    """The message queue of the app that is serving."""
    return cast("Queue", current_app.extensions["proctor_queue"])
