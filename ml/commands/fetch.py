"""`python -m ml fetch`: the raw data from its publisher into data/raw, verified."""

from __future__ import annotations

import click

from ml.commands.errors import report_bad_input
from ml.settings import read_settings
from ml.source import RawTable, Unreachable, fetch, obtain
from ml.spec import load_spec


@click.command("fetch")
@click.option("--or-stand-in", is_flag=True, help="Where the publisher cannot be reached, go on with what there is.")
def command(*, or_stand_in: bool) -> None:
    """Download the raw data and verify the checksum of its content.

    On any failure the data that is there stays as it is. The path of the raw file goes to standard output.
    """
    with report_bad_input():
        click.echo(_get(or_stand_in=or_stand_in).path)


def _get(*, or_stand_in: bool) -> RawTable:
    settings = read_settings()
    spec = load_spec(settings.spec_path)
    if settings.raw_data is not None:
        click.echo("PROCTOR_RAW_DATA names a file: nothing is fetched.", err=True)
        return _tell(obtain(spec, settings))
    try:
        return _tell(fetch(spec, settings))
    except Unreachable as error:
        if not or_stand_in:
            raise
        click.echo(f"{error}.", err=True)
        return _tell(obtain(spec, settings))


def _tell(raw: RawTable) -> RawTable:
    words = {
        "file": "a file of yours",
        "download": "downloaded",
        "stand_in": "a SYNTHETIC STAND-IN drawn from published frequencies, not real rows",
    }
    verified = "verified" if raw.origin.is_verified else "not verified"
    click.echo(
        f"{raw.origin.name}: {words[raw.origin.kind]}, {len(raw.frame):,} rows, "
        f"content {raw.origin.content_sha256[:12]}… ({verified})",
        err=True,
    )
    return raw
