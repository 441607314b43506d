"""`python -m ml compare`: families on the same folds, and what the best of them is worth."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import click

from ml.commands.errors import BadInput, in_one_line, report_bad_input
from ml.commands.progress import showing_progress
from ml.examination.comparison import CHANCE, Comparison, ComparisonRequest, Line, Place, is_told_apart
from ml.families import FAMILY_NAMES
from ml.results import LOWER_IS_BETTER, to_json
from ml.rules import ARGMAX
from ml.settings import read_settings

_WIDTH = 38
_SMALLEST_P = 0.001


@click.command("compare")
@click.option("--families", default="", help="Names with commas between; else all. The baselines are always run.")
@click.option("--raw", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Raw data: ARFF or CSV.")
@click.option("--folds", default=5, show_default=True, type=click.IntRange(2))
@click.option("--repeats", default=10, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=582, show_default=True, type=click.IntRange(0, 2**32 - 1))
@click.option("--without-sensitive", is_flag=True, help="Leave the sensitive columns out.")
@click.option("--drop-repeats", is_flag=True, help="Drop rows equal to an earlier one.")
@click.option(
    "--against", default="", help="The family to test the others against; else the champion's, else the best."
)
@click.option("--budget", type=click.FloatRange(0), metavar="MINUTES", help="Begin no further family after so long.")
@click.option("--jobs", default=-1, type=int, help="Folds worked on at a time; else as many as there are cores.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of tables.")
def command(  # noqa: PLR0913 - one parameter an option
    *, families: str, raw: Path | None, folds: int, repeats: int, seed: int, without_sensitive: bool,
    drop_repeats: bool, against: str, budget: float | None, jobs: int, as_json: bool,
) -> None:  # fmt: skip
    """Cross-validate families on the same folds, test their differences, and correct the best for being picked.

    What is finished is kept: the same comparison asked for again takes it from disk.
    """
    names = tuple(name.strip() for name in families.split(",") if name.strip())
    for name in (*names, *([against] if against else [])):
        if name not in FAMILY_NAMES:
            raise BadInput(f"there is no family {name!r}; the known ones are {', '.join(FAMILY_NAMES)}")
    if jobs == 0:
        raise BadInput("--jobs 0 leaves nobody to work: give 1 or more, or -1 for all cores")
    request = ComparisonRequest(
        names, folds, repeats, seed, not without_sensitive, drop_repeats, budget_minutes=budget, against=against
    )
    found = run_comparison(request, raw, jobs)
    click.echo(json.dumps(to_json(found), ensure_ascii=False) if as_json else tabulate(found))


def run_comparison(request: ComparisonRequest, raw: Path | None, jobs: int) -> Comparison:
    """Compare with progress on standard error; every error ends the process with one line and its exit code."""
    with report_bad_input():
        settings = read_settings()
    logging.basicConfig(stream=sys.stderr, level=settings.log_level)
    from ml.evaluate import EvaluationError
    from ml.train import UnknownFamilyError

    try:
        with report_bad_input(), redirect_stdout(sys.stderr), showing_progress(sys.stderr) as report:
            from ml.pipeline import compare

            return compare(replace(settings, raw_data=raw.resolve()) if raw else settings, request, report, n_jobs=jobs)
    except click.ClickException:
        raise
    except (EvaluationError, UnknownFamilyError) as error:
        raise BadInput(str(error)) from error
    except Exception as error:
        logging.getLogger(__name__).debug("the comparison failed", exc_info=True)
        raise click.ClickException(in_one_line(error)) from error


def tabulate(found: Comparison) -> str:
    """Return the answer in words, the leaderboard, and what each family costs."""
    metric = found.metrics[0]
    parts = [
        say_worth(found, metric),
        say_undecided(found, metric),
        *say_single_column(found, metric),
        "",
        *_leaderboard(found, metric),
        "",
        *_corrections(found),
        "",
        *_costs(found),
        *_left_out(found),
    ]
    return "\n".join(parts)


def say_worth(found: Comparison, metric: str) -> str:
    """Say what the best is worth once it is taken into account that it was picked."""
    winner = found.winners[metric]
    corrected = winner.corrected
    return (
        f"picked among {winner.candidates} by {metric}, the best ({_name(found.best(metric))}) is worth"
        f" {corrected.mean:.3f} [{corrected.low:.3f}, {corrected.high:.3f}], not {winner.apparent:.3f}"
    )


def say_undecided(found: Comparison, metric: str) -> str:
    """Say which families cannot be told from the best."""
    undecided, families = found.undecided(metric), found.families()
    return (
        f"{len(undecided)} of {len(families)} families cannot be told from the best by {metric}"
        f" (Holm-adjusted p ≥ {CHANCE}): {', '.join(undecided)}"
    )


def say_single_column(found: Comparison, metric: str) -> list[str]:
    """Say that one column alone keeps up with the best, where it does."""
    line = found.undecided_column(metric)
    return [f"nor can one column alone ({line.detail})"] if line else []


def _leaderboard(found: Comparison, metric: str) -> list[str]:
    sign = 1 if metric in LOWER_IS_BETTER else -1
    lines = sorted(found.lines, key=lambda line: sign * line.metrics[metric].mean)
    against = f"vs {_name(found.reference)}"
    head = [f"{name:>22}" for name in found.metrics] + [f"  {against[:_WIDTH]:>38}", f"{'Holm p':>8}"]
    return [f"{'':{_WIDTH}}{''.join(head)}", *(_line(found, line, metric) for line in lines)]


def _line(found: Comparison, line: Line, metric: str) -> str:
    estimates = (line.metrics[name] for name in found.metrics)
    cells = [f"{item.mean:.3f} [{item.low:.3f}, {item.high:.3f}]" for item in estimates]
    paired = line.against_reference.get(metric)
    shown, p_holm = "–", "–"
    if paired is not None:
        mark = "*" if is_told_apart(paired) else ""
        shown = f"{paired.mean:+.3f} [{paired.low:+.3f}, {paired.high:+.3f}]"
        p_holm = f"{paired.p_holm:.3f}{mark}" if paired.p_holm >= _SMALLEST_P else f"<{_SMALLEST_P}{mark}"
    name = _name(Place(line.family, line.rule)) + (f" ({line.detail})" if line.detail else "")
    return f"{name:{_WIDTH}}{''.join(f'{cell:>22}' for cell in cells)}{shown:>40}{p_holm:>8}"


def _corrections(found: Comparison) -> list[str]:
    head = f"{'picked by':20}{'best':>32}{'as picked':>11}{'corrected':>24}{'among':>7}"
    return [
        head,
        *(
            f"{metric:20}{_name(found.best(metric)):>32}{winner.apparent:>11.3f}"
            f"{f'{winner.corrected.mean:.3f} [{winner.corrected.low:.3f}, {winner.corrected.high:.3f}]':>24}"
            f"{winner.candidates:>7}"
            for metric, winner in found.winners.items()
        ),
    ]


def _costs(found: Comparison) -> list[str]:
    head = f"{'':{_WIDTH}}{'fit, CPU ms':>13}{'one row, ms':>13}{'size, kB':>10}"
    return [
        head,
        *(
            f"{cost.family:{_WIDTH}}{cost.fit_seconds * 1000:>13.1f}{cost.row_seconds * 1000:>13.2f}"
            f"{cost.size_bytes / 1000:>10.1f}{'  kept from before' if cost.was_kept else ''}"
            for cost in found.costs
        ),
    ]


def _left_out(found: Comparison) -> list[str]:
    why = {"budget": "not begun: the budget was used up", "failed": "failed", "unsuited": "needs classes in order"}
    return [
        f"left out: {item.family} ({why[item.reason]}{f', {item.detail}' if item.detail else ''})"
        for item in found.left_out
    ]


def _name(place: Place) -> str:
    return place.family if place.rule == ARGMAX else f"{place.family} + {place.rule}"
