"""How sure one answer is: shares against what came true, and what conformal sets hold."""

from __future__ import annotations

from typing import Any

from ml.charts.bars import bars_height, make_bars, room_for
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import class_role, colour
from ml.charts.reader import Reader, fold
from ml.examination import Examination
from ml.examination.sure import Reliability, ReliabilityBin
from ml.results import Estimate, Evaluation

_SHARES = {"range": [0, 100]}


def draw_reliability(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw how often the answer is right by the share that it was given."""
    if examination.sure is None:
        return None
    words, diagram = reader.words, examination.sure.reliability[0]
    error = diagram.error
    return Figure(
        name="reliability",
        title=reader.say(
            words.reliability_title, value=reader.number(100 * error.value, 1),
            perfect=reader.number(100 * error.perfect, 1), low=reader.number(100 * error.perfect_low, 1),
            high=reader.number(100 * error.perfect_high, 1),
        ),
        alt=words.reliability_alt,
        plotly={
            "data": [
                _diagonal(reader), _whiskers(diagram.bins), _dots(diagram, words.answer, "accent", reader, "markers"),
            ],
            "layout": _square(reader, showlegend=False),
        },
        table=_tabulate((diagram,), reader),
    )  # fmt: skip


def draw_reliability_by_class(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw how often each class comes true by the share that it was given."""
    if examination.sure is None:
        return None
    words, diagrams = reader.words, examination.sure.reliability[1:]
    labels = [_label(diagram, reader) for diagram in diagrams]
    roles = [class_role(place, len(diagrams)) for place in range(len(diagrams))]
    worst = max(range(len(diagrams)), key=lambda place: diagrams[place].error.value)
    dots = [
        _dots(diagram, label, role, reader, "lines+markers")
        for diagram, label, role in zip(diagrams, labels, roles, strict=True)
    ]
    return Figure(
        name="reliability-classes",
        title=reader.say(
            words.reliability_classes_title, label=labels[worst],
            value=reader.number(100 * diagrams[worst].error.value, 1),
        ),
        alt=words.reliability_classes_alt,
        plotly={
            "data": [_diagonal(reader), *dots], "layout": _square(reader, showlegend=True, legend=TOP_LEGEND, around=60)
        },
        table=_tabulate(diagrams, reader),
    )  # fmt: skip


def draw_coverage(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw how often the set holds the truth, for each class and for all, beside what is promised."""
    if examination.sure is None:
        return None
    words, sets = reader.words, examination.sure.sets
    target = reader.spec.target.name
    found = [(words.every_class, sets.coverage, "ink")]
    found += [(reader.category(target, name), estimate, "accent") for name, estimate in sets.class_coverage.items()]
    texts = [reader.percent(estimate.mean) for _label, estimate, _role in found]
    lowest = min(_clip(estimate.low) for _label, estimate, _role in found)
    layout = make_layout(
        bars_height(len(found)), reader.separators,
        xaxis=make_axis(words.coverage_axis, range=[min(lowest, sets.level * 100) - 3, 101]),
        yaxis=make_category_axis([fold(label) for label, _estimate, _role in found]),
    )  # fmt: skip
    return Figure(
        name="set-coverage",
        title=reader.say(words.coverage_title, share=texts[0], level=reader.percent(sets.level, 0)),
        alt=reader.say(
            words.coverage_alt, list="; ".join(f"{item[0]} {text}" for item, text in zip(found, texts, strict=True))
        ),
        plotly={
            "data": [
                _upright(100 * sets.level, len(found), words.promised),
                *(_whisker(place, *item, reader) for place, item in enumerate(found)),
            ],
            "layout": layout,
        },
        table=Table(
            (words.class_label, words.coverage_axis, words.interval_from, words.interval_to),
            tuple((label, 100 * e.mean, 100 * e.low, 100 * e.high) for label, e, _role in found),
            tuple(
                (label, reader.percent(e.mean), *(reader.number(_clip(end), 1) for end in (e.low, e.high)))
                for label, e, _role in found
            ),
        ),
    )  # fmt: skip


def draw_set_sizes(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw how many classes the sets name."""
    if examination.sure is None:
        return None
    words, sets = reader.words, examination.sure.sets
    names = [reader.count(size) for size in range(1, len(sets.sizes) + 1)]
    shares = [100 * share for share in sets.sizes]
    texts = [reader.percent(share) for share in sets.sizes]
    layout = make_layout(
        bars_height(len(names)), reader.separators,
        xaxis=make_axis(words.share_of_sets, range=room_for(shares)),
        yaxis=make_category_axis(names) | {"title": make_axis(words.classes_in_set)["title"]},
    )  # fmt: skip
    return Figure(
        name="set-sizes",
        title=reader.say(words.set_sizes_title, size=reader.number(sets.size.mean), share=texts[0]),
        alt=reader.say(words.set_sizes_alt, list="; ".join(f"{a}: {b}" for a, b in zip(names, texts, strict=True))),
        plotly={"data": [make_bars(shares, texts, ["accent"] * len(names), texts)], "layout": layout},
        table=Table(
            (words.classes_in_set, words.share_of_sets),
            tuple(zip(range(1, len(names) + 1), shares, strict=True)),
            tuple(zip(names, texts, strict=True)),
        ),
    )  # fmt: skip


def _label(diagram: Reliability, reader: Reader) -> str:
    return reader.category(reader.spec.target.name, diagram.label) if diagram.label else reader.words.answer


def _square(reader: Reader, *, around: int = 0, **changes: Any) -> dict[str, Any]:
    """Both axes run from 0 to 100 %."""
    words = reader.words
    return make_layout(
        360 + around, reader.separators, xaxis=make_axis(words.says_share, **_SHARES),
        yaxis=make_axis(words.came_true, **_SHARES), **changes,
    )  # fmt: skip


def _diagonal(reader: Reader) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": reader.words.as_it_says,
        "x": [0, 100],
        "y": [0, 100],
        "hoverinfo": "skip",
        "line": {"color": colour("faint"), "width": 1, "dash": "dash"},
        "meta": {"role": "faint"},
    }


def _whiskers(bins: tuple[ReliabilityBin, ...]) -> dict[str, Any]:
    """One line a bin from end to end of its interval, None lifting the pen between them."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for item in bins for x in (100 * item.stated, 100 * item.stated, None)],
        "y": [y for item in bins for y in (100 * item.found_low, 100 * item.found_high, None)],
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": colour("accent"), "width": 2},
        "meta": {"role": "accent"},
    }


def _dots(diagram: Reliability, label: str, role: str, reader: Reader, mode: str) -> dict[str, Any]:
    bins = diagram.bins
    most = max(item.rows for item in bins)
    return {
        "type": "scatter",
        "mode": mode,
        "name": fold(label),
        "x": [100 * item.stated for item in bins],
        "y": [100 * item.found for item in bins],
        "hovertext": [f"{fold(label)}<br>{_say_bin(item, reader)}" for item in bins],
        "hoverinfo": "text",
        "marker": {"color": colour(role), "size": [6 + 10 * (item.rows / most) ** 0.5 for item in bins]},
        "line": {"width": 1.2},
        "meta": {"role": role},
    }


def _say_bin(item: ReliabilityBin, reader: Reader) -> str:
    words = reader.words
    interval = f"[{reader.number(100 * item.found_low, 0)}–{reader.number(100 * item.found_high, 0)}]"
    return (
        f"{words.says_share}: {reader.number(100 * item.stated, 1)}<br>{words.came_true}:"
        f" {reader.number(100 * item.found, 1)} {interval}<br>{words.rows}: {reader.number(item.rows, 1)}"
    )


def _tabulate(diagrams: tuple[Reliability, ...], reader: Reader) -> Table:
    words = reader.words
    lines = [(_label(diagram, reader), item) for diagram in diagrams for item in diagram.bins]
    numbers = [(100 * b.stated, 100 * b.found, 100 * b.found_low, 100 * b.found_high) for _, b in lines]
    return Table(
        (words.class_label, words.rows, words.says_share, words.came_true, words.came_true_from, words.came_true_to),
        tuple((label, item.rows, *found) for (label, item), found in zip(lines, numbers, strict=True)),
        tuple(
            (label, reader.number(item.rows, 1), *(reader.number(value, 1) for value in found))
            for (label, item), found in zip(lines, numbers, strict=True)
        ),
    )


def _whisker(place: int, label: str, estimate: Estimate, role: str, reader: Reader) -> dict[str, Any]:
    mean, low, high = 100 * estimate.mean, _clip(estimate.low), _clip(estimate.high)
    interval = f"[{reader.number(low, 1)}–{reader.number(high, 1)}]"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [mean],
        "y": [place],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - mean],
            "arrayminus": [mean - low],
            "color": colour(role),
            "thickness": 2,
            "width": 0,
        },
        "hovertext": [f"{fold(label)}: {reader.number(mean, 1)} {interval}"],
        "hoverinfo": "text",
        "marker": {"color": colour(role), "size": 11},
        "meta": {"role": role},
    }  # fmt: skip


def _upright(x: float, places: int, label: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "x": [x, x],
        "y": [-0.5, places - 0.5],
        "hoverinfo": "name",
        "line": {"color": colour("faint"), "width": 1, "dash": "dash"},
        "meta": {"role": "faint"},
    }


def _clip(share: float) -> float:
    """In percent; an end of a corrected interval may lie beyond what a share can be."""
    return 100 * min(1.0, max(0.0, share))
