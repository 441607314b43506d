"""Where a score and its company stand on the strip, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from webapp import formats, languages, scores
from webapp.scores import Company, make_score


@pytest.fixture(autouse=True)
def request_in_english() -> Iterator[None]:
    app = Flask("test")
    app.secret_key = "test"
    languages.init_app(app)
    with app.test_request_context("/"):
        yield


def test_a_share_stands_where_it_is_between_nothing_and_all() -> None:
    score = make_score("accuracy", 0.5, Company(0.0, 1.0, 0.25, 0.75, "column"))
    assert score.low is not None
    assert score.high is not None
    places = [score.low.x, score.prior and score.prior.x, score.value.x, score.single and score.single.x, score.high.x]
    assert places == [4, 62, 120, 178, 236]


def test_a_loss_has_room_for_the_worst_shown() -> None:
    score = make_score("log_loss", 1.0, Company(0.9, 1.1, prior=1.35))
    assert score.is_lower_better
    assert score.prior is not None
    assert score.value.x < score.prior.x < scores.WIDTH - scores.MARGIN


def test_a_score_below_the_scale_stands_at_its_end() -> None:
    assert make_score("qwk", -0.3, Company()).value.x == scores.MARGIN


def test_what_is_not_known_is_not_shown() -> None:
    score = make_score("accuracy", 0.993, Company())
    assert (score.low, score.prior, score.single, score.half_width) == (None, None, None, "")
    assert [word.text for word in score.words] == ["this run"]


def test_the_strip_is_put_into_words() -> None:
    said = make_score("accuracy", 0.523, Company(0.486, 0.56, 0.315, 0.51, "Caste")).in_words
    assert said == "Accuracy 0.523; 95 % interval 0.486 to 0.560; class prior 0.315; Caste alone 0.510"


shares = st.floats(0, 1)


@given(shares, shares, shares, st.text("abcdefgh ", min_size=1, max_size=40))
def test_words_neither_touch_nor_leave_the_strip(mean: float, prior: float, single: float, column: str) -> None:
    words = make_score("accuracy", mean, Company(prior=prior, single=single, column=column)).words
    ends = [
        (word.x - len(word.text) * scores.LETTER / 2, word.x + len(word.text) * scores.LETTER / 2) for word in words
    ]
    assert ends[0][0] >= -0.1
    assert ends[-1][1] <= scores.WIDTH + 0.1
    assert all(left[1] < right[0] for left, right in pairwise(ends))


@pytest.mark.parametrize(
    ("ms", "said"),
    [(None, "–"), (12, "12 ms"), (1_500, "1.5 s"), (42_400, "42 s"), (125_000, "2 min 5 s"), (7_320_000, "2 h 2 min")],
)
def test_a_length_of_time_is_said_in_two_units(ms: int | None, said: str) -> None:
    assert formats.duration(ms) == said


@pytest.mark.parametrize(("size", "said"), [(858, "858 B"), (46_512, "46.5 kB"), (4_800_000, "4.8 MB")])
def test_a_file_size_is_said_in_one_unit(size: int, said: str) -> None:
    assert formats.file_size(size).replace("\N{NO-BREAK SPACE}", " ") == said
