"""The results as text."""

from __future__ import annotations

from dataclasses import replace

from ml.report.tables import classification_text
from ml.rules import MEDIAN
from tests.builders.runs import make_evaluation


def test_a_report_says_on_what_and_by_which_rule_it_was_measured() -> None:
    first_line = classification_text(replace(make_evaluation(), rule=MEDIAN)).splitlines()[0]
    assert f"seed {make_evaluation().seed}, rule median." in first_line
