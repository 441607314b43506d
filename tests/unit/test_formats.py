"""Numbers and times read as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan

import pytest
from babel.dates import format_datetime
from babel.numbers import format_decimal
from flask import Flask, render_template_string
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from webapp import languages
from webapp.formats import TOO_LONG, decimal, integer, iso, measure, when


@pytest.fixture(params=["en", "es"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    app = Flask("test")
    app.secret_key = "test"
    languages.init_app(app)
    code: str = request.param
    with app.test_request_context("/", headers={"Accept-Language": code}):
        yield code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.floats(-TOO_LONG, TOO_LONG, exclude_min=True, exclude_max=True), digits=st.integers(0, 4))
@example(value=0.0125, digits=3)
@example(value=0.0135, digits=3)
@example(value=12345.5, digits=0)
@example(value=-0.0001, digits=3)
def test_a_number_is_written_as_babel_writes_it(language: str, value: float, digits: int) -> None:
    assume(language != "es" or not 999 <= abs(value) < 10_000)  # Babel marks those too
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    assert decimal(value, digits) == format_decimal(value, pattern, language)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234.5, 1, "1234,5"), (-9999, 0, "-9999"), (9999.7, 0, "10.000"), (12345.25, 2, "12.345,25")],
)
def test_spanish_marks_thousands_from_five_digits_on(language: str, value: float, digits: int, text: str) -> None:
    assert (decimal(value, digits) == text) is (language == "es")


@pytest.mark.parametrize("value", [1e15, -1e300, 1.7976931348623157e308])
def test_a_number_of_very_many_digits_is_written_short(language: str, value: float) -> None:
    """Others log what they like, and no page may break on it."""
    assert "E" in decimal(value)
    assert len(decimal(value)) < 12
    assert len(integer(value)) < 12


def test_a_time_is_written_to_the_minute_in_utc(language: str) -> None:
    ms = 1_790_000_059_999
    assert when(ms) == "2026-09-21 14:14"
    assert when(ms) == format_datetime(ms / 1000, "yyyy-MM-dd HH:mm", locale=language)


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
@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_a_measure_of_any_size(language: str, value: float | None, text: str) -> None:
    assert measure(value) == text


@pytest.mark.parametrize("language", ["es"], indirect=True)
def test_a_measure_in_spanish(language: str) -> None:
    assert measure(2 / 3) == "0,666667"
    assert measure(1.5e300) == "1,5E300"


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.500"), (1e15, "1E15"), (-1e300, "-1E300"), (inf, "∞"), (nan, "NaN")]
)
@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_a_decimal_of_any_size(language: str, value: float, text: str) -> None:
    assert decimal(value) == text


@pytest.mark.parametrize("language", ["en"], indirect=True)
@pytest.mark.parametrize(("ms", "text"), [(0, "1970-01-01 00:00"), (253_402_300_800_000, "–"), (-(2**63), "–")])
def test_a_time_that_no_calendar_has(language: str, ms: int, text: str) -> None:
    assert when(ms) == text
    assert iso(ms) == ("" if text == "–" else "1970-01-01T00:00:00+00:00")


def test_a_sentence_in_a_template_counts_in_the_readers_language(language: str) -> None:
    text = render_template_string('{{ ngettext("%(num)s run", "%(num)s runs", 97976) }}')
    assert text.startswith("97,976 " if language == "en" else "97.976 ")
