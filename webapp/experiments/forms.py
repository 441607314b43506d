"""The lists by which a reader picks metrics and which way each is better."""

from __future__ import annotations

from flask_babel import gettext as _

from ml.charts.experiments.values import Axis, cut
from webapp.experiments.asked import Asked
from webapp.experiments.metrics import Metrics, guess
from webapp.experiments.pages import ChartForm, MetricField
from webapp.runs.pickers import Option, OptionGroup
from webapp.scores import describe_metric


def make_best_form(metrics: Metrics, axis: Axis | None, asked: Asked) -> ChartForm:
    """Offer the metric of the best so far."""
    field = _make_field("metric", _("Metric"), metrics, axis, asked.better)
    return ChartForm((field,), asked.pairs("metric", "better"), "best")


def make_front_form(metrics: Metrics, axes: tuple[Axis, Axis] | None, asked: Asked) -> ChartForm:
    """Offer both metrics of the front."""
    x, y = axes or (None, None)
    across = _make_field("x", _("Across"), metrics, x, asked.x_better)
    up = _make_field("y", _("Upwards"), metrics, y, asked.y_better)
    return ChartForm((up, across), asked.pairs("x", "x_better", "y", "y_better"), "front")


def _make_field(name: str, label: str, metrics: Metrics, axis: Axis | None, better: str) -> MetricField:
    chosen = axis.metric if axis else ""
    known = {*metrics.own, *metrics.company, *metrics.others}
    groups = (
        OptionGroup("", tuple(_offer(metric, chosen) for metric in [chosen] if metric and metric not in known)),
        OptionGroup(_("Metrics of the experiment"), tuple(_offer(metric, chosen) for metric in metrics.main)),
        OptionGroup(
            _("Intervals, baselines, training scores"), tuple(_offer(metric, chosen) for metric in metrics.company)
        ),
        OptionGroup(_("Other metrics of the store"), tuple(_offer(metric, chosen) for metric in metrics.others)),
    )
    return MetricField(
        name=name,
        label=label,
        groups=tuple(group for group in groups if group.options),
        better_name="better" if name == "metric" else f"{name}_better",
        better_label=_("Better is"),
        better=(
            Option("", _say_guess(chosen), not better),
            Option("higher", _("higher"), better == "higher"),
            Option("lower", _("lower"), better == "lower"),
        ),
    )


def _offer(metric: str, chosen: str) -> Option:
    return Option(metric, cut(describe_metric(metric)[0]), metric == chosen)


def _say_guess(metric: str) -> str:
    return {
        "higher": _("higher, as the name says"),
        "lower": _("lower, as the name says"),
        "unknown": _("higher, a guess"),
    }[guess(metric)]
