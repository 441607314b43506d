"""Passwords are kept as argon2id, compared in the same time for nobody, and must keep two rules."""

import time

import pytest
from argon2 import PasswordHasher

from webapp.accounts.passwords import (
    hash_password,
    is_hash_outdated,
    is_password_right,
    is_password_short,
    is_password_the_name,
)


def test_hash_is_argon2id_and_salted() -> None:
    first, second = hash_password("correct horse battery"), hash_password("correct horse battery")

    assert first.startswith("$argon2id$")
    assert first != second
    assert "correct" not in first


def test_only_the_right_password_fits() -> None:
    kept = hash_password("correct horse battery")

    assert is_password_right("correct horse battery", kept)
    assert not is_password_right("correct horse batterz", kept)
    assert not is_password_right("", kept)


def test_composed_and_decomposed_spellings_are_one_password() -> None:
    assert is_password_right("contrasen\u0303a larga", hash_password("contrase\u00f1a larga"))


@pytest.mark.parametrize("broken", ["", "plain text", "$argon2id$v=19$m=32768,t=3,p=1$AAAA"])
def test_a_broken_hash_fits_nothing(broken: str) -> None:
    assert not is_password_right("correct horse battery", broken)


def test_nobody_has_no_password_and_takes_as_long() -> None:
    kept = hash_password("correct horse battery")
    assert not is_password_right("warm up the dummy", None)

    somebody = _fastest(lambda: is_password_right("wrong horse battery", kept))
    nobody = _fastest(lambda: is_password_right("wrong horse battery", None))

    assert not is_password_right("correct horse battery", None)
    assert nobody > somebody / 3


def test_hash_with_other_parameters_is_outdated() -> None:
    assert is_hash_outdated(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("correct horse battery"))
    assert not is_hash_outdated(hash_password("correct horse battery"))


@pytest.mark.parametrize(("password", "is_short"), [("a" * 11, True), ("a" * 12, False), ("", True)])
def test_twelve_characters_are_enough(password: str, *, is_short: bool) -> None:
    assert is_password_short(password) is is_short


@pytest.mark.parametrize(
    ("password", "is_name"), [("Grace.Hopper", True), (" grace.hopper ", True), ("grace.hopper1", False)]
)
def test_the_name_is_no_password(password: str, *, is_name: bool) -> None:
    assert is_password_the_name("grace.hopper", password) is is_name


def _fastest(act: object, times: int = 3) -> float:
    assert callable(act)
    spent = []
    for _ in range(times):
        begun = time.process_time()
        act()
        spent.append(time.process_time() - begun)
    return min(spent)
