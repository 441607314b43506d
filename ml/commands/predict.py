"""`python -m ml predict`: the rows of a file with their answers, from one model's served file."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click

from ml.batch.problems import FileError, say_problem
from ml.batch.requests import FORMS, BatchRequest, BatchResult
from ml.commands.errors import BadInput, report_bad_input
from ml.commands.progress import showing_progress
from ml.settings import read_settings
from ml.spec import load_spec

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PROBLEMS = 1


@click.command("predict")
@click.argument("table", type=_FILE)
@click.option("--model", required=True, type=_FILE, help="A version's serving/model.onnx or .skops, under models/.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Default: beside TABLE.")
@click.option("--form", type=click.Choice(FORMS), help="Default: as the output's name ends, else CSV.")
@click.option("--skip-bad", is_flag=True, help="Answer the good rows, even if others cannot be.")
def command(*, table: Path, model: Path, output: Path | None, form: str | None, skip_bad: bool) -> None:
    """Answer every row of TABLE (CSV, Excel or Parquet); the answers are written into a file and into no log.

    Exit code 0: every row was answered. 1: rows have problems, listed on standard error. 2: nothing could be read.
    """
    form = form or _form_of(output)
    output = output or table.with_name(f"{table.stem}.predictions.{form}")
    if output.exists() and output.samefile(table):
        raise BadInput(f"{output}: is the file itself; give another name with --output")
    done = run(BatchRequest(table, output, form, _name(model), skip_bad), model)
    for problem in done.problems:
        click.echo(say_problem(problem), err=True)
    if done.is_written:
        click.echo(f"{output}: {done.answered:,} of {done.rows:,} rows answered")
    if done.problem_count:
        click.echo(f"{done.problem_count:,} problem(s); the first {len(done.problems):,} are above", err=True)
        sys.exit(_PROBLEMS)


def run(request: BatchRequest, model: Path) -> BatchResult:
    """Answer with progress on standard error; what cannot be read ends the process with one line and code 2."""
    from ml.batch.predicting import predict_table
    from ml.serve.contract import ModelFileError
    from ml.serve.loading import load_model

    try:
        with report_bad_input(), showing_progress(sys.stderr) as report:
            spec = load_spec(read_settings().spec_path)
            return predict_table(request, load_model(model.read_bytes()), spec, report=report)
    except (FileError, ModelFileError) as error:
        raise BadInput(f"{request.path.name}: {error}") from error


def _form_of(output: Path | None) -> str:
    ending = output.suffix[1:].lower() if output else ""
    return ending if ending in FORMS else "csv"


def _name(model: Path) -> str:
    """What the result calls the model: its bytes, since a file alone does not know its version."""
    return f"sha256 {hashlib.sha256(model.read_bytes()).hexdigest()[:12]}"
