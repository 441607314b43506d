"""The wiring of the stages, to be read from top to bottom like a recipe."""

from __future__ import annotations

import getpass
import io
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ml.clean import CleanedTable, clean_records, drop_repeats
from ml.files import write_files
from ml.results import Evaluation, Origin, OutOfFold, Progress, Report, TrainingRequest, TrainingResult, ignore_progress
from ml.settings import Settings
from ml.source import obtain
from ml.spec import DatasetSpec, load_spec

if TYPE_CHECKING:
    from ml.track.registry import Registered
    from ml.track.runs import OpenRun
    from ml.train.families import Family

ONNX_PATH = "serving/model.onnx"


class RequestError(ValueError):
    """A training was asked for that cannot be done; the message says what to ask for instead."""


@dataclass(frozen=True)
class TrainingData:
    """The table that one training sees, and where it came from. `spec` has only the columns that are used."""

    spec: DatasetSpec
    origin: Origin
    cleaned: CleanedTable
    table: pd.DataFrame


@dataclass(frozen=True)
class Trained:
    """A family evaluated on the data and fitted to all of it."""

    family: Family
    evaluation: Evaluation
    out_of_fold: OutOfFold
    pipeline: Any


@dataclass(frozen=True)
class Served:
    """The file that is served, or why there is none."""

    content: bytes = b""
    refusal: str = ""


@dataclass
class Stages:
    """Tells which stage has begun and keeps how many seconds each took."""

    report: Report
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Report the start and the end of a stage."""
        self.report(Progress(name))
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)
        self.report(Progress(name, 1))


def train(settings: Settings, request: TrainingRequest, report: Report = ignore_progress) -> TrainingResult:
    """Evaluate, fit, export, log and register one family as asked.

    Raises
    ------
    RequestError, SourceError, StoreError
        Before anything is computed, where the training cannot be done.
    """
    from ml.track import runs  # noqa: PLC0415 - mlflow costs seconds that `prepare` need not pay

    stages = Stages(report)
    family = find_family(request)
    client = runs.open_client(settings)
    data = load_training_data(settings, request, stages)
    experiment = runs.open_experiment(client, data.spec.name, settings.artifact_root)
    name = f"{request.family}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    with runs.running(client, experiment, name, run_tags(data, request)) as run:
        trained = fit_and_evaluate(family, data, request, stages)
        served = export_served(trained, data, request, stages)
        source = log_run(run, trained, served, data, request, settings, stages)
    registered = register(run, source, trained, served, data, settings, stages)
    return TrainingResult(
        run_id=run.run_id,
        run_name=run.name,
        family=request.family,
        evaluation=trained.evaluation,
        version=registered.version if registered else None,
        aliases=registered.aliases if registered else (),
        refusal=served.refusal,
    )


def find_family(request: TrainingRequest) -> Family:
    """Return the family that was asked for, having looked at the other wishes too."""
    from ml.train.families import FAMILIES  # noqa: PLC0415 - scikit-learn costs a second that `prepare` need not pay

    if request.family not in FAMILIES:
        raise RequestError(f"there is no family {request.family!r}; the known ones are {', '.join(FAMILIES)}")
    if request.folds < 2 or request.repeats < 1 or request.seed < 0:  # noqa: PLR2004 - one fold holds out nothing
        raise RequestError("a training needs at least 2 folds, 1 repeat and a seed that is not negative")
    return FAMILIES[request.family]


def load_training_data(settings: Settings, request: TrainingRequest, stages: Stages) -> TrainingData:
    """Obtain and clean the dataset, and leave out what the request leaves out."""
    full = load_spec(settings.spec_path)
    with stages.stage("fetch"):
        raw = obtain(full, settings, stages.report)
    with stages.stage("clean"):
        cleaned = clean_records(raw.frame, full)
    spec = full if request.with_sensitive else full.without_sensitive()
    table = drop_repeats(cleaned.table) if request.drop_repeats else cleaned.table
    return TrainingData(spec, raw.origin, cleaned, table[[spec.target.name, *spec.feature_names]])


def fit_and_evaluate(family: Family, data: TrainingData, request: TrainingRequest, stages: Stages) -> Trained:
    """Cross-validate the family, then fit it to every row."""
    from ml.evaluate import evaluate_family  # noqa: PLC0415 - scikit-learn, as above
    from ml.train.fit import fit_family  # noqa: PLC0415

    with stages.stage("evaluate"):
        evaluation, out_of_fold = evaluate_family(
            family, data.table, data.spec, folds=request.folds, repeats=request.repeats, seed=request.seed,
            n_jobs=os.cpu_count() or 1, report=stages.report,
        )  # fmt: skip
    with stages.stage("fit"):
        pipeline = fit_family(family, data.table, data.spec, request.seed)
    return Trained(family, evaluation, out_of_fold, pipeline)


def export_served(trained: Trained, data: TrainingData, request: TrainingRequest, stages: Stages) -> Served:
    """Export the fitted pipeline and hold it against the original; a model that fails is not served."""
    from ml.serve.export import ExportError, check_parity, export_model  # noqa: PLC0415 - ONNX is needed only here

    with stages.stage("export"):
        try:
            content = export_model(trained.pipeline, data.spec)
            check_parity(content, trained.pipeline, data.table, data.spec, request.seed)
        except ExportError as error:
            return Served(refusal=str(error))
    return Served(content)


def log_run(
    run: OpenRun, trained: Trained, served: Served, data: TrainingData, request: TrainingRequest,
    settings: Settings, stages: Stages,
) -> str:  # fmt: skip
    """Write figures, documents and the model to the run, and return the model's URI."""
    from ml.report.environment import MODEL_LIBRARIES, library_versions  # noqa: PLC0415
    from ml.track import runs  # noqa: PLC0415

    with stages.stage("report"):
        documents = write_documents(trained, data, request, stages.seconds)
    with stages.stage("log"), tempfile.TemporaryDirectory(prefix="proctor-") as scratch:
        files = documents | ({ONNX_PATH: served.content} if served.content else {})
        write_files({Path(scratch, "artifacts", name): content for name, content in files.items()})
        runs.log_files(run, Path(scratch, "artifacts"))
        runs.log_figures(run, run_params(trained, request), run_metrics(trained.evaluation))
        if served.refusal:
            run.client.set_tag(run.run_id, "proctor.refusal", served.refusal)
        pins = [f"{name}=={number}" for name, number in library_versions(MODEL_LIBRARIES).items()]
        source = runs.log_pipeline(run, trained.pipeline, data.spec, Path(scratch, "model"), pins)
    report = settings.reports_dir / f"classification_report_{run.run_id}.txt"
    write_files({report: documents["classification_report.txt"]})
    return source


def write_documents(
    trained: Trained, data: TrainingData, request: TrainingRequest, seconds: Mapping[str, float]
) -> dict[str, bytes]:
    """Return every document of a run by the name of its artifact."""
    from ml.report import card, drawing, environment, tables  # noqa: PLC0415 - matplotlib is needed only here

    evaluation, cleaning = trained.evaluation, data.cleaned.report
    versions = {"Python": environment.python_version(), **environment.library_versions()}
    whole = {
        "evaluation": evaluation, "origin": data.origin, "request": request, "cleaning": cleaning, "seconds": seconds,
    }  # fmt: skip
    texts = {
        "report.json": tables.as_json(whole),
        "classification_report.txt": tables.classification_text(evaluation),
        "classification_report.json": tables.classification_json(evaluation),
        "confusion_matrix.json": tables.confusion_json(evaluation),
        "out_of_fold.csv": tables.out_of_fold_csv(trained.out_of_fold, evaluation.classes),
        "cleaning_report.json": tables.as_json(cleaning),
        "model_card.md": card.model_card(data.spec, request, data.origin, cleaning, evaluation, versions),
        "environment.txt": environment.environment_text(),
    }
    documents = {name: text.encode() for name, text in texts.items()}
    return documents | {"confusion_matrix.png": drawing.confusion_png(evaluation)}


def register(
    run: OpenRun, source: str, trained: Trained, served: Served, data: TrainingData, settings: Settings, stages: Stages
) -> Registered | None:
    """Make the logged model a version of the registered model: the last step, and one step."""
    import joblib  # noqa: PLC0415

    from ml.track.registry import register_version  # noqa: PLC0415

    if served.refusal:
        return None
    with stages.stage("register"):
        pickled = io.BytesIO()
        joblib.dump(trained.pipeline, pickled, compress=3)
        tags = {
            "proctor.family": trained.family.name,
            "proctor.onnx_path": ONNX_PATH,
            "proctor.onnx_sha256": sha256(served.content).hexdigest(),
            "proctor.joblib_sha256": sha256(pickled.getvalue()).hexdigest(),
        }
        registered = register_version(
            run.client, data.spec.name, run.run_id, source, tags, is_baseline=trained.family.is_baseline
        )
        path = settings.artifact_root / f"{data.spec.name}-v{registered.version}.joblib"
        write_files({path: pickled.getvalue()})
    return registered


def run_tags(data: TrainingData, request: TrainingRequest) -> dict[str, str]:
    """Say what a run saw and what made it; all of it is known before the run begins."""
    import json  # noqa: PLC0415

    from ml.report import environment  # noqa: PLC0415

    return {
        "mlflow.user": request.user or getpass.getuser(),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": "proctor",
        "proctor.family": request.family,
        "proctor.dataset": data.spec.name,
        "proctor.dataset_sha256": data.origin.content_sha256,
        "proctor.dataset_rows": str(len(data.table)),
        "proctor.origin": data.origin.kind,
        "proctor.spec_sha256": data.spec.sha256,
        "proctor.code_version": environment.code_version(),
        "proctor.python": environment.python_version(),
        "proctor.versions": json.dumps(environment.library_versions()),
        "proctor.job_id": request.job_id,
    }


def run_params(trained: Trained, request: TrainingRequest) -> dict[str, Any]:
    """What was asked for, and the estimator's own parameters."""
    asked = ("family", "folds", "repeats", "seed", "with_sensitive", "drop_repeats")
    return trained.pipeline[-1].get_params(deep=False) | {name: getattr(request, name) for name in asked}


def run_metrics(evaluation: Evaluation) -> dict[str, float]:
    """Means and interval ends, those of the rivals on the same folds, and the scores on the training rows."""
    metrics = {f"training_{name}": value for name, value in evaluation.training.items()}
    for rival, baseline in evaluation.baselines.items():
        metrics |= {f"{rival}_{name}": estimate.mean for name, estimate in baseline.metrics.items()}
    for name, estimate in evaluation.metrics.items():
        metrics |= {name: estimate.mean, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return metrics
