"""A bar for a person who watches, lines for a log that is read later."""

from __future__ import annotations

import io

import pytest

from ml.commands.progress import showing_progress
from ml.results import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_the_ends_of_a_stage_and_a_line_every_ten_seconds() -> None:
    log, now = io.StringIO(), iter(range(1000))
    with showing_progress(log, lambda: float(next(now))) as report:
        for done in range(101):
            report(Progress("evaluate", done, 100))
        report(Progress("fit"))
    lines = log.getvalue().splitlines()
    assert (lines[0], lines[-2], lines[-1]) == ("evaluate 0%", "evaluate 100%", "fit 0%")
    assert 8 < len(lines) < 20
    assert "\r" not in log.getvalue()


def test_a_terminal_gets_one_line_a_stage_that_ends_even_after_an_error() -> None:
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), showing_progress(terminal) as report:  # noqa: PT012 - a whole story
        report(Progress("evaluate", 0, 2))
        report(Progress("evaluate", 2, 2))
        report(Progress("fit", 1, 2))
        raise KeyboardInterrupt
    first, second, rest = terminal.getvalue().split("\n")
    assert first.endswith("100%")
    assert second.endswith("50%")
    assert rest == ""
