"""How a version does on answers whose truth somebody recorded, in words, beside what it was measured at."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection

from ml.places import ArtifactRoots
from webapp.formats import decimal, percent
from webapp.models.queries import ModelVersion
from webapp.predictions.queries import Labelled, find_labelled
from webapp.runs.reports import find_report
from webapp.scores import Company, Score, make_score

FEWEST = 10
"""Answers below which a share would say more than is known."""


@dataclass(frozen=True)
class LiveView:
    """What is seen in use: a sentence, its interval, and the figure with its company; the last two with enough rows."""

    right: str
    interval: str
    beside: str
    score: Score | None


def find_live(conn: Connection, version: ModelVersion, roots: ArtifactRoots) -> LiveView | None:
    """Find what is known of a version in use; None where nobody has recorded a truth."""
    found = find_labelled(conn, version.name, version.version)
    if found is None:
        return None
    report = find_report(version.artifact_uri, roots)
    return say_live(found, report.evaluation.metrics["accuracy"].mean if report else None)


def say_live(found: Labelled, estimate: float | None) -> LiveView:
    """Put the figures of live answers into words, beside the estimate made when the version was trained."""
    if found.rows < FEWEST:
        few = ngettext(
            "Live: the true result of %(num)s answer is known; a figure is shown from %(fewest)s on.",
            "Live: the true results of %(num)s answers are known; a figure is shown from %(fewest)s on.",
            found.rows,
            fewest=FEWEST,
        )
        return LiveView(few, "", "", None)
    low, high = found.interval
    right = ngettext(
        "Live: right for %(share)s of %(num)s answer whose true result is known",
        "Live: right for %(share)s of %(num)s answers whose true result is known",
        found.rows,
        share=percent(found.accuracy),
    )
    naming = _("Always naming the commonest true class: %(share)s.", share=percent(found.baseline))
    honest = "" if estimate is None else _("Estimated at training: %(share)s.", share=percent(estimate))
    return LiveView(
        right=right,
        interval=f"[{decimal(low * 100, 0)}–{decimal(high * 100, 0)}]",
        beside=" ".join(filter(None, (honest, naming))),
        score=make_score("accuracy", found.accuracy, Company(low, high, found.baseline)),
    )
