"""The very table that a run was made from, wherever a copy of it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ml.results import Report, ignore_progress
from ml.settings import Settings
from ml.source.errors import SourceError
from ml.source.obtain import ORIGIN_ENDING, obtain, read_origin
from ml.source.table import content_sha256, read_table
from ml.spec import DatasetSpec


class OtherDataError(SourceError):
    """No table with the wanted content can be had; the message names what there is, and what to do."""


def find_same(
    spec: DatasetSpec, settings: Settings, wanted: str, report: Report = ignore_progress, *, raw: Path | None = None
) -> Settings:
    """Return settings that lead to the raw table whose content has the checksum `wanted`.

    Looked at are the file `raw` and nothing else, or, where none is named, what the settings lead to and then every
    file that Proctor has kept in `data/raw`.

    Raises
    ------
    OtherDataError
        Where none of them has it.
    SourceError
        Where `raw` cannot be read.
    """
    named = replace(settings, raw_data=raw) if raw else settings
    found = ""
    try:
        there = obtain(spec, named, report).origin
    except SourceError as error:
        if raw:
            raise
        found = f"the settings lead to no table ({error})"
    else:
        if there.content_sha256 == wanted:
            return named
        found = f"{there.name} has content {there.content_sha256}"
    for path in _list_kept(settings.data_dir / "raw") if raw is None else ():
        if _has_content(path, wanted):
            return replace(settings, raw_data=path)
    kept = "" if raw else f", and no file in {settings.data_dir / 'raw'} has it"
    raise OtherDataError(
        f"the run was made from a table whose content has the checksum {wanted}, but {found}{kept}; name a copy of it"
        " with PROCTOR_RAW_DATA, or with --raw on the command line"
    )


def _list_kept(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_file() and _is_table(path))


def _is_table(path: Path) -> bool:
    return not path.name.startswith(".") and not path.name.endswith(ORIGIN_ENDING)


def _has_content(path: Path, wanted: str) -> bool:
    """Whether the file has that content; what was noted beside it spares reading those that do not."""
    noted = read_origin(path)
    if noted and noted.content_sha256 != wanted:
        return False
    try:
        return content_sha256(read_table(path)[0]) == wanted
    except SourceError:
        return False
