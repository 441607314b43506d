"""Which parts a card must have before its model may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ml.report.card.values import ModelCard

_RIVALS = {"prior", "single_column"}


def _has_use(card: ModelCard) -> bool:
    return bool(card.dataset.notice.en.strip() and card.dataset.notice.es.strip())


def _has_data(card: ModelCard) -> bool:
    return bool(card.origin.content_sha256 and card.cleaning.clean_rows)


def _has_figures(card: ModelCard) -> bool:
    """Whether the accuracy stands in company."""
    return "accuracy" in card.evaluation.metrics and card.evaluation.baselines.keys() >= _RIVALS


def _has_classes(card: ModelCard) -> bool:
    return card.evaluation.classification_report.per_class.keys() >= set(card.evaluation.classes)


def _has_groups(card: ModelCard) -> bool:
    """Whether each sensitive column is looked at, where there is one."""
    looked_at = {slicing.columns for slicing in card.people.slices} if card.people else set()
    return all((name,) in looked_at for name in card.dataset.sensitive)


def _has_audit(card: ModelCard) -> bool:
    return card.audit is not None and bool(card.audit.checks)


def _has_making(card: ModelCard) -> bool:
    return bool(card.making.family and card.making.versions)


def _has_author(card: ModelCard) -> bool:
    return bool(card.making.author.strip())


PARTS: Mapping[str, Callable[[ModelCard], bool]] = MappingProxyType(
    {
        "use": _has_use,
        "data": _has_data,
        "figures": _has_figures,
        "classes": _has_classes,
        "groups": _has_groups,
        "audit": _has_audit,
        "making": _has_making,
        "author": _has_author,
    }
)
"""What tells whether a part is there, by the part's code; without any of them a model may not answer."""


def find_missing(card: ModelCard) -> tuple[str, ...]:
    """Name the required parts that `card` lacks."""
    return tuple(part for part in PARTS if not PARTS[part](card))
