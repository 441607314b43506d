"""Which raw table is used: a named file, else what lies in `data/raw`, else the publisher's, else the stand-in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from ml.files import READ_ONLY, write_files
from ml.results import Origin, Progress, Report, ignore_progress, to_json
from ml.sample import draw_stand_in
from ml.settings import Settings
from ml.source.download import Unreachable, download_member
from ml.source.errors import SourceError
from ml.source.table import RawTable, content_sha256, parse_table, read_table
from ml.spec import DatasetSpec, SourceSpec, fold_header

ORIGIN_ENDING = ".origin.json"
_NAME_A_FILE = "name a file with PROCTOR_RAW_DATA"


def obtain(
    spec: DatasetSpec, settings: Settings, report: Report = ignore_progress, *, ask_again: bool = False
) -> RawTable:
    """Return the raw table that `settings` lead to; without `ask_again` only the first call ever looks at the network.

    A named file that cannot be used is an error, never a reason to use something else. The stand-in is written down
    like the rest, so that an unreachable publisher costs its five seconds once: `ask_again` and `fetch` try it anew.

    Raises
    ------
    SourceError
        Where no raw table can be had or used.
    """
    report(Progress("fetch"))
    raw = _obtain(spec, settings, report, ask_again=ask_again)
    _check_columns(raw, spec)
    report(Progress("fetch", 1))
    return raw


def fetch(spec: DatasetSpec, settings: Settings, report: Report = ignore_progress) -> RawTable:
    """Download the raw table, verify it and put it into `data/raw`, in place of what lies there.

    Raises
    ------
    Unreachable
        Where the publisher does not answer.
    SourceError
        Where what it sends is not what the spec names. In both cases everything stays as it was.
    """
    if spec.source is None:
        raise SourceError(f"the spec of {spec.name} names no source; {_NAME_A_FILE}")
    try:
        return _fetch(spec, spec.source, settings, report)
    except SourceError as error:
        raise type(error)(f"{error}; {_NAME_A_FILE} instead") from None


def _fetch(spec: DatasetSpec, source: SourceSpec, settings: Settings, report: Report) -> RawTable:
    url = settings.source_url or source.url
    content = download_member(url, source.member, lambda done, total: report(Progress("fetch", done, total)))
    origin = _describe(content, source.member, spec)
    if not origin.is_verified:
        raise SourceError(
            f"{url}: {source.member} is not the published one: the checksum of its content is "
            f"{origin.content_sha256}, not {source.content_sha256}"
        )
    return _keep(content, replace(origin, kind="download", location=url), _raw_path(source, settings))


def _obtain(spec: DatasetSpec, settings: Settings, report: Report, *, ask_again: bool) -> RawTable:
    if settings.raw_data is not None:
        return _take_file(settings.raw_data, spec, settings)
    if spec.source and _raw_path(spec.source, settings).exists():
        return _read_kept(_raw_path(spec.source, settings), spec)
    if spec.source is None or (_stand_in_path(spec, settings).exists() and not ask_again):
        return _stand_in(spec, settings)
    try:
        return fetch(spec, settings, report)
    except Unreachable as error:
        if spec.stand_in is None:
            raise SourceError(str(error)) from error
        return _stand_in(spec, settings)


def _take_file(path: Path, spec: DatasetSpec, settings: Settings) -> RawTable:
    """Read the named file and keep a copy under its checksum, so that what a run saw can be seen later."""
    _, content = read_table(path)
    origin = replace(_describe(content, path.name, spec), location=str(path))
    if spec.stand_in and origin.content_sha256 == content_sha256(draw_stand_in(spec, spec.stand_in)):
        origin = replace(origin, kind="stand_in")  # a copy of the stand-in stays one under any name
    folder = settings.data_dir / "raw"
    if path.resolve().parent == folder.resolve():
        return RawTable(parse_table(content, path.name), origin, path)
    return _keep(content, origin, folder / f"{path.stem}.{origin.sha256[:12]}{path.suffix}")


def _read_kept(path: Path, spec: DatasetSpec) -> RawTable:
    frame, content = read_table(path)
    origin = read_origin(path)
    if origin and origin.sha256 == hashlib.sha256(content).hexdigest():
        return RawTable(frame, origin, path)
    found = replace(_describe(content, path.name, spec), location=str(path))
    if origin and not found.is_verified:
        raise SourceError(f"{path}: has changed since it was downloaded; `python -m ml fetch` gets it again")
    return RawTable(frame, found, path)


def _stand_in(spec: DatasetSpec, settings: Settings) -> RawTable:
    """Draw the stand-in anew, which takes no longer than reading it, and write it down where it differs."""
    if spec.stand_in is None:
        raise SourceError(f"the spec of {spec.name} has no stand-in; {_NAME_A_FILE}")
    frame = draw_stand_in(spec, spec.stand_in)
    content = frame.to_csv(index=False, lineterminator="\n").encode()
    path = _stand_in_path(spec, settings)
    origin = _describe(content, path.name, spec)
    return _keep(content, replace(origin, kind="stand_in", location=f"seed {spec.stand_in.seed}"), path)


def _describe(content: bytes, name: str, spec: DatasetSpec) -> Origin:
    checksum = content_sha256(parse_table(content, name))
    return Origin(
        kind="file",
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        content_sha256=checksum,
        location=name,
        is_verified=spec.source is not None and checksum == spec.source.content_sha256,
    )


def _keep(content: bytes, origin: Origin, path: Path) -> RawTable:
    """Write the raw file, read-only, and its origin beside it, unless both lie there already."""
    described = json.dumps(to_json(origin), indent=2).encode()
    if not (_has(path, content) and _has(_origin_path(path), described)):
        try:
            write_files({path: content, _origin_path(path): described}, READ_ONLY)
        except OSError as error:
            raise SourceError(f"{path}: cannot be written: {error.strerror}") from error
    return RawTable(parse_table(content, path.name), origin, path)


def _has(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def read_origin(path: Path) -> Origin | None:
    """Read where the raw file at `path` came from, as it was noted beside it; None where it was not."""
    try:
        found: dict[str, Any] = json.loads(_origin_path(path).read_text("utf-8"))
        return Origin(**found)
    except (OSError, ValueError, TypeError):
        return None


def _raw_path(source: SourceSpec, settings: Settings) -> Path:
    return settings.data_dir / "raw" / source.member


def _stand_in_path(spec: DatasetSpec, settings: Settings) -> Path:
    return settings.data_dir / "raw" / f"{spec.name}.stand_in.csv"


def _origin_path(path: Path) -> Path:
    """Return where the origin of the raw file at `path` is noted."""
    return path.with_name(path.name + ORIGIN_ENDING)


def _check_columns(raw: RawTable, spec: DatasetSpec) -> None:
    known = {fold_header(text) for column in spec.columns for text in (column.name, *column.aliases)}
    if not known & {fold_header(str(name)) for name in raw.frame.columns}:
        raise SourceError(
            f"{raw.path}: no column of {spec.name} is in its header ({', '.join(map(str, raw.frame.columns[:4]))}, …); "
            "does it begin with one?"
        )
