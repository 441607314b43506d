"""What `/predict` shows."""

from __future__ import annotations

from dataclasses import dataclass

from flask_wtf import FlaskForm
from markupsafe import Markup

from webapp.predict.explained.pages import NO_EXTRAS, Extras
from webapp.predictions.live import LiveView
from webapp.runs.sentences import Worth


@dataclass(frozen=True)
class Chance:
    """A class and how likely it is; `step` is its place on the ordered ramp."""

    name: str
    share: float
    step: int


@dataclass(frozen=True)
class AnswerSet:
    """The classes that it can be, as a sentence, what that promises, and why the class named may not be one of them."""

    sentence: str
    promise: str
    but: str


@dataclass(frozen=True)
class Answer:
    """What the model answers: every class with its chance, and the one that its rule names.

    `rule` says how that was chosen; empty where it is the most probable one.
    """

    named: str
    share: float
    rule: str
    chances: tuple[Chance, ...]
    version: int
    set: AnswerSet | None
    request_id: str


@dataclass(frozen=True)
class PredictPage:
    """`/predict`; `version` is None while no model answers, `form` unless there is one that somebody has filled in."""

    title: str
    notice: str
    rows_noun: str
    form: FlaskForm | None
    questions: tuple[Markup, ...]
    answer: Answer | None
    version: int | None
    run_id: str | None
    worth: Worth | None
    trouble: bool
    live: LiveView | None
    extras: Extras = NO_EXTRAS
