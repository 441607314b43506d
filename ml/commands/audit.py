"""`python -m ml audit`: is a score what it claims? Of any table, predictions or published figure, without a spec."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from ml.audit.words import ENGLISH, format_plainly, name_check, say_finding, say_skipped
from ml.commands.errors import BadInput, report_bad_input
from ml.commands.progress import showing_progress
from ml.examination.audit import AuditReport, AuditRequest, Claim
from ml.results import to_json

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOUND = 1
_VERDICTS = {
    "clean": "CLEAN: nothing speaks against the score.",
    "look": "LOOK: somebody has to explain what is below.",
    "cheat": "CHEAT: the score is not what it claims.",
}


@click.command("audit")
@click.argument("table", required=False, type=_FILE)
@click.option("--target", default="", help="The column that holds the class.")
@click.option("--predictions", type=_FILE, help="What a model said of these rows: `prediction`, `p.<class>`, or both.")
@click.option("--training", type=_FILE, help="The rows it was fitted to, where TABLE is what it was tested on.")
@click.option("--claim", "claimed", help="A published score, as accuracy=0.9926 or accuracy=99.26%.")
@click.option("--rows", type=int, help="On how many rows the claim was measured.")
@click.option("--tried", default=1, show_default=True, help="Configurations among which the best was chosen.")
@click.option("--seed", default=582, show_default=True, type=click.IntRange(0, 2**32 - 1))
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of sentences.")
def command(  # noqa: PLR0913 - an option each
    *, table: Path | None, target: str, predictions: Path | None, training: Path | None, claimed: str | None,
    rows: int | None, tried: int, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Audit TABLE (CSV, ARFF or Parquet), predictions for it, a claim about it, or a claim alone.

    Exit code 0: clean, notes at most. 1: warnings or cheats were found. 2: something could not be read.
    """
    claim = read_claim(claimed, rows)
    request = AuditRequest(table, target, predictions, claim, seed, training, tried)
    report = run_audit(request)
    click.echo(json.dumps(describe(report), ensure_ascii=False) if as_json else write_out(report))
    if report.verdict != "clean":
        sys.exit(_FOUND)


def read_claim(text: str | None, rows: int | None) -> Claim | None:
    """Return the claim that `metric=value` makes; percent signs are understood.

    Raises
    ------
    BadInput
        Where it is no such text.
    """
    if text is None:
        if rows is not None:
            raise BadInput("--rows says how many rows a claim is about: give --claim too")
        return None
    metric, _, number = (part.strip() for part in text.partition("="))
    is_percent = number.endswith("%")
    try:
        value = float(number.removesuffix("%"))
    except ValueError:
        raise BadInput(f"--claim {text!r}: write a metric and a number, as accuracy=0.9926") from None
    if not metric:
        raise BadInput(f"--claim {text!r}: write a metric and a number, as accuracy=0.9926")
    digits = len(number.removesuffix("%").partition(".")[2])
    return Claim(metric.lower(), round(value / 100, digits + 2) if is_percent else value, rows)


def run_audit(request: AuditRequest) -> AuditReport:
    """Audit with progress on standard error; what cannot be read ends the process with one line and code 2."""
    from ml.audit.errors import AuditInputError
    from ml.audit.table import audit_table

    try:
        with report_bad_input(), showing_progress(sys.stderr) as report:
            return audit_table(request, report)
    except AuditInputError as error:
        raise BadInput(str(error)) from error


def describe(report: AuditReport) -> dict[str, Any]:
    """Return the one object that `--json` writes: the report as it is, the verdict, and every finding in words."""
    described: dict[str, Any] = to_json(report)
    for shown, finding in zip(described["findings"], report.findings, strict=True):
        said = say_finding(finding, ENGLISH, format_plainly)
        shown |= {"title": said.title, "what": said.what, "advice": said.advice}
    return {"verdict": report.verdict} | described


def write_out(report: AuditReport) -> str:
    """Return the verdict, each finding in words, and the checks that were made or not."""
    lines = [_VERDICTS[report.verdict]]
    for finding in report.findings:
        said = say_finding(finding, ENGLISH, format_plainly)
        lines += ["", f"{finding.severity.upper()}  {said.title}", f"  {said.what}", f"  → {said.advice}"]
    made = [name_check(check, ENGLISH) for check in report.checks if not check.skipped]
    skipped = [check for check in report.checks if check.skipped]
    lines += ["", f"Checked: {'; '.join(made)}."]
    lines += [f"Not checked: {name_check(check, ENGLISH)}. {say_skipped(check, ENGLISH)}" for check in skipped]
    return "\n".join(lines)
