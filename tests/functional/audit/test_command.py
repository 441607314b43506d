"""`python -m ml audit` on files as people have them: exit code 0 clean, 1 findings, 2 could not read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sklearn.ensemble import RandomForestClassifier

from ml.commands.audit import command
from ml.settings import ROOT
from tests.builders.cheats import add_one_hot_target, draw_sites


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    path = tmp_path / "sites.csv"
    draw_sites().to_csv(path, index=False)
    return path


def test_it_is_a_command_of_ours() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ml", "audit", "--claim", "accuracy=0.9926", "--rows", "136"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "0.9926 of 136 rows is 135 right: its exact 95% interval is [0.960, 1.000]" in done.stdout


def test_the_published_figure_is_more_than_the_real_rows_allow(uci_arff: Path) -> None:
    asked = (str(uci_arff), "--target", "Performance", "--claim", "accuracy=99.26%", "--rows", "136", "--json")
    done = audit(*asked)
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["verdict"] == "cheat"
    assert found["findings"][0]["check"] == "above_ceiling"
    assert found["ceiling"] == pytest.approx(0.928, abs=5e-4)
    assert (found["best_low"], found["best_high"]) == pytest.approx((0.417, 0.604), abs=5e-4)


def test_the_real_rows_alone_are_clean(uci_arff: Path) -> None:
    done = audit(str(uci_arff), "--target", "Performance")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "CLEAN: nothing speaks against the score.")


def test_the_dirty_file_has_rows_without_a_label(dirty_csv: Path) -> None:
    done = audit(str(dirty_csv), "--target", "Performance")
    assert done.exit_code == 1
    assert "6 rows have no class" in done.stdout


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_cheat_is_found_in_any_file(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"matrix.{ending}"
    table = add_one_hot_target(draw_sites(), "soil")
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    done = audit(str(path), "--target", "soil")
    assert done.exit_code == 1
    assert "soil_clay, soil_loam, soil_sand spell the target together" in done.stdout


def test_predictions_of_training_rows_are_found(sites: Path, tmp_path: Path) -> None:
    table = draw_sites()
    encoded = pd.get_dummies(table.drop(columns="soil"), dtype=float)
    model = RandomForestClassifier(50, random_state=0).fit(encoded, table["soil"])
    path = tmp_path / "predictions.csv"
    pd.DataFrame({"prediction": model.predict(encoded)}).to_csv(path, index_label="row")
    done = audit(str(sites), "--target", "soil", "--predictions", str(path))
    assert done.exit_code == 1
    assert "CHEAT  It knows what cannot be known" in done.stdout


def test_rows_of_training_in_the_test_file_are_found(sites: Path, tmp_path: Path) -> None:
    both = tmp_path / "training.csv"
    draw_sites().iloc[100:].to_csv(both, index=False)
    done = audit(str(sites), "--target", "soil", "--training", str(both))
    assert "300 of 400 test rows are in the training file" in done.stdout
    assert done.exit_code == 1


def test_training_and_test_rows_apart_are_clean(tmp_path: Path) -> None:
    table = draw_sites(700)
    paths = [tmp_path / "test.csv", tmp_path / "training.csv"]
    for path, rows in zip(paths, (table.iloc[:300], table.iloc[300:]), strict=True):
        rows.to_csv(path, index=False)
    done = audit(str(paths[0]), "--target", "soil", "--training", str(paths[1]))
    assert done.exit_code == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "there is nothing to audit"),
        (("--claim", "accuracy=0.9"), "needs its number of rows"),
        (("--claim", "much"), "write a metric and a number"),
        (("--claim", "accuracy=90", "--rows", "10"), "between 0 and 1"),
        (("--rows", "10"), "give --claim too"),
        (("SITES",), "needs the name of its target column"),
        (("SITES", "--target", "rock"), "there is no column 'rock'; the columns are soil,"),
        (("SITES", "--target", "acidity"), "it is no class"),
        (("nowhere.csv", "--target", "soil"), "does not exist"),
        (("BROKEN", "--target", "soil"), "is not a table that can be read"),
    ],
)
def test_what_cannot_be_read_ends_with_one_line(
    arguments: tuple[str, ...], words: str, sites: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"not Parquet")
    named = {"SITES": str(sites), "BROKEN": str(broken)}
    done = audit(*(named.get(argument, argument) for argument in arguments))
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
