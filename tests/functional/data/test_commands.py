"""`python -m ml fetch` and `python -m ml clean`, as a person types them."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from ml.__main__ import main
from ml.settings import ROOT
from tests.builders.publisher import publishing, zipped
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows

Run = Callable[..., Result]


@pytest.fixture
def ml(tmp_path: Path) -> Run:
    """Run `python -m ml` with settings of its own, within this process."""

    def run(*arguments: object, **settings: object) -> Result:
        environment = {"PROCTOR_DATA_DIR": str(tmp_path / "data"), "PROCTOR_SOURCE_URL": "http://127.0.0.1:1/x.zip"}
        environment |= {f"PROCTOR_{name.upper()}": str(value) for name, value in settings.items()}
        return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)

    return run


@pytest.fixture
def dirty_pumps(tmp_path: Path) -> Path:
    rows = pump_rows(20)
    rows.loc[0, "maker"] = " nORTE "
    rows.loc[1, "maker"] = "Oeste"
    rows.loc[2, "condition"] = ""
    path = tmp_path / "pumps.csv"
    rows.assign(noise="x").to_csv(path, index=False)
    return path


def test_clean_writes_the_table_the_rejected_rows_and_the_report(ml: Run, dirty_pumps: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    done = ml("clean", "--raw", dirty_pumps, "--out", out, spec=SECOND_SPEC_PATH)
    assert done.exit_code == 0, done.stderr
    assert {path.name for path in out.iterdir()} == {
        "pump_condition.csv",
        "pump_condition.rejected.csv",
        "cleaning_report.json",
    }
    table = pd.read_csv(out / "pump_condition.csv")
    assert len(table) == 19
    assert table.loc[0, "maker"] == "Norte"
    assert pd.isna(table.loc[1, "maker"])
    rejected = pd.read_csv(out / "pump_condition.rejected.csv")
    assert rejected[["row", "reason"]].to_numpy().tolist() == [[3, "missing_label"]]
    report = json.loads((out / "cleaning_report.json").read_text("utf-8"))
    assert report["unknown_values"] == {"maker": {"Oeste": 1}}
    assert report["dropped_columns"] == ["noise"]
    assert "rows rejected: missing_label" in done.stdout
    assert "column maker: not understood: 'Oeste' (1)" in done.stdout


def test_clean_of_the_real_dirty_file(ml: Run, dirty_csv: Path, tmp_path: Path) -> None:
    done = ml("clean", "--raw", dirty_csv, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    assert len(pd.read_csv(tmp_path / "out" / "student_performance.csv")) == 673
    assert len(pd.read_csv(tmp_path / "out" / "student_performance.rejected.csv")) == 6


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("condition,maker\nsound,Sur\n", "the columns temperature, vibration, operator cannot be found"),
        ("condition,maker\nsound\n", "row 1 ends before column 'maker'"),
        ("", "is empty"),
    ],
)
def test_clean_says_in_one_line_what_is_wrong_and_writes_nothing(
    ml: Run, tmp_path: Path, content: str, problem: str
) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text(content, "utf-8")
    done = ml("clean", "--raw", raw, "--out", tmp_path / "out", spec=SECOND_SPEC_PATH)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"Error: {raw}: {problem}"), done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_clean_leaves_the_old_files_where_the_new_ones_cannot_be_written(
    ml: Run, dirty_pumps: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.write_text("a file where the folder should be")
    done = ml("clean", "--raw", dirty_pumps, "--out", out, spec=SECOND_SPEC_PATH)
    assert done.exit_code == 2
    assert out.read_text() == "a file where the folder should be"


def test_a_raw_file_that_is_not_there_is_a_usage_error(ml: Run, tmp_path: Path) -> None:
    done = ml("clean", "--raw", tmp_path / "nowhere.csv", "--out", tmp_path)
    assert done.exit_code == 2
    assert "nowhere.csv' does not exist" in done.stderr


def test_a_broken_spec_is_named(ml: Run, dirty_pumps: Path, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("name: 3\n", "utf-8")
    done = ml("clean", "--raw", dirty_pumps, "--out", tmp_path / "out", spec=spec)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"Error: {spec}: ")


def test_fetch_puts_the_verified_file_where_it_says(ml: Run, uci_arff: Path) -> None:
    with publishing(zipped({"CEE_DATA.arff": uci_arff.read_bytes()})) as publisher:
        done = ml("fetch", source_url=publisher.url)
    assert done.exit_code == 0, done.stderr
    path = Path(done.stdout.strip())
    assert path.read_bytes() == uci_arff.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert "666 rows" in done.stderr
    assert "(verified)" in done.stderr


def test_fetch_without_a_publisher_is_an_error_and_leaves_nothing(ml: Run, tmp_path: Path) -> None:
    done = ml("fetch")
    assert done.exit_code == 2
    assert "cannot be reached" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "data" / "raw").exists()


def test_fetch_or_stand_in_goes_on_and_says_so(ml: Run) -> None:
    done = ml("fetch", "--or-stand-in")
    assert done.exit_code == 0
    assert Path(done.stdout.strip()).name == "student_performance.stand_in.csv"
    assert "SYNTHETIC STAND-IN" in done.stderr


def test_fetch_leaves_a_named_file_alone(ml: Run, dirty_pumps: Path) -> None:
    done = ml("fetch", raw_data=dirty_pumps, spec=SECOND_SPEC_PATH)
    assert done.exit_code == 0, done.stderr
    assert "PROCTOR_RAW_DATA names a file" in done.stderr


def test_a_process_ends_with_the_code_and_one_line(tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_bytes(b"a\n\xff\n")
    done = subprocess.run(
        [sys.executable, "-m", "ml", "clean", "--raw", raw, "--out", tmp_path / "out"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Error: {raw}: is not UTF-8: byte 3 (0xff) in line 2; save it as UTF-8\n"


def test_help_lists_the_commands_without_loading_them() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ml", "--help"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert {"fetch", "clean", "explore", "train"} <= set(done.stdout.split())
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert not loaded & {"pandas", "numpy", "mlflow", "sklearn"}


def test_an_unknown_command_is_a_usage_error(ml: Run) -> None:
    done = ml("brew")
    assert done.exit_code == 2
    assert "No such command 'brew'" in done.stderr
