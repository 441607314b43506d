from __future__ import annotations

import pytest

from webapp.predictions.keys import KeyInFlightError, KeysInFlight, KeyUnusableError, make_key

BODY = {"rows": [{"a": 1, "b": None}]}
KEY = make_key("secret", "user 1", "k", BODY)


def test_the_same_is_the_same() -> None:
    assert make_key("secret", "user 1", "k", {"rows": [{"b": None, "a": 1}]}) == KEY


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        (("other", "user 1", "k", BODY), (True, True)),
        (("secret", "user 2", "k", BODY), (True, False)),
        (("secret", "user 1", "K", BODY), (True, False)),
        (("secret", "user 1", "k", {"rows": [{"a": 2, "b": None}]}), (False, True)),
    ],
)
def test_each_part_counts(changed: tuple[str, str, str, object], differs: tuple[bool, bool]) -> None:
    other = make_key(*changed)
    assert (other.key_hash != KEY.key_hash, other.body_hash != KEY.body_hash) == differs


@pytest.mark.parametrize("text", ["", "x" * 256, "é", "a\nb", "\0"])
def test_what_can_be_no_key_is_refused(text: str) -> None:
    with pytest.raises(KeyUnusableError):
        make_key("secret", "user 1", text, BODY)


def test_a_key_is_held_by_one_at_a_time_and_free_after_a_failure() -> None:
    keys = KeysInFlight()
    with keys.hold(KEY), pytest.raises(KeyInFlightError), keys.hold(KEY):
        pass
    with pytest.raises(ZeroDivisionError), keys.hold(KEY):
        raise ZeroDivisionError
    with keys.hold(KEY):
        pass
