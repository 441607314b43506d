"""`python -m ml train` and `mlflow run` as a person or a script starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ml.settings import PREFIX, ROOT
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows

QUICK = ("--folds", "3", "--repeats", "1")


@pytest.fixture
def environ(store_url: str, tmp_path: Path) -> dict[str, str]:
    settings = {
        "DATABASE_URL": store_url,
        "ARTIFACT_ROOT": str(tmp_path / "models"),
        "DATA_DIR": str(tmp_path / "data"),
        "REPORTS_DIR": str(tmp_path / "reports"),
        "SPEC": str(SECOND_SPEC_PATH),
    }
    return os.environ | {PREFIX + name: value for name, value in settings.items()}


@pytest.fixture
def pumps_csv(tmp_path: Path) -> Path:
    path = tmp_path / "pumps.csv"
    pump_rows().to_csv(path, index=False)
    return path


def train(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ml", "train", *QUICK, *arguments],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.timeout(300)
def test_json_is_all_that_standard_output_holds(environ: dict[str, str], pumps_csv: Path) -> None:
    done = train(environ, "--family", "prior", "--raw", str(pumps_csv), "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert len(done.stdout.splitlines()) == 1
    assert (result["family"], result["version"], result["aliases"]) == ("prior", 1, [])
    assert len(result["run_id"]) == 32
    assert {"accuracy", "log_loss", "qwk"} <= result["metrics"].keys()
    assert result["metrics"]["accuracy"].keys() == {"mean", "low", "high"}
    assert result["baselines"].keys() == {"prior", "single_column"}
    assert result["baselines"]["prior"]["accuracy"] == result["metrics"]["accuracy"]
    assert "evaluate 100%" in done.stderr.splitlines()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--family", "crystal_ball"), 2, "random_forest"),
        (("--folds", "1"), 2, "--folds"),
        (("--raw", "/nowhere.csv"), 2, "/nowhere.csv"),
        (("--folds", "100"), 2, "too few for 100 folds"),
        (("--calibration", "magic"), 2, "'temperature'"),
        (("--family", "prior", "--calibration", "sigmoid"), 2, "prior is a baseline and is not calibrated"),
    ],
)
def test_what_cannot_be_done_ends_with_one_clear_line(
    environ: dict[str, str], pumps_csv: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = train(environ, "--json", "--raw", str(pumps_csv), *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("Error: ")
    assert words in last
    assert "Traceback" not in done.stderr


def test_a_missing_store_names_the_command_that_makes_it(environ: dict[str, str], pumps_csv: Path) -> None:
    Path(environ["PROCTOR_DATABASE_URL"].removeprefix("sqlite:///")).unlink()
    done = train(environ, "--raw", str(pumps_csv))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].endswith("run: alembic upgrade head")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_mlflow_runs_the_project_without_a_network(environ: dict[str, str], pumps_csv: Path, tmp_path: Path) -> None:
    """The proxies lead nowhere, so that a look at the network would fail."""
    nowhere = "http://127.0.0.1:9"
    offline = environ | {"http_proxy": nowhere, "https_proxy": nowhere, "PROCTOR_RAW_DATA": str(pumps_csv)}
    offline |= {"MLFLOW_TRACKING_URI": environ["PROCTOR_DATABASE_URL"]}
    offline["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{offline['PATH']}"
    done = subprocess.run(
        [
            sys.executable, "-m", "mlflow", "run", str(ROOT), "-e", "train", "--env-manager", "local",
            "-P", "family=prior", "-P", "folds=3", "-P", "repeats=1",
        ],
        cwd=tmp_path, env=offline, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "models" / "pump_condition-v1.joblib").is_file()
