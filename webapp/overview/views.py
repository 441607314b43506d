"""From the store to what the first page shows."""

from __future__ import annotations

from sqlalchemy import Connection

from ml.places import ArtifactRoots
from ml.spec import DatasetSpec
from webapp.audit.verdicts import describe_verdict
from webapp.clock import now_ms
from webapp.data.queries import find_dataset_in_use
from webapp.jobs.cards import list_cards
from webapp.models.queries import find_champion
from webapp.models.views import say_version_worth
from webapp.overview.pages import OverviewPage
from webapp.runs.lines import make_line
from webapp.runs.queries import Filters, Order, find_runs
from webapp.runs.reports import find_report
from webapp.runs.scores import FIRST_SCORES, make_scores

LAST_RUNS = 6


def show_overview(
    conn: Connection, spec: DatasetSpec, roots: ArtifactRoots, language: str, *, is_admin: bool
) -> OverviewPage:
    """Gather the champion, the dataset and the last runs."""
    champion = find_champion(conn, spec.name)
    report = find_report(champion.artifact_uri, roots) if champion else None
    dataset = find_dataset_in_use(conn, spec.name)
    found = find_runs(conn, Filters(), Order(), LAST_RUNS)
    scores = make_scores(report.evaluation, spec, language, FIRST_SCORES) if report else {}
    return OverviewPage(
        champion=champion,
        worth=say_version_worth(champion, spec, roots, language) if champion else None,
        audit=describe_verdict(champion.audit) if champion else None,
        scores=tuple(scores[metric] for metric in FIRST_SCORES if metric in scores),
        is_of_other_data=bool(report and dataset and report.origin.content_sha256 != dataset.content_sha256),
        dataset=dataset,
        dataset_title=spec.title.in_language(language),
        runs=tuple(make_line(row) for row in found.rows),
        runs_total=found.total,
        jobs=list_cards(conn, now_ms(), is_admin=is_admin),
    )
