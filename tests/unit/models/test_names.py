"""Names of registered models in addresses, and what tags and aliases may hold."""

from __future__ import annotations

import pytest
from werkzeug.routing import ValidationError

from webapp.models.names import read_name, write_name
from webapp.models.stages import Mark, Stage, find_stage, read_mark, read_version, write_mark


@pytest.mark.parametrize(
    "name",
    [
        "student_performance", "Iris flowers (v2)", "team/a/b", "..", ".", ".hidden", "~", "~41", "a~2Fb", "50 %",
        "a?b#c", "a\\b", "🌸", "نموذج", "\u202eabc", "line\nbreak", "x" * 250, "", " ", "3", "promote",
    ],
)  # fmt: skip
def test_every_name_comes_back_from_one_part_of_a_path(name: str) -> None:
    written = write_name(name)
    assert read_name(written) == name
    assert not set(written) & set("/\\?#%")
    assert written not in {"", ".", ".."}


def test_a_plain_name_is_written_as_it_is() -> None:
    assert write_name("student_performance-2.1") == "student_performance-2.1"


@pytest.mark.parametrize("part", ["~00", "a~FF", "a\0b"])
def test_what_no_database_takes_is_no_name(part: str) -> None:
    with pytest.raises(ValidationError):
        read_name(part)


def test_a_mark_comes_back() -> None:
    mark = Mark(1_750_000_000_000, "ada", "worse \N{BLACK HEART SUIT}", 3)
    assert read_mark(write_mark(mark)) == mark


@pytest.mark.parametrize(
    "value", ["yes", "", "[]", "[" * 9999, '{"at": "soon", "by": 7, "version": -1}', '{"at": 1e999}']
)
def test_a_mark_that_others_wrote_is_a_mark_without_a_who(value: str) -> None:
    assert read_mark(value) == Mark()


def test_no_tag_is_no_mark() -> None:
    assert read_mark(None) is None


@pytest.mark.parametrize(("text", "version"), [("3", 3), ("0", None), ("-1", None), ("2147483648", None), ("٣", None)])
def test_a_number_that_no_version_has_is_none(text: str, version: int | None) -> None:
    assert read_version(text) == version


def test_what_answers_is_the_champion_whatever_else_was_written_on_it() -> None:
    assert find_stage(("champion",), {"proctor.retired": "{}"}) is Stage.CHAMPION
    assert find_stage(("challenger",), {"proctor.retired": "{}"}) is Stage.RETIRED
    assert find_stage(("challenger", "blue"), {}) is Stage.CHALLENGER
    assert find_stage(("blue",), {}) is Stage.CANDIDATE
