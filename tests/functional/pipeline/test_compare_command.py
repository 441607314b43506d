"""`python -m ml compare` as a person or a script starts it; a store is not needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ml.__main__ import main
from ml.settings import PREFIX, ROOT
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows

QUICK = ("--folds", "3", "--repeats", "1", "--jobs", "1")


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("compare")
    pump_rows().to_csv(folder / "pumps.csv", index=False)
    settings = {
        "DATABASE_URL": f"sqlite:///{folder / 'none.sqlite'}",
        "DATA_DIR": str(folder / "data"),
        "REPORTS_DIR": str(folder / "reports"),
        "SPEC": str(SECOND_SPEC_PATH),
        "RAW_DATA": str(folder / "pumps.csv"),
    }
    return os.environ | {PREFIX + name: value for name, value in settings.items()}


def compare(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ml", "compare", *QUICK, *arguments],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.timeout(300)
def test_json_is_all_that_standard_output_holds_and_what_is_finished_is_kept(environ: dict[str, str]) -> None:
    first = compare(environ, "--families", "logistic_regression", "--json")
    assert first.returncode == 0, first.stderr
    found = json.loads(first.stdout)
    assert len(first.stdout.splitlines()) == 1
    assert next(line["family"] for line in found["lines"] if not line["is_baseline"]) == "logistic_regression"
    assert found["winners"]["accuracy"]["corrected"].keys() == {"mean", "low", "high"}
    assert not any(cost["was_kept"] for cost in found["costs"])
    again = json.loads(compare(environ, "--families", "logistic_regression", "--json").stdout)
    assert all(cost["was_kept"] for cost in again["costs"])
    assert again["lines"] == found["lines"]
    assert again["winners"] == found["winners"]


@pytest.mark.timeout(300)
def test_tables_say_in_words_what_the_best_is_worth_and_what_was_left_out(environ: dict[str, str]) -> None:
    done = compare(environ, "--seed", "7", "--families", "logistic_regression", "--budget", "0")
    assert done.returncode == 0, done.stderr
    assert "picked among 2 by accuracy, the best (single_column) is worth 0." in done.stdout
    assert "cannot be told from the best by accuracy" in done.stdout
    assert "left out: logistic_regression (not begun: the budget was used up)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--families", "prior,crystal_ball"), "there is no family 'crystal_ball'"),
        (("--against", "crystal_ball"), "there is no family 'crystal_ball'"),
        (("--budget", "-1"), "--budget"),
        (("--jobs", "0"), "--jobs 0"),
        (("--raw", "/nowhere.csv"), "/nowhere.csv"),
        (("--folds", "100"), "too few for 100 folds"),
    ],
)
def test_what_cannot_be_done_ends_with_one_clear_line(
    environ: dict[str, str], arguments: tuple[str, ...], words: str
) -> None:
    done = CliRunner().invoke(main, ["compare", *QUICK, "--json", *arguments], env=environ)
    assert (done.exit_code, done.stdout) == (2, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("Error: ")
    assert words in last
    assert "Traceback" not in done.stderr
