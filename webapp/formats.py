"""Numbers and times as people read them, in the reader's language."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import format_datetime, get_locale, gettext

MISSING = "–"
MINUTE = HOUR_IN_MINUTES = 60
FEW_SECONDS = 10
KILO = 1000
SMALLEST_POWER, LARGEST_POWER = -4, 9
"""Of ten, between which a number is written out."""


def init_app(app: Flask) -> None:
    """Offer these as template filters."""
    app.jinja_env.filters.update(
        decimal=decimal,
        percent=percent,
        integer=integer,
        file_size=file_size,
        when=when,
        duration=duration,
        iso=iso,
    )


def decimal(value: float | None, digits: int = 3) -> str:
    """A number with a fixed count of digits after the point, so that columns align."""
    if value is None:
        return MISSING
    return _format(value, "#,##0." + "0" * digits if digits else "#,##0", get_locale() or Locale("en"))


def significant(value: float, digits: int = 6) -> str:
    """A number of any size with so many significant digits, and no zeros at its end."""
    exponent = math.floor(math.log10(abs(value))) if value else 0
    locale = get_locale() or Locale("en")
    if SMALLEST_POWER <= exponent < LARGEST_POWER:
        places = max(0, digits - 1 - exponent)
        return _format(round(value, places), "#,##0." + "#" * places if places else "#,##0", locale)
    return _format(value, "0." + "#" * (digits - 1) + "E0", locale)


def integer(value: float | None) -> str:
    """A whole number with its thousands marked."""
    return MISSING if value is None else _format(round(value), "#,##0", get_locale() or Locale("en"))


@lru_cache(maxsize=20_000)
def _format(value: float, pattern: str, locale: Locale) -> str:
    """Babel takes a tenth of a millisecond, and a run's page has hundreds of numbers, the same each time."""
    return str(format_decimal(value, pattern, locale))


def percent(share: float | None, digits: int = 0) -> str:
    """A share in [0, 1] as a percentage."""
    return MISSING if share is None else f"{decimal(share * 100, digits)}\N{NO-BREAK SPACE}%"


def file_size(size: int) -> str:
    """Bytes in the unit that leaves the fewest digits, a kB being 1,000 of them."""
    if size < KILO:
        return f"{integer(size)}\N{NO-BREAK SPACE}B"
    value, unit = (size / KILO, "kB") if size < KILO**2 else (size / KILO**2, "MB")
    return f"{decimal(value, 1)}\N{NO-BREAK SPACE}{unit}"


def when(ms: int | None) -> str:
    """A time of the store (UTC epoch milliseconds) to the minute."""
    return MISSING if ms is None else str(format_datetime(_utc(ms), "yyyy-MM-dd HH:mm"))


def iso(ms: int | None) -> str:
    """A time for a `datetime` attribute."""
    return "" if ms is None else _utc(ms).isoformat(timespec="seconds")


def duration(ms: float | None) -> str:
    """A length of time, in the two units that say most."""
    if ms is None:
        return MISSING
    seconds = ms / 1000
    if seconds < 1:
        return gettext("%(num)s ms", num=round(ms))
    if seconds < MINUTE:
        return gettext("%(num)s s", num=decimal(seconds, 1 if seconds < FEW_SECONDS else 0))
    minutes, rest = divmod(round(seconds), MINUTE)
    if minutes < HOUR_IN_MINUTES:
        return gettext("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=rest)
    return gettext("%(hours)s h %(minutes)s min", hours=minutes // HOUR_IN_MINUTES, minutes=minutes % HOUR_IN_MINUTES)


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
