"""What `/` shows."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.audit.verdicts import VerdictView
from webapp.data.queries import DatasetInUse
from webapp.jobs.cards import JobCard
from webapp.models.queries import ModelVersion
from webapp.runs.pages import RunLine
from webapp.runs.sentences import Worth
from webapp.scores import Score


@dataclass(frozen=True)
class OverviewPage:
    """The first page. `is_of_other_data` says that the champion learnt from another dataset than the one in use."""

    champion: ModelVersion | None
    worth: Worth | None
    audit: VerdictView | None
    scores: tuple[Score, ...]
    is_of_other_data: bool
    dataset: DatasetInUse | None
    dataset_title: str
    runs: tuple[RunLine, ...]
    runs_total: int
    jobs: tuple[JobCard, ...]
