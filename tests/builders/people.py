"""What an examination may find of for whom a run is worth what, and the card that tells it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from ml.examination import Examination
from ml.examination.audit import AuditReport, Check, Finding
from ml.examination.people import (
    ChangedAnswers,
    Gap,
    Group,
    LeavingOut,
    Outcome,
    OutcomeFigures,
    People,
    Proxy,
    ProxyColumn,
    Rate,
    Slicing,
)
from ml.examination.sure import (
    CalibrationError,
    ConformalSets,
    CurvePoint,
    Extrapolation,
    LearningCurve,
    Reliability,
    Sure,
)
from ml.report.card import ModelCard, make_card
from ml.results import CleaningReport, Count, Difference, Estimate, TrainingRequest, to_json
from tests.builders.runs import ORIGIN, make_evaluation
from tests.builders.tables import student_spec

AUDIT = AuditReport(
    (Check("twins"), Check("order", "no_index")),
    (Finding("strong_column", "warning", ("Caste",), {"accuracy": 0.51, "majority": 0.315}),),
    0.93,
    0.42,
    0.6,
)


def around(mean: float, half: float = 0.05) -> Estimate:
    return Estimate(mean, mean - half, mean + half)


SURE = Sure(
    rows=666,
    calibration="none",
    reliability=(Reliability("", (), CalibrationError(0.084, 0.041, 0.02, 0.06, 0.01)),),
    sets=ConformalSets(
        0.9, {"Vg": 0.2}, around(0.91), {"Vg": around(0.92)}, around(2.4), (0.1, 0.4, 0.5), 0.0
    ),
    curves=(
        LearningCurve(
            "accuracy",
            (),
            Difference(0.02, 0.01, 0.03, 0.01),
            Extrapolation(
                0.6, 1.0, 0.5, (), CurvePoint(666, around(0.52)), CurvePoint(1332, around(0.54)), around(0.02)
            ),
        ),
    ),
)  # fmt: skip


def make_group(*categories: str | None, rows: int | None, right: float = 0.5, found: float | None = 0.6) -> Group:
    """A group with one outcome; hidden where `rows` is None, with too few in the outcome where `found` is None."""
    if rows is None:
        return Group(categories, None, None, ())
    rate = Rate(around(found), rows // 2) if found is not None else Rate(None, None)
    return Group(categories, rows, around(right), (OutcomeFigures(rate, Rate(around(0.2), None), around(0.04)),))


def make_people(*, are_used: bool = True, p_value: float = 0.001) -> People:
    """Slices of the shipped dataset: General is recognised best, ST hidden."""
    metrics = {"accuracy": 0.523, "balanced_accuracy": 0.5, "f1_macro": 0.495, "qwk": 0.569, "log_loss": 1.001}
    castes = (
        make_group("General", rows=329, right=0.46, found=0.71),
        make_group("OBC", rows=162, right=0.44, found=0.32),
        make_group("SC", rows=None),
        make_group("ST", rows=None),
    )
    gaps = (
        Gap("accuracy", None, ("General",), ("OBC",), around(0.02), 1),
        Gap("found", 0, ("General",), ("OBC",), around(0.39), 1),
    )
    return People(
        columns=("Gender", "Caste"),
        are_used=are_used,
        outcomes=(Outcome(("Vg", "Excellent")),),
        everybody=make_group(rows=666, right=0.52),
        slices=(
            Slicing(("Gender",), (make_group("female", rows=311), make_group("male", rows=355, found=None)), ()),
            Slicing(("Caste",), castes, gaps),
        ),
        leaving_out=LeavingOut(
            folds=5,
            repeats=2,
            with_them={name: around(value) for name, value in metrics.items()},
            without={name: around(value - 0.12) for name, value in metrics.items()},
            differences={name: Difference(-0.12, -0.18, -0.06, p_value) for name in metrics},
            changed=around(0.36),
            changed_by=(
                ChangedAnswers("Caste", "General", 329, around(0.28)),
                ChangedAnswers("Caste", "SC", None, None),
            ),
        ),
        proxies=(
            Proxy("Gender", 666, ("female", "male"), around(0.52), 0.5, (ProxyColumn("coaching", around(0.51)),)),
            Proxy("Caste", 666, ("General", "OBC"), around(0.62), 0.5, (ProxyColumn("medium", around(0.58)),)),
        ),
    )  # fmt: skip


def make_model_card(**changes: Any) -> ModelCard:
    """A complete card of the shipped dataset; name what is to differ."""
    parts = {
        "spec": student_spec(),
        "request": TrainingRequest("logistic_regression", user="ada"),
        "origin": ORIGIN,
        "cleaning": CleaningReport(
            679, 666, (), (Count("case", "medium", 12),), (Count("empty", "medium", 3),), {}, ("mixed",), 44, 1, (), {}
        ),
        "evaluation": make_evaluation(),
        "examination": Examination(audit=AUDIT, people=make_people()),
        "author": "ada",
        "code_version": "c0ffee",
        "versions": {"scikit-learn": "1.9.1"},
    }
    return make_card(**(parts | changes))


def write_people(folder: Path, people: People | None = None) -> None:
    """Write an examination beside a run's report."""
    examination = to_json(Examination(people=people or make_people()))
    (folder / "examination.json").write_text(json.dumps(examination))


def write_card(folder: Path, card: ModelCard | None = None) -> None:
    """Write a card among a run's artifacts."""
    (folder / "model_card.json").write_text(json.dumps(to_json(card or make_model_card())))


def lacking(card: ModelCard, *parts: str) -> ModelCard:
    """The card as it would be without some parts."""
    return replace(card, missing=parts)
