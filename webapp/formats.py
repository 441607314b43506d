"""Numbers and times as people read them, in the reader's language."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import gettext

from webapp.languages import write_signs
from webapp.store.mlflow_tables import LARGEST_FLOAT

MISSING = "–"
MINUTE = HOUR_IN_MINUTES = 60
FEW_SECONDS = 10
KILO = 1000
SMALL, LARGE = 0.001, 1_000_000.0
TOO_LONG, TOO_SHORT = 1e15, 1e-4
"""Beyond these a number is written with a power of ten: its digits would be noise, or noughts."""
SIGNIFICANT = 6


def init_app(app: Flask) -> None:
    """Offer these as template filters."""
    app.jinja_env.filters.update(
        any_number=any_number,
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
    return _write(value, digits)


def any_number(value: float | None) -> str:
    """A number of any size as somebody logged it; None is NaN, and MLflow's largest float an infinity."""
    if value is None:
        return "NaN"
    if abs(value) >= LARGEST_FLOAT:
        return "∞" if value > 0 else "−∞"
    if value == 0 or SMALL <= abs(value) < LARGE:
        return decimal(value)
    return _write_power(value, 2)


def measure(value: float | None) -> str:
    """A number of anybody's, of any size: six significant digits behind the point, all of those before it."""
    if value is None:
        return MISSING
    if not value or not math.isfinite(value):
        return _write(value, 0)
    if not TOO_SHORT <= abs(value) < TOO_LONG:
        return _write_power(value)
    digits = max(0, SIGNIFICANT - 1 - math.floor(math.log10(abs(value))))
    plain = f"{Decimal(str(round(value, digits))):,.{digits}f}"
    return write_signs(plain.rstrip("0").rstrip(".") if digits else plain)


def integer(value: float | None) -> str:
    """A whole number with its thousands marked."""
    return MISSING if value is None else _write(round(value), 0)


def _write(value: float, digits: int) -> str:
    """Write a number as Babel would, in a fiftieth of its time: a table of runs has hundreds, new ones on every page.

    As decimal digits, like Babel: 0.0125 is halfway between two numbers of three digits, though no float is. Others
    log what they like, so what is too large to be read by its digits is written by its power of ten.
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if abs(value) >= TOO_LONG:
        return _write_power(value)
    return write_signs(f"{Decimal(str(value)):,.{digits}f}")


def _write_power(value: float, digits: int = 3) -> str:
    mantissa, power = f"{Decimal(str(value)):.{digits}e}".split("e")
    return write_signs(f"{mantissa.rstrip('0').rstrip('.') if digits else mantissa}E{int(power)}")


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
    return MISSING if moment is None else moment.replace(tzinfo=None).isoformat(" ", "minutes")


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
