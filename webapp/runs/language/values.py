"""Numbers, moments and spans as people write them, as what a run's are compared with."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lark import Token

from webapp.runs.language.errors import Fault, FilterError

UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
"""Milliseconds of each unit of time."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(?P<second>:\d\d(?P<fraction>\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


@dataclass(frozen=True)
class Moment:
    """A moment as exactly as it was written: a day, a minute, a second, or a point, whose `length` is 0.

    In UTC epoch milliseconds; one that somebody wrote as a number may be fractional or infinite.
    """

    start: int | float
    length: int = 0


def read_number(text: str) -> int | float:
    """Read a number; a whole one stays exact, one beyond any float is infinite."""
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def read_moment(token: Token, now: int) -> Moment:
    """Read a date, a count of milliseconds since 1970, or how long ago.

    Raises
    ------
    FilterError
        Where there is no such day or time.
    """
    if token.type == "NUMBER":
        return Moment(read_number(str(token)))
    if token.type == "AGO":
        return Moment(now - read_span(str(token)[1:]))
    text = str(token).strip("'\"")
    found = _DATE.fullmatch(text)
    try:
        moment = datetime.fromisoformat(text if found else "")
    except ValueError:
        raise FilterError(Fault.NO_MOMENT, token.start_pos or 0, str(token)) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Moment((aware - _EPOCH) // timedelta(milliseconds=1), _measure(found))


def read_span(text: str) -> float:
    """Read how long: with a unit, or in seconds; in milliseconds."""
    number = text.rstrip("mshdw")
    milliseconds = float(number) * UNITS[text[len(number) :] or "s"]
    return round(milliseconds, 3) if math.isfinite(milliseconds) else milliseconds  # 0.29 s are 290 ms, not 289.99…


def _measure(date: re.Match[str] | None) -> int:
    """How long what was written lasts, which depends on where its writer stopped."""
    if date is None or date["fraction"]:
        return 0
    if date["second"]:
        return UNITS["s"]
    return UNITS["m"] if date[1] else UNITS["d"]
