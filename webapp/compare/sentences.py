"""What a comparison found, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.examination.comparison import Comparison, LeftOut, Paired, Place, is_told_apart
from ml.results import LOWER_IS_BETTER, Difference
from ml.rules import ARGMAX, MEDIAN, OVER_PRIOR
from webapp.formats import decimal, integer
from webapp.runs.sentences import describe_family, describe_rule, explain_rule
from webapp.scores import describe_metric

MINUS = "\N{MINUS SIGN}"
SMALLEST_P = 0.001


def within_sentence(metric: str) -> str:
    """A metric's name as it stands within a sentence."""
    name = describe_metric(metric)[0]
    return name[:1].lower() + name[1:]


def name_place(place: Place) -> str:
    """What people call a family with a rule of decision; the usual rule, the most probable class, goes unsaid."""
    family = describe_family(place.family)
    short = {MEDIAN: _("median"), OVER_PRIOR: _("over prior")}
    return family if place.rule == ARGMAX else f"{family}, {short.get(place.rule, place.rule)}"


def explain_rules(found: Comparison) -> str:
    """What the rules mean that stand beside families; empty where all answer the most probable class."""
    used = {line.rule for line in found.lines}
    short = {MEDIAN: _("median"), OVER_PRIOR: _("over prior")}
    parts = [f"{short[rule]} = {describe_rule(rule)} ({explain_rule(rule)})" for rule in short if rule in used]
    return _("Without a word the most probable class is answered; %(rules)s.", rules="; ".join(parts)) if parts else ""


def say_undecided(found: Comparison, metric: str) -> str:
    """How many families cannot be told from the best."""
    undecided, families = len(found.undecided(metric)), len(found.families())
    name = within_sentence(metric)
    if families == 1:
        return _("One family was compared with the baselines by %(metric)s", metric=name)
    if undecided == 1:
        best = name_place(found.best(metric))
        return _("%(best)s is the best by %(metric)s, beyond chance", best=best, metric=name)
    return _(
        "%(undecided)s of %(families)s families cannot be told from the best by %(metric)s",
        undecided=undecided, families=families, metric=name,
    )  # fmt: skip


def say_worth(found: Comparison, metric: str) -> str:
    """What the best is worth once it is taken into account that it was picked."""
    winner = found.winners[metric]
    corrected = winner.corrected
    return ngettext(
        "%(best)s did best. It was the only one, so nothing was picked: it is worth %(corrected)s %(interval)s.",
        "%(best)s did best. Picked among %(num)s, it is worth %(corrected)s %(interval)s, where it looks like"
        " %(apparent)s.",
        winner.candidates, best=name_place(found.best(metric)), corrected=decimal(corrected.mean),
        interval=write_interval(corrected.low, corrected.high), apparent=decimal(winner.apparent),
    )  # fmt: skip


def say_baselines(found: Comparison, metric: str, column: str) -> str:
    """What the baselines make of it on the same folds, and whether the best is told from the best single column."""
    means = {line.family: line.metrics[metric].mean for line in found.lines if line.is_baseline}
    said = _(
        "Guessing by the class shares alone makes %(prior)s, looking at %(column)s alone %(single)s.",
        prior=decimal(means.get("prior")), column=column, single=decimal(means.get("single_column")),
    )  # fmt: skip
    if found.undecided_column(metric) is None:
        return said
    return f"{said} " + _("That one column cannot be told from the best either.")


def list_undecided(found: Comparison, metric: str) -> str:
    """Which they are; empty where the best stands alone."""
    names = [describe_family(family) for family in found.undecided(metric)]
    if len(names) == 1:
        return ""
    return _("Not to be told apart: %(names)s.", names="; ".join(names))


def say_reference(found: Comparison) -> str:
    """Whom the others were tested against, and why."""
    name = name_place(found.reference)
    if found.reference_is == "champion":
        return _("Each is tested against %(name)s, the champion’s family.", name=name)
    if found.reference_is == "asked":
        return _("Each is tested against %(name)s, as was asked.", name=name)
    metric = within_sentence(found.metrics[0])
    return _("Each is tested against %(name)s, the best by %(metric)s.", name=name, metric=metric)


def say_left_out(item: LeftOut) -> str:
    """Why a family that was asked for is not here."""
    family = describe_family(item.family)
    if item.reason == "budget":
        return _("%(family)s was not begun: the budget was used up.", family=family)
    if item.reason == "unsuited":
        return _("%(family)s needs classes that have an order.", family=family)
    return _("%(family)s could not be fitted to this table: %(detail)s", family=family, detail=item.detail)


def judge(metric: str, paired: Paired | None) -> tuple[str, str]:
    """The verdict on a difference: the kind of its icon, and a word."""
    if paired is None:
        return "", ""
    if not is_told_apart(paired):
        return "compare", _("not told apart")
    return ("good", _("better")) if is_better(metric, paired.mean) else ("bad", _("worse"))


def is_better(metric: str, difference: float) -> bool:
    """Whether such a difference is to the good."""
    return (difference < 0) == (metric in LOWER_IS_BETTER)


def write_difference(found: Paired | Difference) -> str:
    """A difference with its interval, signs shown."""
    return f"{signed(found.mean)} [{signed(found.low)} – {signed(found.high)}]"


def signed(value: float) -> str:
    """A number with its sign; what is shown as naught has none."""
    shown = decimal(abs(value))
    if shown == decimal(0):
        return shown
    return ("+" if value > 0 else MINUS) + shown


def write_interval(low: float, high: float) -> str:
    """Both ends of an interval."""
    return f"[{decimal(low)} – {decimal(high)}]"


def write_p(value: float) -> str:
    """A p-value to the digits that matter."""
    return f"< {decimal(SMALLEST_P)}" if value < SMALLEST_P else decimal(value)


def say_p(value: float) -> str:
    """A p-value within a sentence."""
    return f"p {write_p(value)}" if value < SMALLEST_P else f"p = {write_p(value)}"


def say_facts(found: Comparison, rows_noun: str) -> str:
    """On what all of it was measured."""
    request = found.request
    parts = [
        _(
            "%(rows)s %(noun)s, %(repeats)s × %(folds)s folds, seed %(seed)s, the same for all; identical %(noun)s"
            " never stand on both sides.",
            rows=integer(found.rows), noun=rows_noun, repeats=request.repeats, folds=request.folds, seed=request.seed,
        )
    ]  # fmt: skip
    if not request.with_sensitive:
        parts.append(_("The sensitive columns were left out."))
    if request.drop_repeats:
        parts.append(_("Repeated rows were left out."))
    return " ".join(parts)


def say_obstacle(code: str) -> str:
    """Why two runs cannot be tested against each other."""
    words = {
        "no_report": _("one of them left no report of ours, so its folds are not known."),
        "data": _("they saw different data."),
        "classes": _("they tell different classes apart."),
        "rows": _("they were scored on different rows of the same data."),
        "plan": _("their folds or repeats differ in number."),
        "seed": _("their folds were dealt out with different seeds."),
        "columns": _("they read different columns, so other rows count as identical and the folds differ."),
        "unknown": _("an older Proctor did not note the folds of one of them; train it again."),
        "metric": _("one of them was not scored by this metric."),
    }
    return words[code]
