"""Which tags people may set: what MLflow takes, but for the keys that are not people's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlflow.exceptions import MlflowException
from mlflow.utils import validation

from webapp.runs.edit.keys import LONGEST_KEY, LONGEST_VALUE, find_key_fault, tidy_text

PARTS = st.text(st.one_of(st.sampled_from("a./-_: é5\n"), st.characters(exclude_categories=["Cs"])), max_size=12)


@given(PARTS)
def test_a_key_is_taken_where_mlflow_takes_it(key: str) -> None:
    try:
        validation._validate_tag(key, "")  # noqa: SLF001 - mlflow is pinned exactly
        is_taken = not key.endswith("\n")  # which its pattern lets through at the end
    except MlflowException:
        is_taken = False
    assert (find_key_fault(key) == "") is is_taken


def test_the_longest_are_as_mlflow_has_them() -> None:
    assert (LONGEST_KEY, LONGEST_VALUE) == (validation.MAX_ENTITY_KEY_LENGTH, validation.MAX_TAG_VAL_LENGTH)
    assert find_key_fault("x" * LONGEST_KEY) == ""


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("", "key_empty"),
        ("x" * 251, "key_long"),
        ("a=b", "key_signs"),
        ("a/../b", "key_path"),
        ("mlflow.note.content", "key_of_mlflow"),
        ("mlflow.user", "key_of_mlflow"),
        ("proctor.audit", "key_of_proctor"),
        ("proctor.family", "key_of_proctor"),
    ],
)
def test_what_is_wrong_with_a_key_is_told(key: str, fault: str) -> None:
    assert find_key_fault(key) == fault


def test_a_text_is_kept_as_any_database_takes_it() -> None:
    assert tidy_text("a\r\nb\rc\0 \n\n") == "a\nb\nc"
