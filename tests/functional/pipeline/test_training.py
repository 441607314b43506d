"""A training from the raw file to the alias, on a real store, and what it leaves behind."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import joblib
import mlflow.sklearn
import numpy as np
import onnx
import pandas as pd
import pytest
from mlflow import MlflowClient
from pydantic import TypeAdapter

import ml.serve.apart.keeping
import ml.serve.export
from ml.evaluate import EvaluationError, align_probabilities
from ml.examination import Examination
from ml.families import FAMILY_NAMES, PACKAGES
from ml.pipeline import ONNX_PATH, prepare, train
from ml.pipeline.exporting import APART, GRAPH, PATHS, PICKLE_PATH, ROWS_PATH
from ml.report.card import ModelCard
from ml.results import Progress, TrainingRequest, TrainingResult
from ml.serve.export import table_rows
from ml.serve.loading import load_model
from ml.serve.predictor import load_predictor
from ml.serve.training_rows import read_rows
from ml.serve.verifying import read_verified
from ml.settings import Settings
from ml.track.runs import StoreError
from ml.train import FAMILIES, CalibrationError, SearchError, UnknownFamilyError, fit_family
from tests.builders.tables import (
    SECOND_SPEC_PATH,
    STUDENT_SPEC_PATH,
    pump_rows,
    pump_table,
    second_spec,
    student_rows,
    write_spec,
)

# MLflow 3.17.2 against SQLAlchemy 2.1, and what MLflow says of its own type hints when it is imported.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
    pytest.mark.timeout(300),
]

MANY_TREES = {"random_forest", "random_forest_150", "extra_trees", "soft_vote"}
"""Families that take ten seconds and more to be examined."""
ARTIFACTS = {
    "report.json", "classification_report.txt", "classification_report.json", "confusion_matrix.json",
    "confusion_matrix.png", "examination.json", "out_of_fold.csv", "out_of_fold.npz", "cleaning_report.json",
    "model_card.json", "model_card.en.md", "model_card.es.md", "model_card.en.html", "model_card.es.html",
    "environment.txt", ONNX_PATH, ROWS_PATH, PICKLE_PATH,
}  # fmt: skip


@pytest.fixture
def pumps(store_url: str, tmp_path: Path) -> Settings:
    """Settings for the second table: numbers, nominal columns, two classes."""
    raw = tmp_path / "pumps.csv"
    pump_rows(200).to_csv(raw, index=False)
    return make_settings(store_url, tmp_path, SECOND_SPEC_PATH, raw)


@dataclass(frozen=True)
class Trained:
    """A training that was done once, for the tests that only look at what it left."""

    settings: Settings
    result: TrainingResult
    seen: tuple[Progress, ...]

    @property
    def artifacts(self) -> Path:
        return artifacts_of(self.settings, self.result)


@pytest.fixture(scope="module")
def trained(migrated_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("trained")
    store, raw = folder / "proctor.sqlite", folder / "pumps.csv"
    shutil.copyfile(migrated_template, store)
    pump_rows(200).to_csv(raw, index=False)
    settings = make_settings(f"sqlite:///{store}", folder, SECOND_SPEC_PATH, raw)
    seen: list[Progress] = []
    return Trained(settings, train(settings, quick("logistic_regression"), seen.append), tuple(seen))


def make_settings(store_url: str, tmp_path: Path, spec_path: Path, raw: Path) -> Settings:
    return Settings(
        database_url=store_url, artifact_root=tmp_path / "models", data_dir=tmp_path / "data",
        reports_dir=tmp_path / "reports", spec_path=spec_path, raw_data=raw,
    )  # fmt: skip


def quick(family: str, **wishes: object) -> TrainingRequest:
    return replace(TrainingRequest(family, folds=3, repeats=2, user="ada", job_id=f"job-{family}"), **wishes)


LEAST = {"folds": 2, "repeats": 1}
"""For tests to which the scores are all one."""


def client_of(settings: Settings) -> MlflowClient:
    return MlflowClient(tracking_uri=settings.database_url, registry_uri=settings.database_url)


def artifacts_of(settings: Settings, result: TrainingResult, name: str = "pump_condition") -> Path:
    return settings.artifact_root / name / result.run_id / "artifacts"


def test_a_training_leaves_a_run_and_a_champion(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, result = trained.settings, trained.result
    client = client_of(settings)
    run = client.get_run(result.run_id)
    assert (run.info.status, run.info.user_id, run.info.run_name) == ("FINISHED", "ada", result.run_name)
    assert client.get_experiment(run.info.experiment_id).name == "pump_condition"
    assert (result.version, result.aliases, result.refusal) == (1, ("champion",), "")
    assert list(dict.fromkeys(item.stage for item in trained.seen)) == [
        "fetch", "clean", "fit", "evaluate", "examine", "export", "report", "log", "register",
    ]  # fmt: skip

    metrics, accuracy = run.data.metrics, result.evaluation.metrics["accuracy"]
    assert (metrics["accuracy"], metrics["accuracy_low"], metrics["accuracy_high"]) == (
        accuracy.mean, accuracy.low, accuracy.high,
    )  # fmt: skip
    assert metrics["accuracy"] > metrics["prior_accuracy"]
    assert {"single_column_log_loss", "training_accuracy", "precision.failing"} <= metrics.keys()
    assert run.data.params.items() >= {"family": "logistic_regression", "folds": "3", "C": "0.3"}.items()
    tags = run.data.tags
    assert tags["proctor.job_id"] == "job-logistic_regression"
    assert tags["proctor.dataset_rows"] == str(result.evaluation.rows)
    assert tags["proctor.single_column"] in second_spec().feature_names
    assert tags["proctor.audit"] == "clean"
    assert json.loads(tags["proctor.versions"])["mlflow"] == mlflow.__version__

    version = client.get_model_version_by_alias("pump_condition", "champion")
    assert version.tags["proctor.audit"] == "clean"
    assert version.tags["proctor.card_missing"] == ""
    content = read_verified(trained.artifacts / ONNX_PATH, version.tags["proctor.onnx_sha256"])
    table = pump_table(50, seed=3).table
    served = load_predictor(content).predict(table_rows(table, second_spec())).argmax(axis=1)
    answers = [second_spec().target.categories[code] for code in served]
    pickled = settings.artifact_root / "pump_condition-v1.joblib"
    assert hashlib.sha256(pickled.read_bytes()).hexdigest() == version.tags["proctor.joblib_sha256"]
    assert joblib.load(pickled).predict(table).tolist() == answers
    monkeypatch.setenv("MLFLOW_TRACKING_URI", settings.database_url)  # as a person's own script has it
    assert mlflow.sklearn.load_model("models:/pump_condition@champion").predict(table).tolist() == answers


def test_the_database_knows_every_file_of_a_version_again(trained: Trained) -> None:
    tags = client_of(trained.settings).get_model_version("pump_condition", "1").tags
    paths = {"onnx": ONNX_PATH, "training_rows": ROWS_PATH, "joblib": PICKLE_PATH}
    found = {name: hashlib.sha256((trained.artifacts / path).read_bytes()).hexdigest() for name, path in paths.items()}
    assert found == {name: tags[f"proctor.{name}_sha256"] for name in paths}


def test_every_file_of_a_version_is_synced_before_it_is_registered(
    pumps: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    left: list[Path] = []

    def sync(handle: int, fsync: Callable[[int], None] = os.fsync) -> None:
        synced.add(os.fstat(handle).st_ino)
        fsync(handle)

    def look(client: MlflowClient, *given: object, create: Callable[..., object] = MlflowClient.create_model_version,
             **named: object) -> object:  # fmt: skip
        left.extend((pumps.artifact_root / "pump_condition").rglob("*"))
        assert [path for path in left if path.is_file() and path.stat().st_ino not in synced] == []
        return create(client, *given, **named)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(MlflowClient, "create_model_version", look)
    train(pumps, quick("logistic_regression", **LEAST))
    assert {PICKLE_PATH.split("/")[-1], ONNX_PATH.split("/")[-1], "model.skops", "MLmodel"} <= {p.name for p in left}


def test_a_pickle_that_a_kill_left_out_is_put_there_with_the_next_version(pumps: Settings) -> None:
    names = [pumps.artifact_root / f"pump_condition-v{version}.joblib" for version in (1, 2, 3)]
    results = [train(pumps, quick("logistic_regression", **LEAST)) for _ in (1, 2)]
    whole = names[0].read_bytes()
    names[0].unlink()
    names[1].unlink()
    (artifacts_of(pumps, results[1]) / PICKLE_PATH).write_bytes(b"altered")
    train(pumps, quick("logistic_regression", **LEAST))
    assert [path.is_file() for path in names] == [True, False, True]
    assert names[0].read_bytes() == whole


def test_a_rule_goes_wherever_the_model_goes(pumps: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    result = train(pumps, quick("logistic_regression", rule="over_prior"))
    assert client_of(pumps).get_run(result.run_id).data.params["rule"] == "over_prior"
    table = pump_table(200, seed=3).table
    predictor = load_predictor((artifacts_of(pumps, result) / ONNX_PATH).read_bytes())
    shares = predictor.predict(table_rows(table, second_spec()))
    answers = list(predictor.decide(shares))
    assert answers != [second_spec().target.categories[place] for place in shares.argmax(axis=1)]
    assert joblib.load(pumps.artifact_root / "pump_condition-v1.joblib").predict(table).tolist() == answers
    monkeypatch.setenv("MLFLOW_TRACKING_URI", pumps.database_url)
    assert mlflow.sklearn.load_model("models:/pump_condition@champion").predict(table).tolist() == answers
    with (artifacts_of(pumps, result) / "out_of_fold.csv").open() as file:
        lines = list(csv.DictReader(file))
    right = np.mean([line["prediction"] == line["truth"] for line in lines])
    assert right == pytest.approx(result.evaluation.metrics["accuracy"].mean, abs=0.01)


def test_a_search_is_logged_with_what_it_chose_and_how_many_it_tried(pumps: Settings) -> None:
    result = train(pumps, quick("naive_bayes", is_tuned=True, **LEAST))
    data = client_of(pumps).get_run(result.run_id).data
    assert data.tags["proctor.configurations"] == "16"
    assert data.params["is_tuned"] == "True"
    assert 0.1 <= float(data.params["alpha"]) <= 30
    assert float(data.params["alpha"]) != 1.0
    assert result.version == 1


def test_a_family_is_not_searched_and_calibrated_at_once(pumps: Settings) -> None:
    with pytest.raises(SearchError, match="either searched or calibrated"):
        train(pumps, quick("logistic_regression", is_tuned=True, calibration="sigmoid"))
    assert client_of(pumps).search_experiments(filter_string="name = 'pump_condition'") == []


def test_a_family_without_a_space_is_not_searched(pumps: Settings) -> None:
    with pytest.raises(SearchError, match="'prior' has no settings to search for"):
        train(pumps, quick("prior", is_tuned=True))
    assert client_of(pumps).get_experiment_by_name("pump_condition") is None


def test_a_rule_that_makes_no_sense_begins_no_run(pumps: Settings) -> None:
    with pytest.raises(EvaluationError, match="'median' needs classes that are in order"):
        train(pumps, quick("prior", rule="median"))
    assert client_of(pumps).get_experiment_by_name("pump_condition") is None


def test_every_document_can_be_read(trained: Trained) -> None:
    result, folder = trained.result, trained.artifacts
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == ARTIFACTS
    report = json.loads((folder / "report.json").read_text())
    assert report["evaluation"]["metrics"]["accuracy"]["mean"] == result.evaluation.metrics["accuracy"].mean
    assert report["origin"]["kind"] == "file"
    assert report["request"]["family"] == "logistic_regression"
    assert json.loads((folder / "cleaning_report.json").read_text())["raw_rows"] == 200
    matrix = json.loads((folder / "confusion_matrix.json").read_text())
    assert np.sum(matrix["counts"]) == pytest.approx(result.evaluation.rows)
    found = TypeAdapter(Examination).validate_json((folder / "examination.json").read_bytes())  # as the pages read it
    assert found.curves
    assert {item.name for item in found.curves.classes} == set(second_spec().target.categories)
    assert found.reasons
    assert {item.column for item in found.reasons.importance.columns} == set(second_spec().feature_names)
    rows = list(csv.DictReader((folder / "out_of_fold.csv").read_text().splitlines()))
    assert len(rows) == 2 * result.evaluation.rows
    right = np.mean([row["truth"] == row["prediction"] for row in rows])
    assert json.loads((folder / "classification_report.json").read_text())["accuracy"] == pytest.approx(right, abs=0.01)
    assert (folder / "confusion_matrix.png").read_bytes().startswith(b"\x89PNG")
    text = (folder / "classification_report.txt").read_text()
    assert all(name in text for name in second_spec().target.categories)
    assert (trained.settings.reports_dir / f"classification_report_{result.run_id}.txt").read_text() == text
    assert second_spec().notice.en in (folder / "model_card.en.md").read_text()
    card = TypeAdapter(ModelCard).validate_json((folder / "model_card.json").read_text())
    assert (card.missing, card.making.author) == ((), "ada")
    assert second_spec().notice.es in (folder / "model_card.es.html").read_text()
    assert "scikit-learn==" in (folder / "environment.txt").read_text()


def test_only_the_first_real_model_becomes_champion(pumps: Settings) -> None:
    wishes = [quick(family, **LEAST) for family in ("prior", "logistic_regression", "single_column", "naive_bayes")]
    wishes.append(quick("logistic_regression", with_sensitive=False, **LEAST))
    results = [train(pumps, wish) for wish in wishes]
    assert [result.version for result in results] == [1, 2, 3, 4, 5]
    assert [result.aliases for result in results] == [(), ("champion",), (), ("challenger",), ("challenger",)]
    aliases = client_of(pumps).get_registered_model("pump_condition").aliases
    assert {name: int(version) for name, version in aliases.items()} == {"champion": 2, "challenger": 5}


def test_a_model_whose_card_lacks_a_part_does_not_answer_of_itself(pumps: Settings, tmp_path: Path) -> None:
    silent = write_spec(tmp_path / "silent.yaml", {"notice": {"en": " ", "es": " "}})
    result = train(replace(pumps, spec_path=silent), quick("logistic_regression"))
    assert (result.version, result.aliases) == (1, ("challenger",))
    assert client_of(pumps).get_model_version("pump_condition", "1").tags["proctor.card_missing"] == "use"


def test_a_column_for_the_audit_only_moves_no_answer(pumps: Settings, tmp_path: Path) -> None:
    """Permuted, it changes the slices and nothing else: neither a held-out answer nor the model that is served."""
    assert pumps.raw_data
    rows = pd.read_csv(pumps.raw_data, dtype=str)
    (name,) = second_spec().sensitive_names
    rows[name] = np.random.default_rng(1).permutation(rows[name].to_numpy(dtype=object))
    shuffled = tmp_path / "shuffled.csv"
    rows.to_csv(shuffled, index=False)
    wish = quick("logistic_regression", with_sensitive=False, **LEAST)
    results = [train(replace(pumps, raw_data=raw), wish) for raw in (pumps.raw_data, shuffled)]
    first, second = (artifacts_of(pumps, result) for result in results)
    for same in ("out_of_fold.csv", ONNX_PATH):
        assert (first / same).read_bytes() == (second / same).read_bytes()
    assert (first / "examination.json").read_bytes() != (second / "examination.json").read_bytes()


@pytest.mark.parametrize(
    "family",
    [pytest.param(name, marks=pytest.mark.slow) if name in MANY_TREES else name for name in FAMILY_NAMES],
)
def test_every_family_is_registered_on_the_shipped_dataset(
    family: str, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "raw.csv"
    student_rows().iloc[::3].to_csv(raw, index=False)
    settings = make_settings(store_url, tmp_path, STUDENT_SPEC_PATH, raw)
    result = train(settings, quick(family, drop_repeats=True, with_sensitive=False, **LEAST))
    assert (result.version, result.refusal) == (1, "")
    assert result.no_graph.startswith("no graph can be written for a ") == (family in PACKAGES)
    path = PATHS[APART if family in PACKAGES else GRAPH]
    predictor = load_model((artifacts_of(settings, result, "student_performance") / path).read_bytes())
    assert not {"Gender", "Caste"} & {column.name for column in predictor.columns}
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store_url)
    rows = [{column.name: None for column in predictor.columns}]
    shares = mlflow.sklearn.load_model("models:/student_performance/1").predict_proba(pd.DataFrame(rows, dtype=object))
    assert sorted(shares[0]) == pytest.approx(sorted(predictor.predict(rows)[0]))


def test_a_family_that_needs_an_order_is_refused_where_there_is_none(pumps: Settings, tmp_path: Path) -> None:
    changes = {"target.categories": ["sound", "failing", "lost"], "target.category_aliases": {"ok": "sound"}}
    nominal = write_spec(tmp_path / "nominal.yaml", changes)
    with pytest.raises(EvaluationError, match="'proportional_odds' needs classes that are in order"):
        train(replace(pumps, spec_path=nominal), quick("proportional_odds"))


@pytest.mark.parametrize("calibration", ["sigmoid", "isotonic", "temperature"])
def test_a_calibrated_model_is_registered_and_loads_again(
    calibration: str, pumps: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = train(pumps, quick("logistic_regression", calibration=calibration, **LEAST))
    assert (result.version, result.refusal) == (1, "")
    params = client_of(pumps).get_run(result.run_id).data.params
    assert params.items() >= {"calibration": calibration, "C": "0.3"}.items()
    table = pump_table(50, seed=3).table
    served = load_predictor((artifacts_of(pumps, result) / ONNX_PATH).read_bytes())
    shares = served.predict(table_rows(table, second_spec()))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", pumps.database_url)
    loaded = mlflow.sklearn.load_model("models:/pump_condition@champion")
    assert align_probabilities(loaded.predict_proba(table), loaded.classes_, served.classes) == pytest.approx(shares)


def test_a_training_leaves_how_sure_it_is_and_serves_its_sets(trained: Trained) -> None:
    folder = trained.artifacts
    sure = json.loads((folder / "examination.json").read_text())["sure"]
    assert [diagram["label"] for diagram in sure["reliability"]] == ["", *second_spec().target.categories]
    assert [item["method"] for item in sure["trial"]["methods"]] == ["none", "sigmoid", "isotonic", "temperature"]
    assert [curve["metric"] for curve in sure["curves"]] == ["accuracy", "log_loss"]
    rule = load_predictor((folder / ONNX_PATH).read_bytes()).sets
    assert rule
    assert (rule.level, rule.least) == (0.9, tuple(sure["sets"]["least"].values()))


def test_a_training_leaves_its_rows_beside_the_model_which_names_them(trained: Trained) -> None:
    served = load_predictor((trained.artifacts / ONNX_PATH).read_bytes())
    content = read_verified(trained.artifacts / ROWS_PATH, served.rows_sha256)
    assert read_rows(content, served.columns, served.classes).total == len(pump_table(200).table)


def test_a_baseline_costs_no_fits_beyond_its_evaluation(pumps: Settings) -> None:
    result = train(pumps, quick("single_column"))
    sure = json.loads((artifacts_of(pumps, result) / "examination.json").read_text())["sure"]
    assert (sure["trial"], sure["curves"]) == (None, [])
    assert sure["sets"]["level"] == 0.9


@pytest.fixture
def wrong_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs are written that answer differently."""

    def export_wrongly(*arguments: object) -> bytes:
        model = onnx.load_from_string(export(*arguments))
        model.graph.initializer[-1].raw_data = model.graph.initializer[-1].raw_data[::-1]
        content: bytes = model.SerializeToString()
        return content

    export = ml.serve.export.export_model
    monkeypatch.setattr(ml.serve.export, "export_model", export_wrongly)


@pytest.mark.usefixtures("wrong_graph")
def test_a_graph_that_answers_differently_gives_way_to_the_pipeline_itself(pumps: Settings) -> None:
    result = train(pumps, quick("logistic_regression", **LEAST))
    assert (result.version, result.refusal) == (1, "")
    assert "differs from the trained one" in result.no_graph
    version = client_of(pumps).get_model_version_by_alias("pump_condition", "champion")
    assert (artifacts_of(pumps, result) / version.tags["proctor.skops_path"]).exists()
    assert not (artifacts_of(pumps, result) / ONNX_PATH).exists()


@pytest.mark.usefixtures("wrong_graph")
def test_a_model_that_answers_differently_is_not_registered(pumps: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    another = fit_family(FAMILIES["naive_bayes"], pump_table(200).table, second_spec(), 0)
    keep = ml.serve.apart.keeping.keep_pipeline
    monkeypatch.setattr(ml.serve.apart.keeping, "keep_pipeline", lambda _pipeline, contract: keep(another, contract))
    result = train(pumps, quick("logistic_regression", **LEAST))
    assert (result.version, result.aliases, result.no_graph) == (None, (), "")
    assert result.refusal.count("differs from the trained one") == 2
    client = client_of(pumps)
    run = client.get_run(result.run_id)
    assert (run.info.status, run.data.tags["proctor.refusal"]) == ("FINISHED", result.refusal)
    assert client.search_registered_models() == []
    assert not (artifacts_of(pumps, result) / "serving").exists()


def test_what_breaks_in_the_middle_leaves_a_failed_run_and_no_version(pumps: Settings) -> None:
    def break_at_export(progress: Progress) -> None:
        if progress.stage == "export":
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        train(pumps, quick("prior"), break_at_export)
    assert_ended(pumps, "FAILED", "RuntimeError: the disk is full")


def test_a_training_told_to_stop_leaves_a_killed_run(pumps: Settings) -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == "evaluate" and progress.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(pumps, quick("prior"), stop)
    assert_ended(pumps, "KILLED", None)


def assert_ended(settings: Settings, status: str, error: str | None) -> None:
    client = client_of(settings)
    experiment = client.get_experiment_by_name("pump_condition")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert (run.info.status, run.data.tags.get("proctor.error")) == (status, error)
    assert client.search_registered_models() == []


def test_a_hopeless_wish_begins_no_run(pumps: Settings) -> None:
    with pytest.raises(UnknownFamilyError, match="random_forest"):
        train(pumps, quick("crystal_ball"))
    with pytest.raises(CalibrationError, match="baseline"):
        train(pumps, quick("prior", calibration="sigmoid"))
    with pytest.raises(EvaluationError, match="folds"):
        train(pumps, quick("prior", folds=190))
    experiment = client_of(pumps).get_experiment_by_name("pump_condition")
    assert experiment is None


def test_a_store_that_is_missing_or_behind_is_not_touched(pumps: Settings, tmp_path: Path) -> None:
    missing = tmp_path / "none.sqlite"
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    for path in (missing, empty):
        with pytest.raises(StoreError, match="run: alembic upgrade head"):
            train(replace(pumps, database_url=f"sqlite:///{path}"), quick("prior"))
    assert not missing.exists()
    assert empty.stat().st_size == 0


def test_preparing_writes_the_clean_and_the_rejected_rows(pumps: Settings) -> None:
    prepared = prepare(pumps)
    assert prepared.clean_path.parent == pumps.data_dir / "interim"
    lines = prepared.clean_path.read_text().splitlines()
    assert len(lines) == len(prepared.cleaned.table) + 1
    assert prepared.rejected_path.is_file()
    assert prepared.raw_path.is_file()
