"""Numbers and times of any size, as strangers log them, are written and never an error."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan

import pytest
from flask import Flask

from webapp import formats, languages


@pytest.fixture(params=["en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    app = Flask("test")
    app.secret_key = "test"
    languages.init_app(app)
    with app.test_request_context("/", headers={"Accept-Language": request.param}):
        yield request.param


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.666667"),
        (-0.000123456789, "-0.000123457"),
        (0.00001, "1E-5"),
        (1_234_567.8, "1,234,568"),
        (12_345_678_901_234, "12,345,678,901,234"),
        (1e300, "1E300"),
        (-5e-324, "-5E-324"),
        (inf, "∞"),
        (-inf, "−∞"),
        (nan, "NaN"),
    ],
)
def test_a_measure_of_any_size(language: str, value: float | None, text: str) -> None:
    assert formats.measure(value) == text


@pytest.mark.parametrize("language", ["es"], indirect=True)
def test_a_measure_in_spanish(language: str) -> None:
    assert formats.measure(2 / 3) == "0,666667"
    assert formats.measure(1.5e300) == "1,5E300"


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.500"), (1e15, "1E15"), (-1e300, "-1E300"), (inf, "∞"), (nan, "NaN")]
)
def test_a_decimal_of_any_size(language: str, value: float, text: str) -> None:
    assert formats.decimal(value) == text


@pytest.mark.parametrize(("ms", "text"), [(0, "1970-01-01 00:00"), (253_402_300_800_000, "–"), (-(2**63), "–")])
def test_a_time_that_no_calendar_has(language: str, ms: int, text: str) -> None:
    assert formats.when(ms) == text
    assert formats.iso(ms) == ("" if text == "–" else "1970-01-01T00:00:00+00:00")
