"""What runs are called where they stand beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from webapp.compare.runs.queries import RunFacts
from webapp.runs.names import is_named_after, name_run
from webapp.runs.queries import RunRow
from webapp.runs.sentences import describe_family

LONGEST = 60


@dataclass(frozen=True)
class RunName:
    """A run's short title, by which it is told from the others, its whole name, and where it leads."""

    id: str
    title: str
    name: str
    href: str


def name_apart(runs: Sequence[RunFacts]) -> tuple[RunName, ...]:
    """Each by its family where that tells it from the others, and by its own name if it has one, at last by its id."""
    families = Counter(run.row.family for run in runs)
    called = {family: describe_family(family) for family in families if family}
    titles = [_cut(_title(run.row, called, is_alone=families[run.row.family] == 1)) for run in runs]
    alike = Counter(titles)
    anywhere = url_for("runs.show", run_id="-").removesuffix("-")  # made once: 500 take a while
    return tuple(
        RunName(
            run.row.run_id, title if alike[title] == 1 else f"{title} · {run.row.run_id[:8]}", run.name,
            anywhere + run.row.run_id,
        )
        for run, title in zip(runs, titles, strict=True)
    )  # fmt: skip


def _title(row: RunRow, called: Mapping[str, str], *, is_alone: bool) -> str:
    name = name_run(row)
    if not row.family:
        return name
    family = called[row.family]
    return (
        family if is_alone and is_named_after(name, row.family) else f"{family} ({name.removeprefix(f'{row.family}-')})"
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
