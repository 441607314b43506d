"""What the pages about logged answers show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.predict.pages import Answer
from webapp.predictions.forms import EraseForm, TruthForm


@dataclass(frozen=True)
class Fact:
    """A name and what it is."""

    name: str
    value: str


@dataclass(frozen=True)
class TruthPage:
    """`/predict/<request id>`: one row of a request, what was answered, and what turned out to be true."""

    request_id: str
    made_at: int
    version: int
    rows: int
    row: int
    answer: Answer | None
    inputs: tuple[Fact, ...]
    left_out: str
    truth: str
    truth_at: int | None
    form: TruthForm


@dataclass(frozen=True)
class LoggedLine:
    """A request of the log, without what is in it."""

    id: str
    made_at: int
    version: int
    channel: str
    user_name: str
    rows: int
    latency_us: int
    truths: int


@dataclass(frozen=True)
class LogPage:
    """`/admin/predictions`: how much the log holds, and one request that was looked for."""

    rows: int
    requests: int
    oldest: int | None
    days: int
    keeps_sensitive: bool
    asked: str
    found: LoggedLine | None
    erase: EraseForm | None
