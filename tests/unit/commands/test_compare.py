"""The words of `python -m ml compare`."""

from __future__ import annotations

from dataclasses import replace

from ml.commands.compare import tabulate
from ml.examination.comparison import Paired
from tests.builders.comparisons import make_comparison

SAID = "nor can one column alone (Caste)"


def test_a_single_column_that_keeps_up_with_the_best_is_said() -> None:
    found = make_comparison()
    far = Paired(-0.1, -0.12, -0.08, 0.001, 0.002)
    told_apart = tuple(replace(line, against_best=dict.fromkeys(found.metrics, far)) for line in found.lines)
    assert SAID in tabulate(found).splitlines()
    assert SAID not in tabulate(replace(found, lines=told_apart))


def test_where_only_baselines_were_run_the_single_column_is_no_news() -> None:
    found = make_comparison()
    assert SAID not in tabulate(replace(found, lines=tuple(line for line in found.lines if line.is_baseline)))
