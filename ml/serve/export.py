"""Turn a fitted pipeline into the bytes that are served, and prove that they answer as it does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.evaluate import align_probabilities
from ml.evaluate.rules import class_shares
from ml.examination.sure import ConformalSets
from ml.rules import Decision, suited_rules
from ml.serve.contract import CONTRACT_VERSION
from ml.serve.encoding import ExportError, rows_frame
from ml.serve.graph import build_graph
from ml.serve.loading import load_model
from ml.serve.predictor import CONTRACT_KEY
from ml.spec import Column, DatasetSpec, Kind

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-5
TIE = 1e-7
"""Probability that rounding to 32 bits, as trees in a graph have it, may move from one class to another."""
RANDOM_ROWS = 256
_MISSING_SHARE = 0.15
_MOST_PROBABLE = Decision()


class ParityError(ExportError):
    """The graph answers other than the pipeline it was made from."""


@dataclass(frozen=True)
class Parity:
    """How far the graph is from the pipeline on `rows` rows; `largest` is a difference of probabilities."""

    rows: int
    largest: float


def export_model(
    pipeline: Any,
    spec: DatasetSpec,
    decision: Decision = _MOST_PROBABLE,
    sets: ConformalSets | None = None,
    rows_sha256: str = "",
) -> bytes:
    """Return the ONNX file of a fitted pipeline, its contract inside: what it takes, and how it answers.

    The contract has what conformal sets need where they are known, and the sha256 of the file of training rows that
    lies beside this one, if one does.

    Raises
    ------
    ExportError
        Where some step of the pipeline cannot be written exactly.
    """
    model = build_graph(pipeline, spec)
    entry = model.metadata_props.add()
    entry.key = CONTRACT_KEY
    entry.value = json.dumps(describe_contract(spec, decision, sets, rows_sha256))
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def describe_contract(
    spec: DatasetSpec, decision: Decision, sets: ConformalSets | None, rows_sha256: str
) -> dict[str, Any]:
    """Say what a model takes and how it answers, as `ml.serve.contract.read_contract` reads it."""
    contract: dict[str, Any] = {
        "version": CONTRACT_VERSION,
        "classes": spec.target.categories,
        "columns": [_column_entry(column) for column in spec.features],
        "rule": decision.rule,
        "prior": decision.prior,
    }
    if sets is not None:
        contract["conformal"] = {"level": sets.level, "least": [sets.least[name] for name in spec.target.categories]}
    if rows_sha256:
        contract["training_rows"] = rows_sha256
    return contract


def _column_entry(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": str(column.kind),
        "categories": column.categories,
        "low": column.low,
        "high": column.high,
    }


def check_parity(content: bytes, pipeline: Any, table: pd.DataFrame, spec: DatasetSpec, seed: int) -> Parity:
    """Compare the served bytes with the pipeline on every row of `table` and on random valid rows.

    Raises
    ------
    ParityError
        Where a probability differs by more than `TOLERANCE`, or is no number, or another class is named by any of the
        rules that suit the target.
    """
    rows = [*table_rows(table, spec), *random_rows(spec, np.random.default_rng(seed), RANDOM_ROWS)]
    served = load_model(content).predict(rows)
    expected = align_probabilities(
        pipeline.predict_proba(rows_frame(rows, spec)), pipeline.classes_, spec.target.categories
    )
    differences = np.abs(served - expected)
    largest = float(differences.max())
    if not largest <= TOLERANCE:
        worst = int(np.nanargmax(differences.max(axis=1))) if np.isfinite(largest) else 0
        raise ParityError(
            f"the exported model differs from the trained one by {largest:.2g} (allowed {TOLERANCE:g}),"
            f" first of all in row {worst + 1} of {len(rows)}"
        )
    truth = pd.Categorical(table[spec.target.name], categories=list(spec.target.categories)).codes
    prior = class_shares(truth.astype(np.int64), len(spec.target.categories))
    for rule in suited_rules(is_ordinal=spec.target.kind is Kind.ORDINAL):
        _check_classes(served, expected, Decision(rule, prior))
    return Parity(len(rows), largest)


def _check_classes(served: Floats, expected: Floats, decision: Decision) -> None:
    """See that both name the same classes, but for ties: where `TIE` from one class to the other changes the answer."""
    named, wanted = decision.decide(served), decision.decide(expected)
    others = np.flatnonzero(named != wanted)
    moved = expected[others]
    moved[np.arange(len(others)), wanted[others]] -= TIE
    moved[np.arange(len(others)), named[others]] += TIE
    wrong = others[decision.decide(moved) != named[others]] if len(others) else others
    if len(wrong):
        raise ParityError(
            f"the exported model names another class than the trained one in {len(wrong)} of {len(served)} rows by the"
            f" rule {decision.rule!r}, first of all in row {wrong[0] + 1}"
        )


def table_rows(table: pd.DataFrame, spec: DatasetSpec) -> list[dict[str, Any]]:
    """Return the feature cells of a clean table as the predictor takes them: None where missing."""
    features = table[list(spec.feature_names)].astype(object)
    records = features.where(features.notna(), None).to_dict(orient="records")
    return [{str(name): cell for name, cell in record.items()} for record in records]


def random_rows(spec: DatasetSpec, random: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Draw valid rows, every column on its own, with some cells missing; the first row misses all."""
    columns = {column.name: _random_cells(column, random, count) for column in spec.features}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return [dict.fromkeys(columns), *rows[1:]]


def _random_cells(column: Column, random: np.random.Generator, count: int) -> list[Any]:
    if column.kind is Kind.NUMERIC:
        low = 0.0 if column.low is None else column.low
        high = low + 100.0 if column.high is None else column.high
        drawn = random.uniform(low, high, count)
        values = np.where(random.random(count) < 0.5, np.clip(drawn.round(), low, high), drawn).tolist()  # noqa: PLR2004 - half are whole: thresholds lie there
    else:
        values = [column.categories[code] for code in random.integers(len(column.categories), size=count)]
    missing = random.random(count) < _MISSING_SHARE
    return [None if is_missing else value for value, is_missing in zip(values, missing, strict=True)]
