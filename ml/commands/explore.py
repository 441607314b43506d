"""`python -m ml explore`: the data as one page that opens offline, and as pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from ml.charts import Reader
from ml.charts.report import write_report
from ml.charts.stills import paint_stills
from ml.clean import clean_records
from ml.commands.errors import report_bad_input
from ml.explore import explore_table
from ml.files import write_files
from ml.settings import read_settings
from ml.source import obtain
from ml.spec import load_spec

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SEED = 582


@click.command("explore")
@click.option("--raw", type=_FILE, help="The raw file, CSV or ARFF; else the data in use, or the publisher's.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The folder to write to; else reports/.")
@click.option("--seed", default=_SEED, show_default=True, help="Of the shuffles behind the p-values.")
def command(raw: Path | None, out: Path | None, seed: int) -> None:
    """Write eda.html and figures/*.png; their paths go to standard output. On any failure nothing is written."""
    with report_bad_input():
        settings = read_settings()
        spec = load_spec(settings.spec_path)
        table = obtain(spec, replace(settings, raw_data=raw) if raw else settings)
        cleaned = clean_records(table.frame, spec)
        found = explore_table(table.frame, cleaned, spec, seed)
        reader = Reader(spec)
        folder = out or settings.reports_dir
        contents = {folder / "eda.html": write_report(found, table.origin, reader).encode()}
        contents |= {folder / "figures" / f"{name}.png": png for name, png in paint_stills(found, reader)}
        write_files(contents)
    click.echo("\n".join(str(path) for path in contents))
