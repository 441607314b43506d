"""A run's metrics as scores with their company, and a class's place on the ordered ramp."""

from __future__ import annotations

from ml.results import Evaluation
from ml.spec import DatasetSpec, Kind
from webapp.runs.sentences import name_single_column
from webapp.scores import Company, Score, make_score

FIRST_SCORES = ("accuracy", "f1_macro", "qwk", "log_loss")
ORDINAL_METRICS = frozenset({"qwk", "ordinal_mae"})
STEPS = 4


def make_scores(
    evaluation: Evaluation, spec: DatasetSpec, language: str, only: tuple[str, ...] = ()
) -> dict[str, Score]:
    """Every metric of the whole (not of one class), or `only` some, with its company, by name.

    What counts steps between classes is left out where the classes have no order.
    """
    prior, single = evaluation.baselines["prior"].metrics, evaluation.baselines["single_column"].metrics
    column = name_single_column(evaluation, spec, language)
    return {
        name: make_score(name, found.mean, Company(found.low, found.high, prior[name].mean, single[name].mean, column))
        for name, found in evaluation.metrics.items()
        if is_shown(name, spec) and (not only or name in only)
    }


def is_shown(metric: str, spec: DatasetSpec) -> bool:
    """Whether a metric is of the whole and means something for the target's kind."""
    return "." not in metric and (spec.target.kind is Kind.ORDINAL or metric not in ORDINAL_METRICS)


def step_of(index: int, classes: int) -> int:
    """A class's step (1 to 4) on the one ordered ramp."""
    return 1 + round(index * (STEPS - 1) / max(classes - 1, 1))
