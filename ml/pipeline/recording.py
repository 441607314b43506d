"""What a training leaves in MLflow: figures, documents and the model in its run, and a version of the model."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ml.examination import Examination
from ml.examination.reproduction import REPRODUCED_BY, REPRODUCTION
from ml.files import write_files
from ml.pipeline.documenting import write_documents
from ml.pipeline.exporting import GRAPH, PATHS, Served, answering
from ml.pipeline.fitting import Trained
from ml.pipeline.loading import Training
from ml.pipeline.placing import place_pickles
from ml.report.record import audit_tags, found_tags, run_metrics, run_params
from ml.results import NO_GRAPH_TAG

if TYPE_CHECKING:
    from ml.report.card import ModelCard
    from ml.track.registry import Registered
    from ml.track.runs import LoggedPipeline, OpenRun

ONNX_PATH = PATHS[GRAPH]


def log_run(run: OpenRun, trained: Trained, served: Served, card: ModelCard, training: Training) -> LoggedPipeline:
    """Write figures, documents and the model to the run."""
    from ml.report.environment import MODEL_LIBRARIES, library_versions
    from ml.track import runs

    with training.stages.stage("report"):
        documents = write_documents(trained, card, training)
    with training.stages.stage("log"), tempfile.TemporaryDirectory(prefix="proctor-") as scratch:
        runs.log_files(run, {**documents, **served.files})
        runs.log_figures(
            run,
            run_params(trained.pipeline, training.request),
            run_metrics(trained.evaluation),
            found_tags(
                trained.evaluation,
                trained.examination,
                served.refusal,
                served.no_graph,
                trained.family.candidates if training.request.is_tuned else 0,
            ),
        )
        pins = [f"{name}=={number}" for name, number in library_versions(MODEL_LIBRARIES).items()]
        logged = runs.log_pipeline(run, answering(trained, training), training.spec, Path(scratch, "model"), pins)
    report = training.settings.reports_dir / f"classification_report_{run.run_id}.txt"
    write_files({report: documents["classification_report.txt"]})
    return logged


def mark_predictions(run: OpenRun, trained: Trained) -> None:
    """Note the checksum of the predictions, and what came of making another run again: there too."""
    from ml.report.predictions import predictions_sha256
    from ml.track import runs

    runs.log_figures(run, {}, {}, {"proctor.out_of_fold_sha256": predictions_sha256(trained.out_of_fold)})
    if found := trained.examination.reproduction:
        runs.log_figures(run, {}, {}, {REPRODUCTION: found.verdict})
        run.client.set_tag(found.original, REPRODUCED_BY + run.run_id, found.verdict)


def register(
    run: OpenRun, logged: LoggedPipeline, trained: Trained, served: Served, card: ModelCard, training: Training
) -> Registered | None:
    """Make the logged model a version of the registered model: the last step, and one step."""
    from ml.track.registry import register_version

    if served.refusal:
        return None
    with training.stages.stage("register"):
        tags = {
            "proctor.family": trained.family.name,
            "proctor.card_missing": ",".join(card.missing),
            **served.checksums,
            **audit_tags(trained.examination),
        }
        tags |= {NO_GRAPH_TAG: served.no_graph} if served.no_graph else {}
        registered = register_version(
            run.client,
            training.spec.name,
            run.run_id,
            logged,
            tags,
            is_baseline=trained.family.is_baseline,
            may_answer=not (has_cheated(trained.examination) or card.missing),
        )
        place_pickles(run.client, training.spec.name, registered.version, training.settings)
    return registered


def has_cheated(examination: Examination) -> bool:
    """Whether the audit found that the score is not what it claims."""
    return examination.audit is not None and examination.audit.verdict == "cheat"
