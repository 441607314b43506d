"""What a card holds, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml.examination.audit import AuditReport
from ml.examination.people import People
from ml.examination.sure import Sure
from ml.results import CleaningReport, Evaluation, Origin, TrainingRequest
from ml.spec.values import SourceSpec, Text


@dataclass(frozen=True)
class Dataset:
    """What the spec said of the dataset when the model was trained."""

    name: str
    title: Text
    notice: Text
    """What an answer may be used for."""
    row_noun: Text
    row_noun_plural: Text
    target: str
    is_ordered: bool
    features: tuple[str, ...]
    """Those that the model reads."""
    sensitive: tuple[str, ...]
    """All that are marked so, whether it reads them or not."""
    labels: Mapping[str, Text]
    """Column → what pages call it."""
    categories: Mapping[str, Mapping[str, Text]]
    """Column → category → what pages call it, where it is not called by itself."""
    source: SourceSpec | None
    spec_sha256: str


@dataclass(frozen=True)
class Making:
    """What the model was made by."""

    family: str
    request: TrainingRequest
    author: str
    """Who asked for the training, and who can be asked about it."""
    code_version: str
    versions: Mapping[str, str]


@dataclass(frozen=True)
class ModelCard:
    """One model's card. `missing` names the required parts that are not there."""

    dataset: Dataset
    making: Making
    origin: Origin
    cleaning: CleaningReport
    evaluation: Evaluation
    audit: AuditReport | None
    people: People | None
    sure: Sure | None = None
    missing: tuple[str, ...] = ()
