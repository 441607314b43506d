"""`python -m ml reproduce`: a run made again, and held against the original."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

from ml.commands.errors import BadInput, report_bad_input
from ml.commands.progress import showing_progress
from ml.examination.reproduction import Change, Reproduction
from ml.results import TrainingResult, to_json
from ml.settings import read_settings

DIFFERS = 1
_NAMES = {
    "code": "code version",
    "request": "wish unknown to this release:",
    "data": "sha256 of the data's content",
    "spec": "sha256 of the spec",
    "predictions": "sha256 of the original's predictions (recorded, found)",
    "python": "Python",
    "platform": "platform",
    "blas": "linear algebra",
    "library": "",
    "package": "",
}


@click.command("reproduce")
@click.argument("run_id")
@click.option("--raw", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A copy of the raw data.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of sentences.")
def command(*, run_id: str, raw: Path | None, as_json: bool) -> None:
    """Make the run RUN_ID again, and say whether its out-of-fold predictions came out identical.

    Exit code 0: they did. 1: they differ, and what differs is listed. 2: it cannot be made again.
    """
    result = run_reproduction(run_id, raw)
    found = result.reproduction
    assert found is not None  # noqa: S101 - for mypy: what reproduces a run is held against it
    click.echo(json.dumps(describe(result, found), ensure_ascii=False) if as_json else tell(result, found))
    if not found.is_identical:
        raise click.exceptions.Exit(DIFFERS)


def run_reproduction(run_id: str, raw: Path | None) -> TrainingResult:
    """Make the run again with progress on standard error; whatever is in the way ends with one line and code 2."""
    with report_bad_input():
        settings = read_settings()
    logging.basicConfig(stream=sys.stderr, level=settings.log_level)
    try:
        with report_bad_input(), redirect_stdout(sys.stderr), showing_progress(sys.stderr) as report:
            from ml.pipeline import reproduce

            return reproduce(settings, run_id, report, raw=raw.resolve() if raw else None)
    except click.ClickException:
        raise
    except Exception as error:
        logging.getLogger(__name__).debug("the reproduction failed", exc_info=True)
        text = str(error).strip().partition("\n")[0]
        is_ours = type(error).__module__.startswith("ml.")
        raise BadInput(text if is_ours else f"{type(error).__name__}: {text}") from error


def describe(result: TrainingResult, found: Reproduction) -> dict[str, object]:
    """Return the one object that `--json` writes."""
    described: dict[str, object] = to_json(found)
    return {"run_id": result.run_id, "run_name": result.run_name, "verdict": found.verdict} | described


def tell(result: TrainingResult, found: Reproduction) -> str:
    """Return the verdict, then what differs, a line each."""
    lines = [f"{say_verdict(found)} (run {result.run_id} against {found.original})"]
    if not found.changes:
        lines.append("Nothing that was recorded of code, data and environment differs.")
    return "\n".join([*lines, *map(say_change, found.changes)])


def say_verdict(found: Reproduction) -> str:
    """Say whether the predictions are the same, and if not, by how much they are not."""
    if found.is_identical:
        how = "to the bit" if found.is_exact else "to the six digits that the original kept"
        return f"identical: {found.predictions} out-of-fold predictions agree {how}"
    if found.largest_difference is None:
        return (
            f"differs: {found.predictions} out-of-fold predictions cannot be set against the original's "
            f"{found.original_predictions}"
        )
    return (
        f"differs: the probabilities by up to {found.largest_difference:.3g}, the most likely class in "
        f"{found.changed_answers:.2%} of {found.predictions} predictions, the fold in {found.changed_folds:.2%}"
    )


def say_change(change: Change) -> str:
    """Say what was and what is."""
    what = " ".join(filter(None, (_NAMES[change.what], change.name)))
    return f"  {what}: {change.original or 'not there'} → {change.now or 'not there'}"
