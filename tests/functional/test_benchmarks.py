"""The benchmark of the run history goes on working: it is a program like any other, and is started far less often."""

from __future__ import annotations

import sys

import pytest

from tests.builders.stores import environment, run


@pytest.mark.slow
def test_the_run_history_is_measured() -> None:
    """Small and without the rival, whose start alone takes longer; no figure is looked at."""
    command = [sys.executable, "-m", "benchmarks.run_history", "--alone", "--sizes", "30", "60", "--rounds", "1"]

    done = run(command, environment(""))

    assert done.returncode == 0, done.stderr
    for promise in ("growth of the newest page", "page 3", "logged run shows", "logging", "rebuild", "filtered count"):
        assert promise in done.stdout
