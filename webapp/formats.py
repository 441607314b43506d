"""Numbers and times as people read them, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from math import floor, isfinite, isnan, log10

from babel import Locale
from babel.numbers import format_decimal, format_scientific
from flask import Flask
from flask_babel import format_datetime, get_locale, gettext

MISSING = "–"
MINUTE = HOUR_IN_MINUTES = 60
FEW_SECONDS = 10
KILO = 1000
LONGEST = 1e15
"""From here on a number is written with a power of ten: its digits would be noise, and Babel refuses the longest."""
SHORTEST = 1e-4


def init_app(app: Flask) -> None:
    """Offer these as template filters."""
    app.jinja_env.filters.update(
        decimal=decimal,
        measure=measure,
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


def measure(value: float | None) -> str:
    """A number of anybody's, of any size: six significant digits behind the point, all of those before it."""
    if value is None:
        return MISSING
    locale = get_locale() or Locale("en")
    if not value or not isfinite(value):
        return _format(value, "0", locale)
    if abs(value) < SHORTEST:
        return _format_power(value, locale)
    return _format(round(value, max(0, 5 - floor(log10(abs(value))))), "#,##0.##########", locale)


def integer(value: float | None) -> str:
    """A whole number with its thousands marked."""
    return decimal(value, 0)


@lru_cache(maxsize=20_000)
def _format(value: float, pattern: str, locale: Locale) -> str:
    """Babel takes a tenth of a millisecond, and a run's page has hundreds of numbers, the same each time."""
    if isnan(value):
        return "NaN"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    return _format_power(value, locale) if abs(value) >= LONGEST else str(format_decimal(value, pattern, locale))


def _format_power(value: float, locale: Locale) -> str:
    return str(format_scientific(value, "0.###E0", locale))


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
    moment = _utc(ms)
    return MISSING if moment is None else str(format_datetime(moment, "yyyy-MM-dd HH:mm"))


def iso(ms: int | None) -> str:
    """A time for a `datetime` attribute."""
    moment = _utc(ms)
    return "" if moment is None else moment.isoformat(timespec="seconds")


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


def _utc(ms: int | None) -> datetime | None:
    """None as well for what no calendar has: strangers write microseconds where milliseconds are meant."""
    try:
        return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
