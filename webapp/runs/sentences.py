"""What a run is worth, in words: the first line of every page that shows one."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ml.results import Evaluation
from ml.rules import ARGMAX, MEDIAN, OVER_PRIOR
from ml.spec import DatasetSpec
from webapp.formats import decimal, percent

CHANCE = 0.05


@dataclass(frozen=True)
class Worth:
    """A headline, the sentence under it, and its interval apart, since that is set lighter."""

    headline: str
    right: str
    interval: str
    rivals: str
    difference: str


def describe_family(family: str | None) -> str:
    """What people call a family of models."""
    known = {
        "prior": _("Class prior"),
        "single_column": _("Best single column"),
        "logistic_regression": _("Logistic regression"),
        "proportional_odds": _("Proportional odds"),
        "naive_bayes": _("Naive Bayes"),
        "random_forest": _("Random forest"),
        "random_forest_150": _("Random forest, 150 trees of depth 8"),
        "random_forest_20": _("Random forest, 20 deep trees"),
        "extra_trees": _("Extra trees"),
        "hist_gradient_boosting": _("Gradient boosting"),
        "svc": _("Support vectors"),
        "mlp": _("Small neural network"),
        "nearest_neighbours": _("Nearest neighbours"),
        "soft_vote": _("Vote of several models"),
        "lightgbm": "LightGBM",
        "xgboost": "XGBoost",
        "catboost": "CatBoost",
    }
    return known.get(family or "", family or "–")


def describe_rule(rule: str) -> str:
    """What people call a decision rule."""
    known = {
        ARGMAX: _("Most probable class"),
        MEDIAN: _("Middle of the probabilities"),
        OVER_PRIOR: _("Most probable for its frequency"),
    }
    return known.get(rule, rule)


def explain_rule(rule: str) -> str:
    """What a decision rule is good for."""
    known = {
        ARGMAX: _("right most often"),
        MEDIAN: _("fewest steps off, for classes in order"),
        OVER_PRIOR: _("every class counts the same, rare ones too"),
    }
    return known.get(rule, "")


def name_single_column(evaluation: Evaluation, spec: DatasetSpec, language: str) -> str:
    """The label of the best single column, in the reader's language."""
    baseline = evaluation.baselines.get("single_column")
    names = {column.name: column.label.in_language(language) for column in spec.features}
    return names.get(baseline.detail, baseline.detail) if baseline else ""


def say_worth(evaluation: Evaluation, family: str, spec: DatasetSpec, language: str) -> Worth:
    """Put accuracy, its interval and its baselines into words."""
    accuracy = evaluation.metrics["accuracy"]
    column = name_single_column(evaluation, spec, language)
    prior = evaluation.baselines["prior"].metrics["accuracy"].mean
    single = evaluation.baselines["single_column"].metrics["accuracy"].mean
    return Worth(
        headline=_headline(evaluation, family, column),
        right=_(
            "%(family)s is right for %(share)s of the %(rows)s that it has not seen",
            family=describe_family(family),
            share=percent(accuracy.mean),
            rows=spec.row_noun_plural.in_language(language),
        ),
        interval=f"[{decimal(accuracy.low * 100, 0)}–{decimal(accuracy.high * 100, 0)}]",
        rivals=_(
            "Guessing the commonest class is right for %(prior)s; looking at %(column)s alone, %(single)s.",
            prior=percent(prior),
            column=column,
            single=percent(single),
        ),
        difference=_say_difference(evaluation, family, column),
    )


def _headline(evaluation: Evaluation, family: str, column: str) -> str:
    times = round(evaluation.metrics["accuracy"].mean * 100)
    if family == "prior":
        return _("Right %(times)s times in 100 without looking at anybody", times=times)
    if family == "single_column":
        return _("Right %(times)s times in 100 by %(column)s alone", times=times, column=column)
    difference = evaluation.baselines["single_column"].differences["accuracy"]
    if difference.p_value >= CHANCE:
        return (
            _("Right %(times)s times in 100, hardly more than %(column)s alone", times=times, column=column)
            if (difference.mean >= 0)
            else _("Right %(times)s times in 100, no more than %(column)s alone", times=times, column=column)
        )
    if difference.mean < 0:
        return _("Right %(times)s times in 100, less than %(column)s alone", times=times, column=column)
    return _("Right %(times)s times in 100, more than %(column)s alone", times=times, column=column)


def _say_difference(evaluation: Evaluation, family: str, column: str) -> str:
    if family in {"prior", "single_column"}:
        return _("It is a baseline: what other models have to beat.")
    difference = evaluation.baselines["single_column"].differences["accuracy"]
    interval = (
        f"{_signed(difference.low)}\N{NO-BREAK SPACE}–\N{WORD JOINER}\N{NO-BREAK SPACE}{_signed(difference.high)}"
    )
    if difference.p_value >= CHANCE:
        return _(
            "The difference from %(column)s alone is not beyond chance (%(interval)s points).",
            column=column,
            interval=interval,
        )
    return _(
        "The difference from %(column)s alone is beyond chance (%(interval)s points).",
        column=column,
        interval=interval,
    )


def _signed(share: float) -> str:
    points = share * 100
    return ("+" if points >= 0 else "−") + decimal(abs(points), 1)
