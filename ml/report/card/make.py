"""From a training's results to its card."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ml.examination import Examination
from ml.report.card.parts import find_missing
from ml.report.card.values import Dataset, Making, ModelCard
from ml.results import CleaningReport, Evaluation, Origin, TrainingRequest
from ml.spec import DatasetSpec, Kind


def make_card(  # noqa: PLR0913 - a card is all of these side by side
    *,
    spec: DatasetSpec,
    request: TrainingRequest,
    origin: Origin,
    cleaning: CleaningReport,
    evaluation: Evaluation,
    examination: Examination,
    author: str,
    code_version: str,
    versions: Mapping[str, str],
) -> ModelCard:
    """Put the card together, and name the required parts that are missing.

    Parameters
    ----------
    spec
        With every column; those that the model does not read are taken out by `request`.
    """
    card = ModelCard(
        dataset=_describe_dataset(spec, request),
        making=Making(request.family, request, author, code_version, versions),
        origin=origin,
        cleaning=dataclasses.replace(cleaning, rejected=(), repeat_groups=(), unknown_values={}),
        evaluation=dataclasses.replace(evaluation, fold_metrics={}),
        audit=examination.audit,
        people=examination.people,
        sure=examination.sure,
    )
    return dataclasses.replace(card, missing=find_missing(card))


def _describe_dataset(spec: DatasetSpec, request: TrainingRequest) -> Dataset:
    used = spec if request.with_sensitive else spec.without_sensitive()
    return Dataset(
        name=spec.name,
        title=spec.title,
        notice=spec.notice,
        row_noun=spec.row_noun,
        row_noun_plural=spec.row_noun_plural,
        target=spec.target.name,
        is_ordered=spec.target.kind is Kind.ORDINAL,
        features=used.feature_names,
        sensitive=spec.sensitive_names,
        labels={column.name: column.label for column in spec.columns},
        categories={column.name: column.category_labels for column in spec.columns if column.category_labels},
        source=spec.source,
        spec_sha256=spec.sha256,
    )
