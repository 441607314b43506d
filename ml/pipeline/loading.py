"""What a training starts from: the family and the table that were asked for, and whether the two go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ml.clean import CleanedTable, drop_repeats
from ml.pipeline.preparing import obtain_clean
from ml.pipeline.stages import Stages
from ml.results import Origin, TrainingRequest
from ml.rules import RuleError, check_rule
from ml.settings import Settings
from ml.spec import DatasetSpec, Kind, load_spec

if TYPE_CHECKING:
    from ml.train.family import Family


@dataclass(frozen=True)
class Training:
    """What was asked for and the table that it is done on. `spec` and `table` have only the columns that are used."""

    settings: Settings
    request: TrainingRequest
    stages: Stages
    spec: DatasetSpec
    origin: Origin
    cleaned: CleanedTable
    table: pd.DataFrame
    whole_spec: DatasetSpec
    whole_table: pd.DataFrame
    """The rows of `table` with every column, those that are left out too."""


def find_asked_family(request: TrainingRequest) -> Family:
    """Return the family, calibrated or with a search in front where that is asked for.

    Raises
    ------
    UnknownFamilyError, CalibrationError, SearchError
        Where there is no such family, or it cannot be trained so.
    """
    from ml.train import SearchError, calibrate_family, find_family, search_within

    if request.is_tuned and request.calibration != "none":
        raise SearchError("a family is either searched or calibrated: leave one of the two out")
    family = calibrate_family(find_family(request.family), request.calibration)
    return search_within(family) if request.is_tuned else family


def load_training(settings: Settings, request: TrainingRequest, stages: Stages) -> Training:
    """Obtain and clean the dataset, and leave out what the request leaves out."""
    full = load_spec(settings.spec_path)
    raw, cleaned = obtain_clean(full, settings, stages)
    spec = full if request.with_sensitive else full.without_sensitive()
    whole = drop_repeats(cleaned.table) if request.drop_repeats else cleaned.table
    table = whole[[spec.target.name, *spec.feature_names]]
    return Training(settings, request, stages, spec, raw.origin, cleaned, table, full, whole)


def check_trainable(family: Family, training: Training) -> None:
    """See that the family suits the target and the table can be split as asked: hopeless trainings leave no failed run.

    Raises
    ------
    EvaluationError
        Where it cannot.
    """
    from ml.evaluate.splits import (
        EvaluationError,
        check_split,
        find_groups,
        read_labels,
    )

    try:
        check_rule(training.request.rule, is_ordinal=training.spec.target.kind is Kind.ORDINAL)
    except RuleError as error:
        raise EvaluationError(str(error)) from error
    if not family.suits(training.spec):
        raise EvaluationError(
            f"the family {family.name!r} needs classes that are in order, but the spec says that"
            f" {training.spec.target.name!r} is nominal: choose another family, or make it ordinal"
        )
    labels = read_labels(training.table, training.spec)
    groups = find_groups(training.table[list(training.spec.feature_names)])
    check_split(labels, groups, training.spec.target.categories, training.request.folds, training.request.repeats)
