"""`python -m ml train` and `mlflow run` as a person or a script starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ml.__main__ import main
from ml.report.predictions import predictions_npz, read_npz
from ml.settings import PREFIX, ROOT
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows

# MLflow 3.17.2 against SQLAlchemy 2.1, and what MLflow says of its own type hints when it is imported.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]

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


def refuse(environ: dict[str, str], *arguments: str) -> Result:
    """Run what will not get far within this process, which has its imports behind it."""
    return CliRunner().invoke(main, ["train", *QUICK, *arguments], env=environ)


@pytest.mark.timeout(300)
def test_a_search_without_a_space_is_bad_input(environ: dict[str, str], pumps_csv: Path) -> None:
    done = refuse(environ, "--family", "prior", "--tuned", "--raw", str(pumps_csv))
    assert done.exit_code == 2
    assert "Error: the family 'prior' has no settings to search for: train it as it is" in done.stderr.splitlines()


def test_an_unknown_rule_is_bad_input(environ: dict[str, str]) -> None:
    done = refuse(environ, "--rule", "coin")
    assert done.exit_code == 2
    assert "'coin' is not one of 'argmax', 'median', 'over_prior'" in done.stderr


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
    done = refuse(environ, "--json", "--raw", str(pumps_csv), *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
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


@pytest.mark.slow  # five processes, each with its imports
@pytest.mark.timeout(300)
def test_a_run_is_made_again_and_the_exit_code_says_how_it_came_out(environ: dict[str, str], pumps_csv: Path) -> None:
    trained = json.loads(train(environ, "--family", "prior", "--raw", str(pumps_csv), "--json").stdout)
    again = reproduce(environ, trained["run_id"], "--json")
    assert again.returncode == 0, again.stderr
    found = json.loads(again.stdout)
    assert (found["verdict"], found["original"]) == ("identical", trained["run_id"])
    assert found["run_id"] != trained["run_id"]

    kept = Path(environ["PROCTOR_ARTIFACT_ROOT"], "pump_condition", trained["run_id"], "artifacts", "out_of_fold.npz")
    content = read_npz(kept.read_bytes())
    kept.write_bytes(predictions_npz(replace(content, fold=content.fold + 1)))
    differing = reproduce(environ, trained["run_id"])
    assert differing.returncode == 1
    first, *rest = differing.stdout.splitlines()
    assert first.startswith("differs: the probabilities by up to 0, the most likely class in 0.00% of ")
    assert "the fold in 100.00% (run " in first
    assert any(line.startswith("  sha256 of the original's predictions (recorded, found): ") for line in rest)

    pumps_csv.write_text(pumps_csv.read_text() + "sound,1,1,Sur,day\n")
    for arguments in (("nonsense",), (trained["run_id"], "--raw", str(pumps_csv))):
        refused = reproduce(environ, *arguments)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr.splitlines()[-1].startswith("Error: ")
        assert "Traceback" not in refused.stderr


def reproduce(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ml", "reproduce", *arguments],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
