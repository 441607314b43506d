"""Why a row is answered as it is, what would change that, and what became of rows like it: as numbers, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ml.serve.contract import Row
from webapp.champion import Champion
from webapp.current import current_spec
from webapp.predict.explained.findings import Findings, find_out
from webapp.predict.explained.rows import find_training_rows

if TYPE_CHECKING:
    from ml.serve.alike import Alike, Group
    from ml.serve.explain import Why
    from ml.serve.predictor import Predictor
    from ml.serve.whatif import Change, Outcome, Search

MOST_ROWS = 100
COST = 100
"""As how many requests an explained row is counted: it takes 9 ms of CPU for a logistic regression, 84 for a forest."""


def explain_rows(champion: Champion, rows: Sequence[Row], *, with_sensitive: bool) -> list[dict[str, Any]]:
    """Explain each row's answer by the champion; the values are those of the page of an answer."""
    predictor, known = champion.predictor, find_training_rows(champion)
    return [
        _document(find_out(predictor, row, current_spec(), known, with_sensitive=with_sensitive), predictor)
        for row in rows
    ]


def _document(found: Findings, predictor: Predictor) -> dict[str, Any]:
    return {
        **(_document_why(found.why, predictor) if found.why else {"base": None, "contributions": None, "errors": None}),
        "what_if": [_document_outcome(outcome, predictor) for outcome in found.outcomes],
        "smallest_changes": _document_search(found.search, predictor),
        "alike": _document_alike(found.alike, predictor) if found.alike else None,
    }


def _document_why(why: Why, predictor: Predictor) -> dict[str, Any]:
    """Of each class: its base rate, and what each column adds to it on the way to the answer."""
    names = [column.name for column in predictor.columns]
    by_class = [_by_class(pushes, predictor) for pushes in why.pushes.tolist()]
    errors = None if why.errors is None else [_by_class(row, predictor) for row in why.errors.tolist()]
    return {
        "base": _by_class(why.base.tolist(), predictor),
        "contributions": dict(zip(names, by_class, strict=True)),
        "errors": dict(zip(names, errors, strict=True)) if errors else None,
    }


def _document_outcome(outcome: Outcome, predictor: Predictor) -> dict[str, Any]:
    ((name, value),) = _by_column(outcome.changes, predictor).items()
    return {
        "column": name,
        "value": value,
        "class": predictor.classes[outcome.place],
        "probabilities": _by_class(outcome.shares.tolist(), predictor),
    }


def _document_search(search: Search, predictor: Predictor) -> dict[str, Any]:
    """Of each other class the fewest changes that lead there; none of `most_changed` or fewer where there is no way."""
    return {
        "most_changed": search.changed,
        "is_exhaustive": search.is_whole,
        "classes": {
            predictor.classes[reach.place]: {
                "found": reach.found,
                "ways": [
                    {
                        "changes": _by_column(way.changes, predictor),
                        "probability": float(way.shares[reach.place]),
                    }
                    for way in reach.ways
                ],
            }
            for reach in search.reaches
        },
    }


def _document_alike(alike: Alike, predictor: Predictor) -> dict[str, Any]:
    return {
        "groups": [{"distance": group.distance} | _count(group, predictor) for group in alike.groups],
        "everybody": _count(alike.everybody, predictor),
        "is_sample": alike.is_sample,
    }


def _count(group: Group, predictor: Predictor) -> dict[str, Any]:
    classes: dict[str, Any] = {}
    for place, (name, count) in enumerate(zip(predictor.classes, group.counts, strict=True)):
        low, high = group.interval(place)
        classes[name] = {"count": count, "share": count / group.rows, "low": low, "high": high}
    return {"rows": group.rows, "classes": classes}


def _by_class(values: Sequence[float], predictor: Predictor) -> Mapping[str, float]:
    return dict(zip(predictor.classes, values, strict=True))


def _by_column(changes: Sequence[Change], predictor: Predictor) -> Mapping[str, str | float]:
    """Changes as a caller would write them into a row."""
    named: dict[str, str | float] = {}
    for change in changes:
        column = predictor.columns[change.column]
        named[column.name] = change.cell if column.is_numeric else column.categories[int(change.cell)]
    return named
