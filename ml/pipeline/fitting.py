"""A family fitted, evaluated and examined, and held against the run that it makes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ml.examination import Examination
from ml.pipeline.loading import Training
from ml.results import Evaluation, OutOfFold

if TYPE_CHECKING:
    from ml.reproduction import Original
    from ml.train.family import Family


@dataclass(frozen=True)
class Trained:
    """A family evaluated on the data, fitted to all of it, and examined."""

    family: Family
    evaluation: Evaluation
    out_of_fold: OutOfFold
    pipeline: Any
    examination: Examination


def fit_and_evaluate(family: Family, training: Training) -> Trained:
    """Fit the family to every row, which is the model, and find out what to expect of it and what it is worth."""
    from ml.evaluate import evaluate_family
    from ml.examine import Subject, examine
    from ml.train import fit_family, settle_family

    with training.stages.stage("fit"):
        pipeline = fit_family(family, training.table, training.spec, training.request.seed)
    with training.stages.stage("evaluate"):
        evaluation, out_of_fold = evaluate_family(
            family,
            training.table,
            training.spec,
            folds=training.request.folds,
            repeats=training.request.repeats,
            seed=training.request.seed,
            report=training.stages.report,
            fitted=pipeline,
            rule=training.request.rule,
        )
    with training.stages.stage("examine"):
        subject = Subject(
            family=family,
            settled=settle_family(family, pipeline),
            pipeline=pipeline,
            table=training.table,
            spec=training.spec,
            whole_table=training.whole_table,
            whole_spec=training.whole_spec,
            evaluation=evaluation,
            out_of_fold=out_of_fold,
            request=training.request,
            report=training.stages.report,
        )
        examination = examine(subject)
    return Trained(family, evaluation, out_of_fold, pipeline, examination)


def compare_with(original: Original, trained: Trained, tags: Mapping[str, str], training: Training) -> Trained:
    """Add to the examination whether the predictions came out as the original's did, and what else differs."""
    from ml.report.environment import environment_text
    from ml.reproduction import hold_against, read_surroundings

    with training.stages.stage("compare"):
        now = read_surroundings(tags, environment_text())
        found = hold_against(original, trained.out_of_fold, now)
    return replace(trained, examination=replace(trained.examination, reproduction=found))
