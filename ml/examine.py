"""The examination of a trained family, to be read from top to bottom.

Is the score what it claims, how sure is one answer, for whom is it so, and why?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ml.evaluate.rules import compare_rules
from ml.examination import Examination
from ml.examination.rules import RulesReport
from ml.results import Evaluation, OutOfFold, Report, TrainingRequest
from ml.spec import DatasetSpec, Kind

if TYPE_CHECKING:
    from ml.train.family import Family


@dataclass(frozen=True)
class Subject:
    """A family as trained, with all that it was trained and evaluated on."""

    family: Family
    pipeline: Any
    """Fitted to every row of `table`."""
    table: pd.DataFrame
    spec: DatasetSpec
    """Of the columns that were used."""
    whole_table: pd.DataFrame
    """The same rows with every column, the sensitive ones too."""
    whole_spec: DatasetSpec
    evaluation: Evaluation
    out_of_fold: OutOfFold
    request: TrainingRequest
    report: Report


def examine(subject: Subject) -> Examination:
    """Examine a trained family."""
    return Examination(rules=_compare_rules(subject))


def _compare_rules(subject: Subject) -> RulesReport:
    target = subject.spec.target
    is_ordinal = target.kind is Kind.ORDINAL
    return compare_rules(subject.out_of_fold, target.categories, subject.request.rule, is_ordinal=is_ordinal)
