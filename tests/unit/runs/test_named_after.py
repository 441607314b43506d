"""A name that is only the family and the time gives way to the family; one that people gave never does."""

from __future__ import annotations

import pytest

from webapp.runs.names import is_named_after


@pytest.mark.parametrize(
    ("name", "family", "is_after"),
    [
        ("naive_bayes-20261126-153516", "naive_bayes", True),
        ("naive_bayes-with-fewer-columns", "naive_bayes", False),
        ("naive_bayes", "naive_bayes", False),
        ("calm-run", "rf", False),
        ("-20261126-153516", "", False),
        ("rf-20261126-153516", None, False),
    ],
)
def test_only_family_and_time_make_a_name_that_says_no_more(name: str, family: str | None, is_after: bool) -> None:  # noqa: FBT001
    assert is_named_after(name, family) is is_after
