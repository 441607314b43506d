"""A name has one stored form, and can be shown and typed again."""

import pytest

from webapp.accounts.names import is_name_usable, normalise_name


@pytest.mark.parametrize(("typed", "stored"), [("  ada ", "ada"), ("ﬁnn", "finn"), ("Jose\u0301", "José")])
def test_spellings_of_a_name_become_one(typed: str, stored: str) -> None:
    assert normalise_name(typed) == stored


@pytest.mark.parametrize("name", ["", "a" * 151, "ada\x00", "ada\nroot", "\u202eada", "a\u200bda", "\ud800"])
def test_unusable_names(name: str) -> None:
    assert not is_name_usable(name)


@pytest.mark.parametrize("name", ["a", "Ada Lovelace", "josé@example.org", "a" * 150])
def test_usable_names(name: str) -> None:
    assert is_name_usable(name)
