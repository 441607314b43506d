"""The words of `python -m ml reproduce`."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from ml.commands.reproduce import say_change, say_verdict
from ml.examination.reproduction import Change, Reproduction, What

IDENTICAL = Reproduction("a" * 32, "calm", True, True, 6660, 6660, 0.0, 0.0, 0.0, ())  # noqa: FBT003 - flags in order
DIFFERS = replace(IDENTICAL, is_identical=False, largest_difference=0.0123, changed_answers=0.04, changed_folds=0.5)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (IDENTICAL, "identical: 6660 out-of-fold predictions agree to the bit"),
        (replace(IDENTICAL, is_exact=False), "agree to the six digits that the original kept"),
        (DIFFERS, "by up to 0.0123, the most likely class in 4.00% of 6660 predictions, the fold in 50.00%"),
        (
            replace(DIFFERS, original_predictions=10, largest_difference=None),
            "differs: 6660 out-of-fold predictions cannot be set against the original's 10",
        ),
    ],
)
def test_the_verdict_says_by_how_much(found: Reproduction, words: str) -> None:
    assert words in say_verdict(found)


def test_a_change_names_what_was_and_what_is() -> None:
    assert say_change(Change("library", "2.1", "2.2", "numpy")) == "  numpy: 2.1 → 2.2"
    assert say_change(Change("package", "", "9", "rich")) == "  rich: not there → 9"
    assert all(say_change(Change(what, "1", "2", "x")) for what in get_args(What))
