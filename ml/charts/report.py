"""An exploration as one HTML file that opens offline: the drawing code, the figures and their tables inside it."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ml.charts.bundle import bundle_path
from ml.charts.exploration import exploration_figures
from ml.charts.reader import Reader
from ml.exploration import Exploration
from ml.results import Origin


def write_report(found: Exploration, origin: Origin, reader: Reader) -> str:
    """Write the page; on white, so that it prints."""
    words = reader.words
    figures = exploration_figures(found, reader)
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    return pages.get_template("report.html").render(
        language=reader.language,
        title=reader.say(words.report_title, title=reader.spec.title.in_language(reader.language)),
        lead=(
            figures["information"].title + ".",
            reader.say(words.ceiling, ceiling=reader.percent(found.repeats.ceiling)),
        ),
        origin=reader.say(
            words.report_origin, rows=reader.count(found.rows), name=origin.name, sha256=origin.content_sha256
        ),
        warning=words.report_stand_in if origin.kind == "stand_in" else "",
        table=words.table,
        figures=[(figure, _column_of(figure.name, reader)) for figure in figures.values()],
        data=_as_script({figure.name: figure.plotly for figure in figures.values()}),
        plotly_js=bundle_path().read_text(encoding="utf-8"),
    )


def _column_of(figure_name: str, reader: Reader) -> str:
    _, _, column = figure_name.partition(".")
    return reader.label_with_unit(column) if column else ""


def _as_script(tree: object) -> str:
    """JSON that no `</script>` in a label can end."""
    return json.dumps(tree, ensure_ascii=False).replace("<", "\\u003c")
