"""`python -m ml clean`: a raw file into a clean table, the rejected rows and a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from ml.clean import clean_records, write_cleaned
from ml.commands.errors import report_bad_input
from ml.results import CleaningReport, Count
from ml.settings import read_settings
from ml.source import SourceError, read_table
from ml.spec import load_spec

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("clean")
@click.option("--raw", required=True, type=_FILE, help="The raw file, CSV or ARFF.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to.")
def command(raw: Path, out: Path) -> None:
    """Clean a raw file: the clean table, the rejected rows and cleaning_report.json go to a folder.

    What changed goes to standard output. On any failure nothing is written.
    """
    with report_bad_input():
        spec = load_spec(read_settings().spec_path)
        frame, _ = read_table(raw)
        try:
            cleaned = clean_records(frame, spec)
        except SourceError as error:
            raise SourceError(f"{raw}: {error}") from None
        files = write_cleaned(cleaned, out, spec.name)
    click.echo("\n".join(_describe(cleaned.report)))
    for path in (files.clean, files.rejected, files.report):
        click.echo(f"wrote {path}", err=True)


def _describe(report: CleaningReport) -> Iterable[str]:
    rows = [
        ("rows read", report.raw_rows),
        ("rows clean", report.clean_rows),
        *((f"rows rejected: {reason}", count) for reason, count in _by_reason(report)),
        *((f"cells corrected: {what}", count) for what, count in _sum(report.changes)),
        *((f"cells missing: {what}", count) for what, count in _sum(report.missing)),
        ("repeated rows", report.repeated_rows),
        ("  of these in disguise", report.disguised_repeats),
    ]
    width = max(len(label) for label, _ in rows)
    yield from (f"{label:<{width}}  {count:>9,}" for label, count in rows)
    yield from (f"column {old!r} read as {new}" for old, new in report.renamed_columns.items())
    yield from (f"column {name!r} dropped: the spec does not know it" for name in report.dropped_columns)
    for column, values in report.unknown_values.items():
        shown = ", ".join(f"{value!r} ({count:,})" for value, count in list(values.items())[:5])
        yield f"column {column}: not understood: {shown}" + (", …" if len(values) > 5 else "")  # noqa: PLR2004 - as above


def _sum(counts: Iterable[Count]) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for count in counts:
        total[count.what] += count.cells
    return total.most_common()


def _by_reason(report: CleaningReport) -> list[tuple[str, int]]:
    return Counter(rejection.reason for rejection in report.rejected).most_common()
