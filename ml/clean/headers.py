"""Which raw header is which column of the spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.source import SourceError
from ml.spec import DatasetSpec, fold_header

_SHOWN = 20


@dataclass(frozen=True)
class Headers:
    """`raw_of` maps every column of the spec to its raw header; `dropped` are the headers that no column has."""

    raw_of: dict[str, str]
    dropped: tuple[str, ...]

    @property
    def renamed(self) -> dict[str, str]:
        """Raw header → column, where they differ."""
        return {raw: name for name, raw in self.raw_of.items() if raw != name}


def match_headers(headers: Sequence[str], spec: DatasetSpec) -> Headers:
    """Match `headers` to the columns of `spec` by name or alias; case, quotes, spaces and underscores do not count.

    Raises
    ------
    SourceError
        Where a column is not there, or twice.
    """
    column_of = {fold_header(text): column.name for column in spec.columns for text in (column.name, *column.aliases)}
    raw_of: dict[str, str] = {}
    dropped: list[str] = []
    for header in headers:
        name = column_of.get(fold_header(header))
        if name is None:
            dropped.append(header)
        elif name in raw_of:
            raise SourceError(f"the columns {raw_of[name]!r} and {header!r} are both {name}; take one of them out")
        else:
            raw_of[name] = header
    _check_all_there(raw_of, headers, spec)
    return Headers(raw_of, tuple(dropped))


def _check_all_there(raw_of: dict[str, str], headers: Sequence[str], spec: DatasetSpec) -> None:
    missing = [column.name for column in spec.columns if column.name not in raw_of]
    if missing:
        noun = "the column" if len(missing) == 1 else "the columns"
        shown = ", ".join(headers[:_SHOWN]) + (", …" if len(headers) > _SHOWN else "")
        raise SourceError(f"{noun} {', '.join(missing)} cannot be found; the header has: {shown}")
