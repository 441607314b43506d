"""The examination of a trained family, to be read from top to bottom.

Is the score what it claims, how sure is one answer, for whom is it so, and why?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ml.audit.run import audit_run
from ml.evaluate.curves import draw_curves
from ml.evaluate.judged import Judged
from ml.evaluate.people import examine_people
from ml.evaluate.reasons import find_reasons
from ml.evaluate.rules import compare_rules
from ml.evaluate.uncertainty import assess_uncertainty
from ml.examination import Examination
from ml.examination.audit import AuditReport
from ml.examination.reasons import Reasons
from ml.examination.rules import RulesReport
from ml.results import Evaluation, OutOfFold, Report, TrainingRequest
from ml.spec import DatasetSpec, Kind

if TYPE_CHECKING:
    from ml.train.family import Family


@dataclass(frozen=True)
class Subject:
    """A family as trained, with all that it was trained and evaluated on."""

    family: Family
    settled: Family
    """The family with the settings that its search ended with; without a search, `family` itself."""
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
    asked = subject.request
    judged = Judged(
        subject.settled,
        subject.table,
        subject.spec,
        subject.out_of_fold,
        seed=asked.seed,
        report=subject.report,
        rule=asked.rule,
    )
    return Examination(
        audit=_audit(subject),
        curves=draw_curves(subject.out_of_fold, subject.evaluation.classes),
        rules=_compare_rules(subject),
        sure=assess_uncertainty(judged, asked.calibration),
        people=examine_people(subject.settled, subject.whole_table, subject.whole_spec, subject.out_of_fold, asked),
        reasons=_find_reasons(subject),
    )


def _audit(subject: Subject) -> AuditReport:
    return audit_run(
        subject.family, subject.table, subject.spec, subject.evaluation, subject.out_of_fold, subject.request,
        settled=subject.settled, report=subject.report,
    )  # fmt: skip


def _find_reasons(subject: Subject) -> Reasons | None:
    """Find what the answers rest on; the prior looks at no column."""
    if subject.family.name == "prior":
        return None
    return find_reasons(
        subject.settled, subject.pipeline, subject.table, subject.spec, subject.out_of_fold,
        seed=subject.request.seed, report=subject.report,
    )  # fmt: skip


def _compare_rules(subject: Subject) -> RulesReport:
    target = subject.spec.target
    is_ordinal = target.kind is Kind.ORDINAL
    return compare_rules(subject.out_of_fold, target.categories, subject.request.rule, is_ordinal=is_ordinal)
