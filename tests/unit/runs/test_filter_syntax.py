"""What a filter means, and where it points if it means nothing."""

from __future__ import annotations

import pytest

from webapp.runs.language.errors import Fault, FilterError
from webapp.runs.language.keys import split_key, write_key
from webapp.runs.language.syntax import DEEPEST, LONGEST, MOST_COMPARISONS, parse_filter
from webapp.runs.language.tree import Both, Comparison, Either, Expression, Key, Kind, Missing, Not, Operator, Type

NOW = 1_700_000_000_000
DAY = 86_400_000
STARTED = Key(Kind.ATTRIBUTE, "started", Type.MOMENT)
NAME = Key(Kind.ATTRIBUTE, "name", Type.TEXT)
A = Key(Kind.METRIC, "a", Type.NUMBER)
LOSS = Comparison(A, Operator.GREATER, 1.0)
NEVER = Either(())


def read(text: str) -> Expression | None:
    return parse_filter(text, NOW)


def fail(text: str) -> tuple[Fault, int, str]:
    with pytest.raises(FilterError) as caught:
        read(text)
    return caught.value.fault, caught.value.at, caught.value.found


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_an_empty_filter_leaves_nothing_out(text: str) -> None:
    assert read(text) is None


def test_and_goes_before_or_and_not_before_both() -> None:
    other = Comparison(NAME, Operator.EQUAL, "x")
    assert read("metrics.a > 1 or not name = 'x' and metrics.a > 1") == Either((LOSS, Both((Not(other), LOSS))))
    assert read("(metrics.a > 1 or name = 'x') and metrics.a > 1") == Both((Either((LOSS, other)), LOSS))


@pytest.mark.parametrize(
    "text",
    [
        "metrics.a > 1", "METRIC.a>1", "metrics.`a` > 1.0", '`metrics`."a" > 1e0', "(((metrics.a > +1)))",
        "not not metrics.a > 1", "metrics.a\N{NO-BREAK SPACE}>\n1",
    ],
)  # fmt: skip
def test_one_comparison_is_written_in_many_ways(text: str) -> None:
    assert read(text) == LOSS


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("-7d", Comparison(STARTED, Operator.GREATER, NOW - 7 * DAY)),
        ("-1.5h", Comparison(STARTED, Operator.GREATER, NOW - 5_400_000)),
        ("5", Comparison(STARTED, Operator.GREATER, 5)),
        ("5.5", Comparison(STARTED, Operator.GREATER, 5)),
        ("2023-11-14T22:13:20.001Z", Comparison(STARTED, Operator.GREATER, NOW + 1)),
        ("'2023-11-14T23:13:20.000+01:00'", Comparison(STARTED, Operator.GREATER, NOW)),
        ("2023-11-01", Comparison(STARTED, Operator.GREATER_OR_EQUAL, 1_698_883_200_000)),
        ("2023-11-01T00:00", Comparison(STARTED, Operator.GREATER_OR_EQUAL, 1_698_796_860_000)),
        ("2023-11-01T00:00:00", Comparison(STARTED, Operator.GREATER_OR_EQUAL, 1_698_796_801_000)),
        ("1e999", NEVER),
        ("-" + "9" * 400, Not(Missing(STARTED))),
        ("9223372036854775808", NEVER),
    ],
)
def test_a_moment_is_as_exact_as_it_was_written(text: str, meant: Expression) -> None:
    assert read(f"started > {text}") == meant


def test_a_fraction_of_a_millisecond_is_no_moment() -> None:
    assert read("started = 1.5") == NEVER
    assert read("started <= 1.5") == Comparison(STARTED, Operator.LESS_OR_EQUAL, 1)
    assert read("started < 1.5") == Comparison(STARTED, Operator.LESS, 2)


@pytest.mark.parametrize(
    ("text", "span"), [("90", 90_000), ("0.29", 290), ("250ms", 250), ("1.5m", 90_000), ("1w", 7 * DAY)]
)
def test_a_span_is_whole_milliseconds(text: str, span: int) -> None:
    assert read(f"duration <= {text}") == Comparison(
        Key(Kind.ATTRIBUTE, "duration", Type.SPAN), Operator.LESS_OR_EQUAL, span
    )


def test_a_list_may_hold_texts_and_numbers() -> None:
    key = Key(Kind.PARAM, "p", Type.EITHER)
    texts, numbers = Comparison(key, Operator.IN, ("a",)), Comparison(key, Operator.IN, (1.0, 2.0))
    assert read("params.p in (1, 'a', 2,)") == Either((texts, numbers))


@pytest.mark.parametrize(
    ("text", "fault", "at", "found"),
    [
        ("metrics.a >", Fault.UNEXPECTED, 11, ""),
        ("metrics.a >   ", Fault.UNEXPECTED, 11, ""),
        ("metrics.a = 'x'", Fault.NEEDS_NUMBER, 12, "'x'"),
        ("nmae = 'x'", Fault.NO_ATTRIBUTE, 0, "nmae"),
        ("name = 'x' and \n acc.x = 1", Fault.NO_ENTITY, 17, "acc"),
        ("dataset.size = 'x'", Fault.NO_DATASET_KEY, 0, "dataset.size"),
        ("name > 'a'", Fault.NO_ORDER, 5, ">"),
        ("params.a ~ 3", Fault.NO_PATTERN, 9, "~"),
        ("params.a = 3d", Fault.NEEDS_EITHER, 11, "3d"),
        ("name = 5", Fault.NEEDS_TEXT, 7, "5"),
        ("name in ('a', 5)", Fault.NEEDS_TEXT, 14, "5"),
        ("duration > 'x'", Fault.NEEDS_SPAN, 11, "'x'"),
        ("started > 7d", Fault.NEEDS_MOMENT, 10, "7d"),
        ("started > 2026-13-01", Fault.NO_MOMENT, 10, "2026-13-01"),
        ("started > 'now'", Fault.NO_MOMENT, 10, "'now'"),
        ("(name = 'a'", Fault.UNEXPECTED, 11, ""),
        ("name = 'a')", Fault.UNEXPECTED, 10, ")"),
        ("name = 'a", Fault.UNCLOSED, 7, "'"),
        ("metrics.`a = 1", Fault.UNCLOSED, 8, "`"),
        ("name = forest", Fault.NO_VALUE, 7, "forest"),
        ("metrics.a = 7days", Fault.NO_VALUE, 12, "7days"),
        ("metrics. > 1", Fault.NAMELESS, 7, "."),
        ("params.a$ = 1", Fault.ODD_NAME, 8, "$"),
        ("name = 'a' && user = 'b'", Fault.UNEXPECTED, 11, "&&"),
        ("name = 'a' and and", Fault.UNEXPECTED, 15, "and"),
        ("name = 'a' user = 'b'", Fault.UNEXPECTED, 11, "user"),
        ("name in ()", Fault.UNEXPECTED, 9, ")"),
        ("🙂 = 1", Fault.UNEXPECTED, 0, "🙂"),
        ("name = '🙂' or", Fault.UNEXPECTED, 13, ""),
        ("name = 'a\0'", Fault.SIGN, 9, ""),
        ("name = '\ud800'", Fault.SIGN, 8, ""),
        (" and ".join(["metrics.a > 1"] * (MOST_COMPARISONS + 1)), Fault.MANY, 1_800, "metrics.a"),
        ("a" * (LONGEST + 1), Fault.LONG, LONGEST, "a"),
    ],
)  # fmt: skip
def test_an_error_points_at_the_character(text: str, fault: Fault, at: int, found: str) -> None:
    assert fail(text) == (fault, at, found)


@pytest.mark.parametrize("step", ["(", "not ", "not (", "(not not "])
def test_what_nests_too_deep_is_an_error_at_the_step_too_many(step: str) -> None:
    fault, at, _found = fail(step * (5_000 // len(step)))
    assert fault is Fault.DEEP
    assert (step * 5_000)[: at + 1].count("(") + (step * 5_000)[: at + 1].count("n") == DEEPEST + 1


def test_what_nests_as_deep_as_it_may_is_read() -> None:
    assert read("(" * DEEPEST + "metrics.a > 1" + ")" * DEEPEST) == LOSS
    assert read(" and ".join(["(not (metrics.a > 1))"] * 50)) == Both((Not(LOSS),) * 50)


def test_what_might_have_stood_there_is_named() -> None:
    with pytest.raises(FilterError) as caught:
        read("(name = 'a'")
    assert caught.value.expected == {"and", "or", ")"}


@pytest.mark.parametrize("name", ["a", "val/loss", "two words", "back`tick", 'with "quotes"', "ключ", "a.b", "5", "a-"])
def test_a_written_key_is_read_as_what_it_was(name: str) -> None:
    written = write_key(Kind.PARAM, name)
    assert split_key(written) == ("params", name)
    assert read(f"{written} is null") == Missing(Key(Kind.PARAM, name, Type.EITHER))
