"""`python -m ml train`: one family evaluated, fitted, logged and registered."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ml.commands.errors import BadInput, in_one_line, report_bad_input
from ml.commands.progress import showing_progress
from ml.families import BASELINES, CALIBRATIONS, DEFAULT_FAMILY, FAMILY_NAMES
from ml.results import Evaluation, TrainingRequest, TrainingResult, to_json
from ml.rules import DEFAULT_RULE, RULES
from ml.settings import read_settings

_SHOWN = ("accuracy", "balanced_accuracy", "f1_macro", "qwk", "ordinal_mae", "log_loss", "brier", "ece")


@click.command("train")
@click.option("--family", default=DEFAULT_FAMILY, show_default=True, help=f"One of {', '.join(FAMILY_NAMES)}.")
@click.option("--raw", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Raw data: ARFF or CSV.")
@click.option("--folds", default=5, show_default=True, type=click.IntRange(2))
@click.option("--repeats", default=10, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=582, show_default=True, type=click.IntRange(0, 2**32 - 1))
@click.option(
    "--rule", default=DEFAULT_RULE, show_default=True, type=click.Choice(RULES), help="From probabilities to an answer."
)
@click.option("--tuned", is_flag=True, help="Search the family's settings within every fold; takes many times longer.")
@click.option("--without-sensitive", is_flag=True, help="Leave the sensitive columns out.")
@click.option("--drop-repeats", is_flag=True, help="Drop rows equal to an earlier one.")
@click.option(
    "--calibration",
    default="none",
    show_default=True,
    type=click.Choice(CALIBRATIONS),
    help="Bend the shares inside every fold so that they come true as often as they say.",
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of a table.")
def command(*, raw: Path | None, without_sensitive: bool, tuned: bool, as_json: bool, **wishes: Any) -> None:
    """Evaluate a family by repeated cross-validation, fit it to all rows, log the run and register the model."""
    request = TrainingRequest(with_sensitive=not without_sensitive, is_tuned=tuned, **wishes)
    result = run_training(request, raw)
    click.echo(json.dumps(describe(result), ensure_ascii=False) if as_json else tabulate(result))
    if result.refusal:
        raise click.ClickException(f"the model was not registered: {result.refusal}")


def run_training(request: TrainingRequest, raw: Path | None) -> TrainingResult:
    """Train with progress on standard error; every error ends the process with one line and its exit code."""
    if request.family not in FAMILY_NAMES:
        raise BadInput(f"there is no family {request.family!r}; the known ones are {', '.join(FAMILY_NAMES)}")
    if request.calibration != "none" and request.family in BASELINES:
        raise BadInput(f"{request.family} is a baseline and is not calibrated: leave --calibration out")
    with report_bad_input():
        settings = read_settings()
    logging.basicConfig(stream=sys.stderr, level=settings.log_level)
    from ml.evaluate import EvaluationError
    from ml.train import SearchError

    try:
        with report_bad_input(), redirect_stdout(sys.stderr), showing_progress(sys.stderr) as report:
            from ml.pipeline import train

            return train(replace(settings, raw_data=raw.resolve()) if raw else settings, request, report)
    except click.ClickException:
        raise
    except (EvaluationError, SearchError) as error:
        raise BadInput(str(error)) from error
    except Exception as error:
        logging.getLogger(__name__).debug("training failed", exc_info=True)
        raise click.ClickException(in_one_line(error)) from error


def describe(result: TrainingResult) -> dict[str, Any]:
    """Return the one object that `--json` writes."""
    evaluation = result.evaluation
    described: dict[str, Any] = to_json(
        {
            "run_id": result.run_id,
            "run_name": result.run_name,
            "family": result.family,
            "metrics": evaluation.metrics,
            "baselines": {name: baseline.metrics for name, baseline in evaluation.baselines.items()},
            "single_column": best_column(evaluation),
            "rows": evaluation.rows,
            "folds": evaluation.folds,
            "repeats": evaluation.repeats,
            "seed": evaluation.seed,
            "rule": evaluation.rule,
            "version": result.version,
            "aliases": result.aliases,
            "refusal": result.refusal,
            "no_graph": result.no_graph,
        }
    )
    return described


def best_column(evaluation: Evaluation) -> str:
    """Name the column that the best single column was, most often."""
    return next((baseline.detail for baseline in evaluation.baselines.values() if baseline.detail), "")


def tabulate(result: TrainingResult) -> str:
    """Return the figures beside those of the baselines, and where the run is to be found."""
    evaluation = result.evaluation
    rivals = evaluation.baselines
    lines = [f"{'':20}{result.family:>26}{''.join(f'{name:>26}' for name in rivals)}"]
    for name in (name for name in _SHOWN if name in evaluation.metrics):
        estimates = [evaluation.metrics[name], *(rival.metrics[name] for rival in rivals.values())]
        cells = (f"{item.mean:.3f} [{item.low:.3f}, {item.high:.3f}]" for item in estimates)
        lines.append(f"{name:20}{''.join(f'{cell:>26}' for cell in cells)}")
    lines.append(f"answered by the rule: {evaluation.rule}")
    if column := best_column(evaluation):
        lines.append(f"best single column: {column}")
    if result.no_graph:
        lines.append(f"scikit-learn answers by it, in a process apart: {result.no_graph}")
    version = f"version {result.version}" if result.version else "not registered"
    alias = f" ({', '.join(result.aliases)})" if result.aliases else ""
    return "\n".join([*lines, f"run {result.run_id} ({result.run_name}), {version}{alias}"])
