"""What the pages of the registry show."""

from __future__ import annotations

from dataclasses import dataclass

from ml.report.card.document import Document
from webapp.audit.verdicts import VerdictView
from webapp.models.forms import ChangeForm, DescribeForm
from webapp.predictions.live import LiveView
from webapp.runs.sentences import Worth
from webapp.scores import Score


@dataclass(frozen=True)
class ModelLine:
    """A registered model in the list of all. Aliases stand beside the version that they point at."""

    name: str
    href: str
    description: str
    versions: int
    newest: int | None
    champion: int | None
    aliases: tuple[tuple[str, int], ...]
    changed_at: int | None
    changed_by: str
    is_ours: bool


@dataclass(frozen=True)
class ListPage:
    """`/models` where the store holds models of others too."""

    headline: str
    lead: str
    lines: tuple[ModelLine, ...]
    following: str
    first: str


@dataclass(frozen=True)
class VersionLine:
    """A version in the list of a model's. `others` are aliases that are no stage; `source` is said where it is odd."""

    version: int
    href: str
    card_href: str
    run_id: str | None
    family: str
    description: str
    created_at: int | None
    user_name: str
    stage_kind: str
    stage: str
    is_champion: bool
    is_challenger: bool
    others: tuple[str, ...]
    can_serve: bool
    status: str
    mlflow_stage: str
    source: str
    audit: VerdictView
    has_card: bool
    is_card_complete: bool
    retired: str
    score: Score | None


@dataclass(frozen=True)
class HistoryLine:
    """What somebody did, when and why."""

    at: int
    who: str
    what: str
    why: str
    is_despite_audit: bool


@dataclass(frozen=True)
class ChangeView:
    """A change that an admin may make, behind one tap."""

    code: str
    title: str
    note: str
    warning: str
    button: str
    is_danger: bool
    is_open: bool
    form: ChangeForm
    action: str


@dataclass(frozen=True)
class MetricLine:
    """Champion and challenger by one metric. `verdict` is a word with its icon; empty where they cannot be tested."""

    name: str
    definition: str
    champion: Score | None
    challenger: Score | None
    difference: str
    p_value: str
    verdict_kind: str
    verdict: str


@dataclass(frozen=True)
class SideLine:
    """Something else in which champion and challenger may differ."""

    name: str
    champion: str
    challenger: str


@dataclass(frozen=True)
class Challenge:
    """Champion and challenger side by side."""

    headline: str
    sentence: str
    champion: VersionLine
    challenger: VersionLine
    metrics: tuple[MetricLine, ...]
    costs: tuple[SideLine, ...]
    params: tuple[SideLine, ...]
    compare_href: str


@dataclass(frozen=True)
class ModelPage:
    """`/models/<name>`. `notes` say what a reader should know before the figures."""

    name: str
    is_ours: bool
    exists: bool
    headline: str
    lead: str
    description: str
    notes: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    lines: tuple[VersionLine, ...]
    retired: tuple[VersionLine, ...]
    total: int
    older: str
    newest: str
    champion: VersionLine | None
    worth: Worth | None
    challenge: Challenge | None
    history: tuple[HistoryLine, ...]
    nobody_decided: str
    roll_back: ChangeView | None
    form: DescribeForm
    models: int


@dataclass(frozen=True)
class VersionPage:
    """`/models/<name>/<version>`."""

    name: str
    version: int
    is_ours: bool
    headline: str
    line: VersionLine
    worth: Worth | None
    notes: tuple[str, ...]
    run_name: str
    experiment: str
    status_message: str
    updated_at: int | None
    place: str
    address: str
    aliases: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    history: tuple[HistoryLine, ...]
    changes: tuple[ChangeView, ...]
    form: ChangeForm | None
    """The form that was refused, whose faults stand first."""
    live: LiveView | None = None
    """How it does in use, where somebody recorded what was true."""


@dataclass(frozen=True)
class GonePage:
    """A version that was deleted."""

    name: str
    version: int
    history: tuple[HistoryLine, ...]


@dataclass(frozen=True)
class Download:
    """A file of the card."""

    name: str
    href: str


@dataclass(frozen=True)
class CardPage:
    """`/models/<version>/card`. `document` is None where there is no card to show."""

    name: str
    version: int
    run_id: str | None
    title: str
    is_champion: bool
    document: Document | None
    downloads: tuple[Download, ...]
