"""Families held against each other, and against the champion."""

from __future__ import annotations

import time
from dataclasses import replace

from ml.examination.comparison import Comparison, ComparisonRequest, Place
from ml.pipeline.loading import load_training
from ml.pipeline.stages import Stages
from ml.results import Report, TrainingRequest, ignore_progress
from ml.settings import Settings
from ml.spec import DatasetSpec


def compare(
    settings: Settings, request: ComparisonRequest, report: Report = ignore_progress, *, n_jobs: int = -1
) -> Comparison:
    """Compare families on the same folds of the dataset; those that were run before on the same are taken from disk.

    `n_jobs` is how many folds are worked on at a time, as joblib counts: it changes nothing but the time.

    Raises
    ------
    UnknownFamilyError, SourceError, EvaluationError
        Before a family is run, where the comparison cannot be done.
    """
    from ml import compare as contest

    families, stages = contest.choose_families(request.families), Stages(report)
    training = load_training(settings, _as_training(request), stages)
    ground = contest.lay_ground(training.table, training.spec, request.folds, request.repeats, request.seed)
    keeper = contest.open_keeper(settings.data_dir / "comparisons", ground, training.origin)
    start = time.perf_counter()
    ran = contest.run_families(
        families, ground, keeper, report=report, budget_minutes=request.budget_minutes, n_jobs=n_jobs
    )
    with stages.stage("weigh"):
        champion = None if request.against else _find_champion(settings, training.spec)
        found = contest.weigh(ran, ground, request, training.origin, champion)
    return replace(found, key=keeper.folder.name, seconds=round(time.perf_counter() - start, 3))


def _as_training(request: ComparisonRequest) -> TrainingRequest:
    """Say which rows and columns are wanted, in the words of a training."""
    return TrainingRequest("", with_sensitive=request.with_sensitive, drop_repeats=request.drop_repeats)


def _find_champion(settings: Settings, spec: DatasetSpec) -> Place | None:
    """Name the champion's family and rule; None where there is none, or no store, which a comparison can do without."""
    from ml.track import registry, runs

    try:
        family, rule = registry.find_champion(runs.open_client(settings), spec.name)
    except runs.StoreError:
        return None
    return Place(family, rule) if family else None
