"""Answers that are kept: they hold until the projection changes, and no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders.stores import write_run
from webapp.store import answers
from webapp.store.answers import find_answer
from webapp.store.projection import refresh_projection

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from webapp.store.session import Store


@pytest.fixture
def ask(store: Store) -> Callable[[Hashable], int]:
    """Ask a question whose answer is how often it has been looked for."""
    looked = [0]

    def look() -> int:
        looked[0] += 1
        return looked[0]

    def ask(question: Hashable) -> int:
        with store.read() as conn:
            return find_answer(conn, question, look)

    return ask


def test_an_answer_is_found_once(ask: Callable[[Hashable], int]) -> None:
    assert [ask("how many"), ask("how many"), ask("how long"), ask("how many")] == [1, 1, 2, 1]


def test_an_answer_holds_until_the_history_changes(ask: Callable[[Hashable], int], store: Store) -> None:
    assert ask("how many") == 1
    with store.write() as conn:
        write_run(conn, "a" * 32)
    refresh_projection(store)
    assert ask("how many") == 2


def test_a_question_that_more_than_the_history_answers_is_asked_again(ask: Callable[[Hashable], int]) -> None:
    assert [ask(None), ask(None)] == [1, 2]


def test_the_answer_that_was_asked_for_longest_ago_makes_room(
    ask: Callable[[Hashable], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_BYTES", 2 * len(answers.pickle.dumps(1)))
    assert [ask("first"), ask("second"), ask("first"), ask("third"), ask("first"), ask("second")] == [1, 2, 1, 3, 1, 4]


def test_an_answer_that_is_too_large_is_given_and_not_kept(
    ask: Callable[[Hashable], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_BYTES", 2)
    assert [ask("how many"), ask("how many")] == [1, 2]
