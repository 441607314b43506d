"""A training from what was asked for to the version that it leaves."""

from __future__ import annotations

import time

from ml.pipeline.documenting import write_card
from ml.pipeline.exporting import export_served
from ml.pipeline.fitting import compare_with, fit_and_evaluate
from ml.pipeline.loading import check_trainable, find_asked_family, load_training
from ml.pipeline.recording import log_run, mark_predictions, register
from ml.pipeline.stages import Stages
from ml.report.record import run_tags
from ml.results import Report, TrainingRequest, TrainingResult, ignore_progress
from ml.settings import Settings


def train(settings: Settings, request: TrainingRequest, report: Report = ignore_progress) -> TrainingResult:
    """Evaluate, fit, export, log and register one family as asked.

    Raises
    ------
    UnknownFamilyError, CalibrationError, SearchError, StoreError, SourceError, EvaluationError
        Before a run is begun, where the training cannot be done.
    """
    from ml.reproduction import read_original
    from ml.track import runs  # mlflow costs seconds that `prepare` need not pay

    family = find_asked_family(request)
    client = runs.open_client(settings)
    original = read_original(client, request.reproduces, settings) if request.reproduces else None
    training = load_training(settings, request, Stages(report))
    check_trainable(family, training)
    experiment = runs.open_experiment(client, training.spec.name, settings.artifact_root)
    name = f"{request.family}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    tags = run_tags(request, training.spec, training.origin, len(training.table))
    with runs.running(client, experiment, name, tags) as run:
        trained = fit_and_evaluate(family, training)
        card = write_card(trained, training)
        if original:
            trained = compare_with(original, trained, tags, training)
        served = export_served(trained, training)
        logged = log_run(run, trained, served, card, training)
        mark_predictions(run, trained)
    registered = None if original else register(run, logged, trained, served, card, training)
    return TrainingResult(
        run_id=run.run_id,
        run_name=run.name,
        family=request.family,
        evaluation=trained.evaluation,
        version=registered.version if registered else None,
        aliases=registered.aliases if registered else (),
        refusal=served.refusal,
        no_graph=served.no_graph,
        reproduction=trained.examination.reproduction,
    )
