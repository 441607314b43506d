"""What whoever trains should know before they choose whether the model reads the sensitive columns."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import Connection

from ml.examination.people import LeavingOut
from ml.places import ArtifactRoots
from ml.spec import DatasetSpec
from webapp.models.queries import list_versions
from webapp.runs.reports import find_report
from webapp.runs.sections.people import say_cost
from webapp.runs.sentences import describe_family

LOOKED_AT = 10
"""Versions, the newest first, among which one that was compared is looked for."""


def say_choice(conn: Connection, spec: DatasetSpec, roots: ArtifactRoots, language: str) -> str:
    """Say what leaving the sensitive columns out means, and what it cost the last time that both were compared."""
    columns = [column.label.in_language(language) for column in spec.features if column.is_sensitive]
    if not columns:
        return _("This dataset has no sensitive columns.")
    means = _(
        "%(columns)s say who somebody is. Switched off, they are for audit only: the model never reads them, and"
        " Proctor still uses them to see for whom it errs. Switch them off where an answer may weigh on a decision"
        " about somebody.",
        columns=", ".join(columns),
    )
    found = find_comparison(conn, spec.name, roots)
    if found is None:
        return means + " " + _("What that costs, the next training will say: it is done with and without.")
    version, family, left_out = found
    last = _(
        "Last compared (version %(version)s, %(family)s):", version=version, family=describe_family(family).lower()
    )
    return " ".join((means, last, say_cost(left_out)))


def find_comparison(conn: Connection, name: str, roots: ArtifactRoots) -> tuple[int, str, LeavingOut] | None:
    """Find the newest version that was trained with and without, its family, and what came of it."""
    for version in list_versions(conn, name)[:LOOKED_AT]:
        report = find_report(version.artifact_uri, roots)
        people = report.examination.people if report else None
        if people and people.leaving_out:
            return version.version, version.family, people.leaving_out
    return None
