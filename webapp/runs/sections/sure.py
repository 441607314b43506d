"""How sure one answer is: whether shares can be believed, what a set holds, what more rows would bring."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ml.charts.reader import Reader
from ml.examination.sure import (
    CalibrationMethod,
    CalibrationTrial,
    ConformalSets,
    Extrapolation,
    LearningCurve,
    Reliability,
    Sure,
)
from ml.results import Difference, Estimate
from webapp.charts.views import FigureView
from webapp.formats import decimal, integer, percent
from webapp.runs.context import Context, Section
from webapp.runs.sentences import describe_calibration

CHANCE = 0.05
NAME = "sure"
_CURVES = ("learning-accuracy", "learning-log_loss")


@dataclass(frozen=True)
class ErrorLine:
    """A calibration error beside those of a perfectly calibrated model."""

    name: str
    error: str
    perfect: str
    interval: str
    verdict: str
    kind: str
    """The verdict's icon: good or look."""


@dataclass(frozen=True)
class TrialLine:
    """What one calibration does to log-loss."""

    name: str
    log_loss: str
    interval: str
    difference: str
    difference_interval: str


@dataclass(frozen=True)
class SureView:
    """What `runs/sections/sure.html` shows."""

    calibration: str
    """The sentence on how the model is calibrated, empty where it is not."""
    reliability: str
    errors: tuple[ErrorLine, ...]
    trial: str
    trial_lines: tuple[TrialLine, ...]
    inner_folds: int
    sets: str
    sets_by_class: str
    curves: tuple[str, ...]
    reliability_figures: tuple[FigureView, ...]
    set_figures: tuple[FigureView, ...]
    curve_figures: tuple[FigureView, ...]


def show(context: Context) -> Section | None:
    """Lay the section out."""
    sure = context.report.examination.sure
    if sure is None:
        return None
    figures = context.figures

    def pick(*names: str) -> tuple[FigureView, ...]:
        return tuple(figures[name] for name in names if name in figures)

    view = SureView(
        calibration="" if sure.calibration == "none" else _say_calibration(sure.calibration),
        reliability=_say_reliability(sure),
        errors=tuple(_error_line(diagram, context.reader) for diagram in sure.reliability),
        trial=_say_trial(sure.trial) if sure.trial else "",
        trial_lines=tuple(_trial_line(method) for method in sure.trial.methods) if sure.trial else (),
        inner_folds=sure.trial.inner_folds if sure.trial else 0,
        sets=_say_sets(sure.sets),
        sets_by_class=_say_classes(sure.sets, context.reader),
        curves=tuple(_say_curve(curve, sure.rows) for curve in sure.curves),
        reliability_figures=pick("reliability", "reliability-classes"),
        set_figures=pick("set-coverage", "set-sizes"),
        curve_figures=pick(*_CURVES),
    )
    return Section(NAME, _("How sure is one answer?"), view)


def _say_calibration(method: str) -> str:
    return _("This model is calibrated: %(method)s.", method=describe_calibration(method))


def _say_reliability(sure: Sure) -> str:
    error = sure.reliability[0].error
    numbers = {
        "value": decimal(error.value),
        "perfect": decimal(error.perfect),
        "low": decimal(error.perfect_low),
        "high": decimal(error.perfect_high),
        "rows": integer(sure.rows),
    }
    if error.p_value < CHANCE:
        return _(
            "The shares that it gives its answers are further from what comes true than chance explains: calibration"
            " error %(value)s; a perfectly calibrated model would show %(perfect)s [%(low)s–%(high)s] at %(rows)s"
            " rows.",
            **numbers,
        )
    return _(
        "The shares that it gives its answers can be believed as far as %(rows)s rows can tell: calibration error"
        " %(value)s; a perfectly calibrated model would show %(perfect)s [%(low)s–%(high)s].",
        **numbers,
    )


def _error_line(diagram: Reliability, reader: Reader) -> ErrorLine:
    error, is_chance = diagram.error, diagram.error.p_value >= CHANCE
    return ErrorLine(
        name=reader.category(reader.spec.target.name, diagram.label) if diagram.label else _("The answer"),
        error=decimal(error.value),
        perfect=decimal(error.perfect),
        interval=f"{decimal(error.perfect_low)} – {decimal(error.perfect_high)}",
        verdict=_("as by chance") if is_chance else _("beyond chance"),
        kind="good" if is_chance else "look",
    )


def _say_trial(trial: CalibrationTrial) -> str:
    tried = [(item.difference, item.method) for item in trial.methods if item.difference]
    difference, method = min(tried, key=lambda item: item[0].mean)
    values = {
        "method": describe_calibration(method),
        "change": _signed(difference.mean),
        "interval": _interval(difference),
        "number": len(tried),
    }
    if difference.high < 0:
        return _(
            "Calibrating helps: of %(number)s ways tried inside the folds, %(method)s changes log-loss most, by"
            " %(change)s %(interval)s.",
            **values,
        )
    return _(
        "Calibrating does not help beyond chance: of %(number)s ways tried inside the folds the best, %(method)s,"
        " changes log-loss by %(change)s %(interval)s.",
        **values,
    )


def _trial_line(item: CalibrationMethod) -> TrialLine:
    loss, difference = item.log_loss, item.difference
    return TrialLine(
        name=describe_calibration(item.method),
        log_loss=decimal(loss.mean),
        interval=f"{decimal(loss.low)} – {decimal(loss.high)}",
        difference=_signed(difference.mean) if difference else "",
        difference_interval=_interval(difference) if difference else "",
    )


def _say_sets(sets: ConformalSets) -> str:
    return _(
        "Instead of one class the model can name a set: it holds the true class in %(share)s of answers %(interval)s,"
        " where %(level)s are promised, and names %(size)s classes on average %(sizes)s.",
        share=percent(sets.coverage.mean, 1),
        interval=_share_interval(sets.coverage),
        level=percent(sets.level),
        size=decimal(sets.size.mean, 2),
        sizes=f"[{decimal(sets.size.low, 2)}–{decimal(sets.size.high, 2)}]",
    )


def _say_classes(sets: ConformalSets, reader: Reader) -> str:
    name, lowest = min(sets.class_coverage.items(), key=lambda item: item[1].mean)
    return _(
        "The promise is made to every class; least covered is %(label)s: %(share)s %(interval)s.",
        label=reader.category(reader.spec.target.name, name),
        share=percent(lowest.mean, 1),
        interval=_share_interval(lowest),
    )


def _say_curve(curve: LearningCurve, rows: int) -> str:
    metric = _("accuracy") if curve.metric == "accuracy" else _("log-loss")
    if curve.extrapolation is None:
        return _(
            "More rows, %(metric)s: the measured points do not say how the curve goes on, so no figure is given.",
            metric=metric,
        )
    return _say_extrapolation(curve.extrapolation, metric, rows)


def _say_extrapolation(law: Extrapolation, metric: str, rows: int) -> str:
    twice = law.twice.score
    return _(
        "With twice the rows (%(twice)s instead of %(rows)s), expect %(metric)s %(value)s [%(low)s–%(high)s]: better by"
        " %(gain)s [%(gain_low)s–%(gain_high)s].",
        twice=integer(2 * rows),
        rows=integer(rows),
        metric=metric,
        value=decimal(twice.mean, 2),
        low=decimal(twice.low, 2),
        high=decimal(twice.high, 2),
        gain=decimal(law.gain.mean),
        gain_low=decimal(law.gain.low),
        gain_high=decimal(law.gain.high),
    )


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "−") + decimal(abs(value))


def _interval(difference: Difference) -> str:
    return f"[{_signed(difference.low)}, {_signed(difference.high)}]"


def _share_interval(estimate: Estimate) -> str:
    """In percent; an end may lie beyond what a share can be, and is shown at that."""
    low, high = (decimal(100 * min(1.0, max(0.0, end)), 1) for end in (estimate.low, estimate.high))
    return f"[{low}–{high}]"
