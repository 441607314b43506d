"""The decision rules beside each other: the same probabilities, other answers."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ml.examination.rules import RuleFigures, RulesReport
from ml.results import LOWER_IS_BETTER, Difference, Evaluation
from ml.rules import ARGMAX
from webapp.formats import decimal
from webapp.runs.context import Context, Section
from webapp.runs.sentences import CHANCE, describe_rule, explain_rule, name_single_column
from webapp.scores import METRICS

MOST_TELLING = "f1_macro"


@dataclass(frozen=True)
class RuleCell:
    """A metric under a rule: value and interval, and how it differs from the most probable class.

    `icon` is empty where the difference is not beyond chance.
    """

    value: str
    interval: str
    difference: str
    word: str
    icon: str


@dataclass(frozen=True)
class RuleLine:
    """A rule with its figures."""

    name: str
    meaning: str
    is_chosen: bool
    cells: tuple[RuleCell, ...]


@dataclass(frozen=True)
class RulesView:
    """What `runs/sections/rules.html` shows."""

    sentences: tuple[str, ...]
    metrics: tuple[tuple[str, bool], ...]
    """Name, and whether lower is better."""
    lines: tuple[RuleLine, ...]


def show(context: Context) -> Section | None:
    """Lay the rules out; nothing where there is but one."""
    report = context.report.examination.rules
    if report is None or len(report.rules) < 2:  # noqa: PLR2004 - one rule is compared with nothing
        return None
    metrics = tuple(name for name in METRICS if name in report.rules[0].metrics)
    view = RulesView(
        sentences=tuple(_say(report, context)),
        metrics=tuple((str(METRICS[name][0]), name in LOWER_IS_BETTER) for name in metrics),
        lines=tuple(_line(rule, report.chosen, metrics) for rule in report.rules),
    )
    return Section("rules", _("Decision rules"), view)


def _say(report: RulesReport, context: Context) -> list[str]:
    values = [rule.metrics[MOST_TELLING].mean for rule in report.rules]
    moved = max(values) - min(values)
    sentences = [
        _(
            "The rule that turns probabilities into an answer moves macro F1 by up to %(moved)s, with the same model.",
            moved=decimal(moved),
        )
    ]
    if gain := _say_gain(context.report.evaluation, moved, context):
        sentences.append(gain)
    sentences.append(_("This run answers by: %(rule)s.", rule=describe_rule(report.chosen).lower()))
    return sentences


def _say_gain(evaluation: Evaluation, moved: float, context: Context) -> str:
    """Hold what the rule moves against what the model adds to the best single column."""
    single = evaluation.baselines.get("single_column")
    if single is None or MOST_TELLING not in single.differences or context.family in evaluation.baselines:
        return ""
    column = name_single_column(evaluation, context.reader.spec, context.reader.language)
    gain = single.differences[MOST_TELLING].mean
    names = {"gain": decimal(gain), "column": column}
    if abs(gain) < moved:
        return _("That is more than what the model adds to %(column)s alone (%(gain)s).", **names)
    return _("That is less than what the model adds to %(column)s alone (%(gain)s).", **names)


def _line(rule: RuleFigures, chosen: str, metrics: tuple[str, ...]) -> RuleLine:
    return RuleLine(
        name=describe_rule(rule.rule),
        meaning=explain_rule(rule.rule),
        is_chosen=rule.rule == chosen,
        cells=tuple(_cell(rule, name) for name in metrics),
    )


def _cell(rule: RuleFigures, metric: str) -> RuleCell:
    estimate = rule.metrics[metric]
    interval = f"{decimal(estimate.low)} – {decimal(estimate.high)}"
    if rule.rule == ARGMAX or metric not in rule.differences:
        return RuleCell(decimal(estimate.mean), interval, "", "", "")
    difference = rule.differences[metric]
    word, icon = _judge(difference, is_lower_better=metric in LOWER_IS_BETTER)
    sign = "+" if difference.mean >= 0 else "−"
    return RuleCell(decimal(estimate.mean), interval, sign + decimal(abs(difference.mean)), word, icon)


def _judge(difference: Difference, *, is_lower_better: bool) -> tuple[str, str]:
    if difference.p_value >= CHANCE:
        return _("not beyond chance"), ""
    return (_("better"), "good") if (difference.mean < 0) == is_lower_better else (_("worse"), "look")
