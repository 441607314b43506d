"""From what the worker found to what the pages show."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for

from ml.charts.comparison import Names, draw_differences, draw_leaderboard, sort_lines
from ml.charts.figure import Figure
from ml.charts.reader import Reader
from ml.examination.comparison import Comparison, Line, Place
from webapp.charts.bundle import plotly_url
from webapp.charts.views import FigureView, embed_figure, show_figure
from webapp.compare import sentences
from webapp.compare.pages import Choice, CostLine, FiguresLine, Findings, ListLine, MetricView, StandLine, WinnerLine
from webapp.formats import decimal, percent
from webapp.jobs.cards import describe_state
from webapp.jobs.queue import Job
from webapp.jobs.states import State
from webapp.runs.sentences import describe_family
from webapp.scores import Company, describe_metric, make_score

_Show = Callable[[Figure], FigureView]


def name_all(found: Comparison) -> Names:
    """What the reader calls metrics and lines."""
    places = {Place(line.family, line.rule): _name_line(line) for line in found.lines}
    return Names({metric: describe_metric(metric)[0] for metric in found.metrics}, places)


def show_findings(found: Comparison, job_id: str, metric: str, reader: Reader) -> Findings:
    """Lay out a comparison by one metric; another than those that were compared by counts as the first."""
    chosen = metric if metric in found.metrics else found.metrics[0]
    return _lay_out(found, (chosen,), job_id, reader, lambda figure: _link_figure(figure, job_id))


def show_whole(found: Comparison, job_id: str, reader: Reader) -> Findings:
    """Lay out a comparison by every metric, with figures that need no other address."""
    return _lay_out(found, found.metrics, job_id, reader, embed_figure)


def list_line(job: Job) -> ListLine:
    """A comparison in the list."""
    word, icon = describe_state(job)
    families = [describe_family(name) for name in job.params.get("families", ())]
    return ListLine(
        id=job.id,
        number=job.number,
        title=", ".join(families),
        state_word=word,
        icon=icon,
        created_by=job.created_by,
        created_at=job.created_at,
        is_shown=job.state is State.DONE,
    )


def _lay_out(found: Comparison, metrics: tuple[str, ...], job_id: str, reader: Reader, show: _Show) -> Findings:
    return Findings(
        views=tuple(_show_metric(found, metric, reader, show) for metric in metrics),
        choices=tuple(
            Choice(describe_metric(name)[0], url_for("compare.show", job_id=job_id, metric=name), name in metrics)
            for name in found.metrics
        ),
        metrics=tuple(describe_metric(metric)[0] for metric in found.metrics),
        figures=tuple(_figures_line(found, line) for line in sort_lines(found, metrics[0])),
        winners=tuple(_winner_line(found, metric) for metric in found.metrics),
        costs=tuple(
            CostLine(
                describe_family(cost.family), cost.fit_seconds * 1000, cost.row_seconds * 1000, cost.size_bytes,
                cost.was_kept,
            )
            for cost in found.costs
        ),
        left_out=tuple(sentences.say_left_out(item) for item in found.left_out),
        rules=sentences.explain_rules(found),
        facts=sentences.say_facts(found, reader.spec.row_noun_plural.in_language(reader.language)),
        is_stand_in=found.origin.kind == "stand_in",
    )  # fmt: skip


def _show_metric(found: Comparison, metric: str, reader: Reader, show: _Show) -> MetricView:
    names = name_all(found)
    differences = draw_differences(found, metric, reader, names)
    column = _name_column(found, reader)
    said = (
        sentences.say_worth(found, metric),
        sentences.list_undecided(found, metric),
        sentences.say_baselines(found, metric, column),
    )
    return MetricView(
        metric=metric,
        name=names.metrics[metric],
        definition=describe_metric(metric)[1],
        headline=sentences.say_undecided(found, metric),
        sentences=tuple(filter(None, said)),
        leaderboard=show(draw_leaderboard(found, metric, reader, names)),
        differences=show(differences) if differences else None,
        tests=sentences.say_reference(found),
        lines=tuple(_stand_line(found, line, metric, column) for line in sort_lines(found, metric)),
    )


def _stand_line(found: Comparison, line: Line, metric: str, column: str) -> StandLine:
    paired = line.against_reference.get(metric)
    kind, word = sentences.judge(metric, paired)
    means = {item.family: item.metrics[metric].mean for item in found.lines if item.is_baseline}
    value = line.metrics[metric]
    company = Company(value.low, value.high, means.get("prior"), means.get("single_column"), column)
    return StandLine(
        name=_name_line(line),
        aside=column if line.detail else "",
        score=make_score(metric, value.mean, company),
        difference=sentences.write_difference(paired) if paired else "",
        p_value=sentences.write_p(paired.p_value) if paired else "",
        p_holm=sentences.write_p(paired.p_holm) if paired else "",
        verdict_kind=kind,
        verdict=word,
    )


def _figures_line(found: Comparison, line: Line) -> FiguresLine:
    values = [line.metrics[metric] for metric in found.metrics]
    cells = tuple((decimal(value.mean), decimal((value.high - value.low) / 2)) for value in values)
    return FiguresLine(_name_line(line), line.is_baseline, cells)


def _winner_line(found: Comparison, metric: str) -> WinnerLine:
    winner = found.winners[metric]
    return WinnerLine(
        metric=describe_metric(metric)[0],
        name=sentences.name_place(found.best(metric)),
        apparent=decimal(winner.apparent),
        corrected=decimal(winner.corrected.mean),
        interval=sentences.write_interval(winner.corrected.low, winner.corrected.high),
        candidates=winner.candidates,
        picked=percent(winner.picked_share),
    )


def _name_line(line: Line) -> str:
    return sentences.name_place(Place(line.family, line.rule))


def _name_column(found: Comparison, reader: Reader) -> str:
    """The label of the best single column; a spec that has changed since may not know it."""
    detail = next((line.detail for line in found.lines if line.detail), "")
    known = {column.name for column in reader.spec.features}
    return reader.label(detail) if detail in known else detail


def _link_figure(figure: Figure, job_id: str) -> FigureView:
    return show_figure(
        figure,
        json_url=url_for("compare.figure_json", job_id=job_id, name=figure.name),
        csv_url=url_for("compare.figure_csv", job_id=job_id, name=figure.name),
        plotly_url=plotly_url(),
    )
