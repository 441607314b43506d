"""What is wrong with a filter, in words, with what would be right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from webapp.languages import init_app
from webapp.runs.language.errors import Fault, FilterError
from webapp.runs.language.syntax import parse_filter
from webapp.runs.language.words import WrongFilter, describe_error, draw_caret, find_unknown_keys


@pytest.fixture(autouse=True)
def request_in_english() -> Iterator[None]:
    app = Flask(__name__)
    init_app(app)
    with app.test_request_context():
        yield


def describe(text: str) -> WrongFilter:
    with pytest.raises(FilterError) as caught:
        parse_filter(text, 0)
    return describe_error(caught.value, text)


@pytest.mark.parametrize(
    ("text", "sentence", "mended"),
    [
        ("nmae = 'x'", "A run has no “nmae”. Did you mean name?", "name = 'x'"),
        ("metrisc.a > 1", "There is no “metrisc.” Did you mean metrics?", "metrics.a > 1"),
        ("qq > 1", "A run has no “qq”: as a metric, a parameter or a tag it is metrics.qq, params.qq or tags.qq.", ""),
        ("qqq.a > 1", "There is no “qqq.” A name begins with attributes., metrics., params., tags. or datasets.", ""),
        ("name = forest", 'A text stands in quotes: "forest".', 'name = "forest"'),
        ("name = 'a' && user = 'b'", "“&&” cannot stand here: next comes “and” or “or”.", "name = 'a' and user = 'b'"),
        ("(name = 'a'", "The filter ends too early: next comes “)”, “and” or “or”.", ""),
        ("params.a$b = 1", "A name with “$” in it stands in backticks: params.`a$b`.", ""),
        ("name < 'x'", "No text is less or greater than another: use =, !=, ~, like or in.", ""),
        ("params.`a b` = 7d", "params.`a b` is compared with a number, or with a text in quotes.", ""),
    ],
)  # fmt: skip
def test_a_sentence_says_what_would_be_right(text: str, sentence: str, mended: str) -> None:
    wrong = describe(text)
    assert (wrong.sentence, wrong.mended) == (sentence, mended)


@pytest.mark.parametrize("fault", list(Fault))
def test_everything_that_can_be_wrong_has_a_sentence(fault: Fault) -> None:
    sentence = describe_error(FilterError(fault, 0, "x", expected=frozenset({"key"})), "x").sentence
    assert len(sentence) > 20
    assert "%(" not in sentence


def test_the_place_is_cut_out_of_a_long_text() -> None:
    wrong = describe("name = 'a' and " * 20 + "nmae = 'x' and " + "name = 'a' and " * 20 + "name = 'a'")
    assert (len(wrong.before), wrong.at, len(wrong.after)) == (61, "nmae", 61)


def test_a_long_word_is_not_repeated_whole() -> None:
    assert len(describe("name = " + "x" * 5_000).sentence) < 100


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("metrics.a >\n 'x'", "metrics.a >  'x'\n             ^^^"),
        ("metrics.a >", "metrics.a >\n           ^"),
    ],
)
def test_a_caret_points_at_the_place(text: str, drawn: str) -> None:
    assert draw_caret(describe(text)) == drawn


def test_names_that_no_run_has_are_found_with_those_like_them() -> None:
    expression = parse_filter("metrics.acuracy > 1 and not (metrics.f1 > 1 or metrics.acuracy < 2) and name = 'x'", 0)
    assert expression
    unknown = find_unknown_keys(expression, lambda _kind: ["accuracy", "accuracy low", "f1"])
    assert [(key.text, key.nearest) for key in unknown] == [
        ("metrics.acuracy", ("metrics.accuracy", "metrics.`accuracy low`"))
    ]
