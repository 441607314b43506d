"""Benchmarks go on working: they are programs like any other, and are started far less often."""

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


@pytest.mark.slow
def test_serving_is_measured() -> None:
    """Briefly, without the rival and on a stand-in for the data; that every answer is in the log is looked at."""
    done = run(
        [sys.executable, "-m", "benchmarks.serving", "--alone", "--rounds", "1", "--seconds", "0.3"], environment("")
    )

    assert done.returncode == 0, done.stderr
    for promise in ("API, 1 client", "API, 16 clients", "the form's page", "the form's answer"):
        assert promise in done.stdout
    assert "every answer is in the log" in done.stdout
    assert "BROKEN" not in done.stdout.rpartition("every answer is in the log")[2]


@pytest.mark.slow
def test_the_exploration_is_measured() -> None:
    """On a stand-in for the data, without the rivals, which would have to be installed."""
    command = [sys.executable, "-m", "benchmarks.exploration", "--alone", "--rows", "2000", "--rounds", "1"]

    done = run(command, environment(""))

    assert done.returncode == 0, done.stderr
    assert "2,000 rows explored" in done.stdout


@pytest.mark.slow
def test_files_are_measured() -> None:
    """A short file, on a stand-in for the data."""
    done = run([sys.executable, "-m", "benchmarks.batch", "--rows", "2000", "--rounds", "1"], environment(""))

    assert done.returncode == 0, done.stderr
    for part in ("predicting against bare predict_proba", "csv in, csv out", "parquet in, parquet out"):
        assert part in done.stdout
