"""A version's stages of life, as aliases and tags in MLflow's own tables, so that MLflow's own tools see them too."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CHAMPION = "champion"
CHALLENGER = "challenger"
RETIRED_TAG = "proctor.retired"
"""On a version: when it was retired, by whom and why. Whoever sets it by other means may write what they like."""
CHOSEN_TAG = "proctor.challenger_chosen"
"""On a version that a person made the challenger: the next training does not take its alias away."""
BEFORE_TAG = "proctor.champion_before"
"""On a version that was promoted: the version that was champion before it, to which a roll-back returns."""
SILENT_TAG = "proctor.answers_nothing"
"""On a registered model whose champion was retired without another: no training makes a champion of itself then."""

LONGEST_ALIAS = 255
_ALIAS = re.compile(r"[\w\-]+")
_VERSION = re.compile(r"[vV]\d+")
_LARGEST_VERSION = 2**31 - 1


class Stage(StrEnum):
    """Where a version stands."""

    CANDIDATE = "candidate"
    CHALLENGER = "challenger"
    CHAMPION = "champion"
    RETIRED = "retired"


@dataclass(frozen=True)
class Mark:
    """Who did something, when and why, as a tag keeps it; all of it empty where others wrote the tag."""

    at: int | None = None
    by: str = ""
    why: str = ""
    version: int | None = None


def find_stage(aliases: tuple[str, ...], tags: Mapping[str, str]) -> Stage:
    """Find where a version stands. What answers is the champion, whatever else was written on it."""
    if CHAMPION in aliases:
        return Stage.CHAMPION
    if RETIRED_TAG in tags:
        return Stage.RETIRED
    return Stage.CHALLENGER if CHALLENGER in aliases else Stage.CANDIDATE


def write_mark(mark: Mark) -> str:
    """Write a tag's value."""
    known = {"at": mark.at, "by": mark.by, "why": mark.why, "version": mark.version}
    return json.dumps({name: value for name, value in known.items() if value not in (None, "")}, ensure_ascii=False)


def read_mark(value: str | None) -> Mark | None:
    """Read a tag's value; None where there is no tag."""
    if value is None:
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return Mark()
    if not isinstance(found, dict):
        return Mark()
    at, by, why = found.get("at"), found.get("by"), found.get("why")
    return Mark(
        at=at if isinstance(at, int) and 0 <= at < 2**46 else None,
        by=by if isinstance(by, str) else "",
        why=why if isinstance(why, str) else "",
        version=read_version(found.get("version")),
    )


def read_version(value: object) -> int | None:
    """Read a version's number as a tag or an address holds it; None for what no version can have."""
    text = str(value)
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_VERSION))
    return int(text) if is_number and 0 < int(text) <= _LARGEST_VERSION else None


def find_alias_fault(alias: str) -> str:
    """Say by a code why a version cannot be given this alias, by MLflow's rules and ours; empty where it can."""
    if not alias:
        return "alias_empty"
    if not _ALIAS.fullmatch(alias):
        return "alias_signs"
    if len(alias) > LONGEST_ALIAS:
        return "alias_long"
    if alias.lower() == "latest" or _VERSION.fullmatch(alias):
        return "alias_reserved"
    return "alias_stage" if alias.lower() in {CHAMPION, CHALLENGER} else ""
