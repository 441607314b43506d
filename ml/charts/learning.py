"""A learning curve: measured points, the law through them, and where it leads."""

from __future__ import annotations

from typing import Any

from ml.charts.figure import Figure, Table, make_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour, veil
from ml.charts.reader import Reader
from ml.examination import Examination
from ml.examination.sure import CurvePoint, Extrapolation, LearningCurve
from ml.results import Evaluation


def draw_accuracy_curve(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw accuracy by training rows."""
    return _draw("accuracy", reader.words.accuracy, examination, reader)


def draw_log_loss_curve(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw log-loss by training rows."""
    return _draw("log_loss", reader.words.log_loss, examination, reader)


def _draw(metric: str, name: str, examination: Examination, reader: Reader) -> Figure | None:
    curves = examination.sure.curves if examination.sure else ()
    curve = next((item for item in curves if item.metric == metric), None)
    if curve is None:
        return None
    words, law = reader.words, curve.extrapolation
    measured = "; ".join(f"{reader.count(round(p.rows))}: {reader.number(p.score.mean, 3)}" for p in curve.points)
    layout = make_layout(
        420, reader.separators, showlegend=True, legend=TOP_LEGEND,
        xaxis=make_axis(words.training_rows, rangemode="tozero"), yaxis=make_axis(name),
    )  # fmt: skip
    return Figure(
        name=f"learning-{metric}",
        title=_title(name, law, reader),
        alt=reader.say(words.curve_alt, list=measured),
        plotly={"data": [*(_law(law, reader) if law else ()), *_points(curve, reader)], "layout": layout},
        table=_tabulate(curve, reader),
    )


def _title(name: str, law: Extrapolation | None, reader: Reader) -> str:
    if law is None:
        return reader.say(reader.words.curve_title_none, metric=name)
    twice = law.twice.score
    numbers = {"twice": twice.mean, "low": twice.low, "high": twice.high}
    return reader.say(
        reader.words.curve_title, metric=name, **{key: reader.number(value) for key, value in numbers.items()}
    )


def _points(curve: LearningCurve, reader: Reader) -> list[dict[str, Any]]:
    points = curve.points
    whiskers = {
        "x": [x for p in points for x in (p.rows, p.rows, None)],
        "y": [y for p in points for y in (p.score.low, p.score.high, None)],
        "showlegend": False,
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": reader.words.measured,
        "x": [p.rows for p in points],
        "y": [p.score.mean for p in points],
        "hovertext": [_say(p, reader) for p in points],
        "hoverinfo": "text",
        "marker": {"color": colour("accent"), "size": 9},
        "meta": {"role": "accent"},
    }
    return [_line("accent", whiskers), dots]


def _law(law: Extrapolation, reader: Reader) -> list[dict[str, Any]]:
    """The band of the curve, the curve as far as there are rows, and dashed beyond."""
    words, curve = reader.words, sorted((*law.curve, law.now), key=lambda point: point.rows)
    known = [point for point in curve if point.rows <= law.now.rows]
    beyond = [point for point in curve if point.rows >= law.now.rows]
    rows = [point.rows for point in curve]
    low = {"x": rows, "y": [point.score.low for point in curve], "showlegend": False}
    high = {"x": rows, "y": [point.score.high for point in curve], "showlegend": False}
    band = {"fill": "tonexty", "fillcolor": veil("accent"), "meta": {"role": "line", "veil": "accent"}}
    return [
        _line("line", low, width=1),
        _line("line", high | band, width=1),
        _line("ink", _path(known, reader) | {"name": words.the_law}, width=1.5),
        _line("ink", _path(beyond, reader) | {"name": words.beyond}, width=1.5, dash="dash"),
    ]


def _path(points: list[CurvePoint], reader: Reader) -> dict[str, Any]:
    return {
        "x": [point.rows for point in points],
        "y": [point.score.mean for point in points],
        "hovertext": [_say(point, reader) for point in points],
        "hoverinfo": "text",
    }


def _line(role: str, points: dict[str, Any], **style: Any) -> dict[str, Any]:
    line = {"color": colour(role), "width": 2} | style
    return {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": line, "meta": {"role": role}} | points


def _say(point: CurvePoint, reader: Reader) -> str:
    score = point.score
    return (
        f"{reader.words.training_rows}: {reader.count(round(point.rows))}<br>{reader.number(score.mean, 3)}"
        f" [{reader.number(score.low, 3)}–{reader.number(score.high, 3)}]"
    )


def _tabulate(curve: LearningCurve, reader: Reader) -> Table:
    words, law = reader.words, curve.extrapolation
    name = words.accuracy if curve.metric == "accuracy" else words.log_loss
    lines = [(words.measured, point) for point in curve.points]
    lines += [(words.the_law, law.now), (words.beyond, law.twice)] if law else []
    cells = [(kind, point.rows, point.score.mean, point.score.low, point.score.high) for kind, point in lines]
    return Table(
        (words.point_kind, words.training_rows, name, words.interval_from, words.interval_to),
        tuple(cells),
        tuple(
            (kind, reader.count(round(rows)), *(reader.number(value, 3) for value in values))
            for kind, rows, *values in cells
        ),
    )
