"""What a run is worth, in words: the first line of every page that shows one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from ml.results import Evaluation
from ml.rules import ARGMAX, MEDIAN, OVER_PRIOR
from ml.spec import DatasetSpec
from webapp.audit.verdicts import CHEAT
from webapp.formats import decimal, percent

CHANCE = 0.05

_FAMILIES = {
    "prior": lazy_gettext("Class prior"),
    "single_column": lazy_gettext("Best single column"),
    "logistic_regression": lazy_gettext("Logistic regression"),
    "proportional_odds": lazy_gettext("Proportional odds"),
    "naive_bayes": lazy_gettext("Naive Bayes"),
    "random_forest": lazy_gettext("Random forest"),
    "random_forest_150": lazy_gettext("Random forest, 150 trees of depth 8"),
    "random_forest_20": lazy_gettext("Random forest, 20 deep trees"),
    "extra_trees": lazy_gettext("Extra trees"),
    "hist_gradient_boosting": lazy_gettext("Gradient boosting"),
    "svc": lazy_gettext("Support vectors"),
    "mlp": lazy_gettext("Small neural network"),
    "nearest_neighbours": lazy_gettext("Nearest neighbours"),
    "soft_vote": lazy_gettext("Vote of several models"),
    "lightgbm": "LightGBM",
    "xgboost": "XGBoost",
    "catboost": "CatBoost",
}
_CALIBRATIONS = {
    "none": lazy_gettext("None"),
    "sigmoid": lazy_gettext("Sigmoid (Platt)"),
    "isotonic": lazy_gettext("Isotonic"),
    "temperature": lazy_gettext("Temperature"),
}
_RULES = {
    ARGMAX: lazy_gettext("Most probable class"),
    MEDIAN: lazy_gettext("Middle of the probabilities"),
    OVER_PRIOR: lazy_gettext("Most probable for its frequency"),
}
_STRENGTHS = {
    ARGMAX: lazy_gettext("right most often"),
    MEDIAN: lazy_gettext("fewest steps off, for classes in order"),
    OVER_PRIOR: lazy_gettext("every class counts the same, rare ones too"),
}


@dataclass(frozen=True)
class Worth:
    """A headline, the sentence under it, and its interval apart, since that is set lighter.

    `warning` is there where the audit failed: what else is said is then no praise.
    """

    headline: str
    right: str
    interval: str
    rivals: str
    difference: str
    warning: str = ""


def describe_family(family: str | None) -> str:
    """What people call a family of models."""
    return str(_FAMILIES.get(family or "", family or "–"))


def describe_calibration(method: str) -> str:
    """What people call a way to bend shares."""
    return str(_CALIBRATIONS.get(method, method))


def describe_rule(rule: str) -> str:
    """What people call a decision rule."""
    return str(_RULES.get(rule, rule))


def explain_rule(rule: str) -> str:
    """What a decision rule is good for."""
    return str(_STRENGTHS.get(rule, ""))


def name_single_column(evaluation: Evaluation, spec: DatasetSpec, language: str) -> str:
    """The label of the best single column, in the reader's language."""
    baseline = evaluation.baselines.get("single_column")
    names = {column.name: column.label.in_language(language) for column in spec.features}
    return names.get(baseline.detail, baseline.detail) if baseline else ""


def say_worth(evaluation: Evaluation, family: str, spec: DatasetSpec, language: str, verdict: str = "") -> Worth:
    """Put accuracy, its interval and its baselines into words; a failed audit leaves no word of praise."""
    worth = _say_worth(evaluation, family, spec, language)
    if verdict != CHEAT:
        return worth
    return replace(
        worth,
        headline=_("This score is not what it claims"),
        right=_(
            "%(family)s was scored as right for %(share)s of the %(rows)s",
            family=describe_family(family),
            share=percent(evaluation.metrics["accuracy"].mean),
            rows=spec.row_noun_plural.in_language(language),
        ),
        warning=_("The audit failed: the score does not say how well the model does on rows that it has not seen."),
    )


def _say_worth(evaluation: Evaluation, family: str, spec: DatasetSpec, language: str) -> Worth:
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


def say_no_graph(reason: str) -> str:
    """That scikit-learn answers by a model in a process apart, and why; empty where a graph answers."""
    if not reason:
        return ""
    return _("scikit-learn answers with it, in a process apart from this site: %(reason)s.", reason=reason)
