"""What is said of a version above the form: how it did at training, and how it does in use.

Both are the same for everybody, and neither changes often; finding them takes longer than all else that the form needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from cachetools import TTLCache
from flask import current_app
from sqlalchemy import Connection

from webapp.current import current_settings, current_spec
from webapp.models.queries import ModelVersion
from webapp.models.views import say_version_worth
from webapp.predictions.live import LiveView, find_live
from webapp.runs.sentences import Worth

KEPT_SECONDS = 2.0
"""For so long the form may not know what somebody said through another process."""
_KEPT = "proctor_standings"
_lock = Lock()


@dataclass(frozen=True)
class Standing:
    """Both in words, None where there is nothing to say."""

    worth: Worth | None
    live: LiveView | None


def find_standing(conn: Connection, version: ModelVersion, language: str) -> Standing:
    """Find what is to be said of a version, or what was a moment ago."""
    asked = version.asked, language
    kept: TTLCache[object, Standing] = current_app.extensions.setdefault(_KEPT, TTLCache(16, KEPT_SECONDS))
    with _lock:
        found = kept.get(asked)
    if found is None:
        roots = current_settings().artifact_roots
        worth = say_version_worth(version, current_spec(), roots, language)
        found = Standing(worth, find_live(conn, version, roots))
        with _lock:
            kept[asked] = found
    return found


def forget_standings() -> None:
    """Find them anew, because somebody said what turned out to be true."""
    with _lock:
        current_app.extensions.pop(_KEPT, None)
