"""A run made again on a real store: identical, refused, or different by so much."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from ml.examination.reproduction import Change
from ml.pipeline import reproduce, train
from ml.report.predictions import predictions_npz, read_npz
from ml.reproduction import ReproductionError
from ml.results import TrainingRequest, TrainingResult
from ml.settings import Settings
from ml.source import OtherDataError
from tests.builders.tables import SECOND_SPEC_PATH, STUDENT_SPEC_PATH, pump_rows

# MLflow 3.17.2 against SQLAlchemy 2.1, and what MLflow says of its own type hints when it is imported.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
    pytest.mark.timeout(300),
]

WISH = TrainingRequest(
    "logistic_regression", folds=3, repeats=1, seed=7, with_sensitive=False, drop_repeats=True, user="ada", job_id="job"
)
QUICK = TrainingRequest("prior", folds=2, repeats=1)


@pytest.fixture
def pumps(store_url: str, tmp_path: Path) -> Settings:
    raw = tmp_path / "pumps.csv"
    pump_rows(90).to_csv(raw, index=False)
    return Settings(
        database_url=store_url, artifact_root=tmp_path / "models", data_dir=tmp_path / "data",
        reports_dir=tmp_path / "reports", spec_path=SECOND_SPEC_PATH, raw_data=raw,
    )  # fmt: skip


def client_of(settings: Settings) -> MlflowClient:
    return MlflowClient(tracking_uri=settings.database_url, registry_uri=settings.database_url)


def artifacts_of(settings: Settings, result: TrainingResult) -> Path:
    return settings.artifact_root / "pump_condition" / result.run_id / "artifacts"


def count_runs(settings: Settings) -> int:
    client = client_of(settings)
    return len(client.search_runs([item.experiment_id for item in client.search_experiments()]))


@pytest.mark.parametrize("family", ["logistic_regression", pytest.param("random_forest_20", marks=pytest.mark.slow)])
def test_the_same_wish_on_the_same_data_comes_out_identical_and_is_not_registered(pumps: Settings, family: str) -> None:
    asked_for = replace(WISH, family=family)
    original = train(pumps, asked_for)
    again = reproduce(pumps, original.run_id, user="grace", job_id="other job")
    found = again.reproduction
    assert found is not None
    assert (found.original, found.verdict, found.is_exact) == (original.run_id, "identical", True)
    assert (found.largest_difference, found.changed_answers, found.changed_folds, found.changes) == (0.0, 0.0, 0.0, ())
    assert found.predictions == found.original_predictions == original.evaluation.rows
    assert (again.version, again.aliases) == (None, ())

    asked = json.loads((artifacts_of(pumps, again) / "report.json").read_text())["request"]
    wish = replace(asked_for, user="grace", job_id="other job", reproduces=original.run_id)
    assert TrainingRequest(**asked) == wish
    examined = json.loads((artifacts_of(pumps, again) / "examination.json").read_text())
    assert examined["reproduction"]["is_identical"] is True
    client = client_of(pumps)
    first, second = (client.get_run(result.run_id).data.tags for result in (original, again))
    assert first["proctor.out_of_fold_sha256"] == second["proctor.out_of_fold_sha256"]
    assert (second["proctor.reproduces"], second["proctor.reproduction"]) == (original.run_id, "identical")
    assert first[f"proctor.reproduced_by.{again.run_id}"] == "identical"
    assert "proctor.reproduces" not in first
    assert [version.version for version in client.search_model_versions()] == [original.version]


def test_a_tampered_original_differs_and_it_is_said_by_how_much(pumps: Settings) -> None:
    original = train(pumps, QUICK)
    path = artifacts_of(pumps, original) / "out_of_fold.npz"
    kept = read_npz(path.read_bytes())
    kept.probabilities[0, 0] = [0.75, 0.25] if kept.probabilities[0, 0, 0] < 0.5 else [0.25, 0.75]
    path.write_bytes(predictions_npz(kept))
    found = reproduce(pumps, original.run_id).reproduction
    assert found is not None
    assert found.verdict == "differs"
    assert found.changed_answers == pytest.approx(1 / original.evaluation.rows)
    assert found.largest_difference is not None
    assert 0.25 < found.largest_difference <= 0.75
    assert [change.what for change in found.changes] == ["predictions"]
    assert (
        client_of(pumps).get_run(original.run_id).data.tags["proctor.out_of_fold_sha256"] == found.changes[0].original
    )


def test_an_older_run_is_compared_to_the_digits_that_it_kept(pumps: Settings) -> None:
    original = train(pumps, QUICK)
    (artifacts_of(pumps, original) / "out_of_fold.npz").unlink()
    found = reproduce(pumps, original.run_id).reproduction
    assert found is not None
    assert (found.verdict, found.is_exact, found.changed_answers) == ("identical", False, 0.0)
    assert found.largest_difference is not None
    assert 0 < found.largest_difference < 1e-6


def test_other_code_is_no_hindrance_and_is_said_first(pumps: Settings) -> None:
    original = train(pumps, QUICK)
    client = client_of(pumps)
    client.set_tag(original.run_id, "proctor.code_version", "0" * 40)
    client.set_tag(original.run_id, "proctor.versions", json.dumps({"numpy": "1.0"}))
    found = reproduce(pumps, original.run_id).reproduction
    assert found is not None
    assert found.verdict == "identical"
    assert [(change.what, change.name) for change in found.changes[:1]] == [("code", "")]
    assert Change("library", "1.0", np.__version__, "numpy") in found.changes


def test_changed_data_is_refused_before_a_run_is_begun_and_a_kept_copy_is_found(
    pumps: Settings, tmp_path: Path
) -> None:
    original = train(pumps, QUICK)
    assert pumps.raw_data is not None
    kept = next((pumps.data_dir / "raw").glob("*.csv"))
    pump_rows(90, seed=2).to_csv(pumps.raw_data, index=False)
    found = reproduce(pumps, original.run_id).reproduction
    assert found is not None
    assert (found.verdict, found.changes) == ("identical", ())
    with pytest.raises(OtherDataError, match="--raw"):  # a file that was named is the one that is meant
        reproduce(pumps, original.run_id, raw=pumps.raw_data)

    copy = tmp_path / "copy.csv"
    shutil.copyfile(kept, copy)
    kept.unlink()
    before = count_runs(pumps)
    sha256 = client_of(pumps).get_run(original.run_id).data.tags["proctor.dataset_sha256"]
    with pytest.raises(OtherDataError, match=rf"{sha256}, but pumps\.csv has content [0-9a-f]{{64}}.*PROCTOR_RAW_DATA"):
        reproduce(pumps, original.run_id)
    assert count_runs(pumps) == before
    named = reproduce(pumps, original.run_id, raw=copy).reproduction
    assert named is not None
    assert named.verdict == "identical"


def test_what_cannot_be_made_again_is_refused_in_words_and_begins_no_run(pumps: Settings) -> None:
    original = train(pumps, QUICK)
    client, folder = client_of(pumps), artifacts_of(pumps, original)
    foreign = client.create_run("0").info.run_id
    before = count_runs(pumps)

    def refusal(run_id: str, settings: Settings = pumps) -> str:
        with pytest.raises(ReproductionError) as refused:
            reproduce(settings, run_id)
        return str(refused.value)

    assert "there is no run 'nonsense'" in refusal("nonsense")
    assert "was not made by Proctor" in refusal(foreign)
    assert "set PROCTOR_SPEC" in refusal(original.run_id, replace(pumps, spec_path=STUDENT_SPEC_PATH))
    for name in ("out_of_fold.npz", "out_of_fold.csv"):
        (folder / name).unlink()
    assert "out-of-fold predictions are gone" in refusal(original.run_id)
    report = folder / "report.json"
    report.write_text('{"request": {"family": 3}}')
    assert "does not say what was asked for (family: " in refusal(original.run_id)
    report.unlink()
    assert "report.json is gone" in refusal(original.run_id)
    client.set_terminated(original.run_id, "FAILED")
    assert "did not finish (FAILED)" in refusal(original.run_id)
    client.delete_run(original.run_id)
    assert "or it was deleted" in refusal(original.run_id)
    assert count_runs(pumps) == before - 1


def test_a_store_that_was_moved_still_finds_the_original(pumps: Settings, tmp_path: Path) -> None:
    original = train(pumps, QUICK)
    moved = replace(pumps, artifact_root=tmp_path / "elsewhere" / "models")
    moved.artifact_root.parent.mkdir()
    pumps.artifact_root.rename(moved.artifact_root)
    found = reproduce(moved, original.run_id).reproduction
    assert found is not None
    assert found.verdict == "identical"
