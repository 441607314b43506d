"""The rows that lie beside a model: what is kept, how a background is chosen, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ml.serve import keeping
from ml.serve.contract import ModelFileError
from ml.serve.export import export_model, table_rows
from ml.serve.keeping import choose_background, gather_rows, keep_rows
from ml.serve.predictor import load_predictor
from ml.serve.training_rows import read_rows
from tests.builders.models import fit_pipeline, mixed_spec, mixed_table

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from ml.serve.predictor import Predictor

SPEC = mixed_spec()
TABLE = mixed_table(SPEC)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return fit_pipeline("logistic_regression", SPEC, TABLE)


@pytest.fixture(scope="module")
def predictor(pipeline: Pipeline) -> Predictor:
    return load_predictor(export_model(pipeline, SPEC, rows_sha256="f" * 64))


def test_the_contract_names_the_file_by_its_checksum(predictor: Predictor) -> None:
    assert predictor.rows_sha256 == "f" * 64


def test_a_model_without_the_file_names_none(pipeline: Pipeline) -> None:
    assert load_predictor(export_model(pipeline, SPEC)).rows_sha256 == ""


def test_what_is_written_is_read(pipeline: Pipeline, predictor: Predictor) -> None:
    kept, _picks = gather_rows(pipeline, TABLE, SPEC, 0)
    read = read_rows(keep_rows(pipeline, TABLE, SPEC, 0), predictor.columns, predictor.classes)
    np.testing.assert_array_equal(read.cells, kept.cells)
    np.testing.assert_array_equal(read.counts, kept.counts)
    np.testing.assert_array_equal(read.background.cells, kept.background.cells)
    np.testing.assert_allclose(read.background.weights, kept.background.weights)
    assert (read.total, read.is_sample) == (len(TABLE), False)


def test_every_row_is_counted_once_in_its_class(pipeline: Pipeline, predictor: Predictor) -> None:
    kept, _picks = gather_rows(pipeline, TABLE, SPEC, 0)
    expected = TABLE[SPEC.target.name].value_counts()
    assert kept.counts.sum(axis=0).tolist() == [expected[name] for name in SPEC.target.categories]
    first = table_rows(TABLE, SPEC)[0]
    cells = predictor.encode(first)
    (place,) = np.flatnonzero(((kept.cells == cells) | (np.isnan(kept.cells) & np.isnan(cells))).all(axis=1))
    assert kept.counts[place, SPEC.target.categories.index(TABLE[SPEC.target.name].iloc[0])] >= 1


def test_encoded_rows_are_answered_as_rows_are(predictor: Predictor) -> None:
    rows = table_rows(TABLE, SPEC)
    cells = np.array([predictor.encode(row) for row in rows])
    np.testing.assert_array_equal(predictor.predict_cells(cells), predictor.predict(rows))


def test_the_background_answers_in_the_mean_as_all_rows_do(pipeline: Pipeline, predictor: Predictor) -> None:
    kept, _picks = gather_rows(pipeline, TABLE, SPEC, 0)
    weights = kept.counts.sum(axis=1) / len(TABLE)
    mean = kept.background.weights @ predictor.predict_cells(kept.background.cells)
    np.testing.assert_allclose(mean, weights @ predictor.predict_cells(kept.cells), atol=0.005)


def test_a_row_that_many_have_is_picked_as_often() -> None:
    picks = choose_background(np.eye(3), np.array([50, 30, 20]), 10)
    assert picks.tolist() == [5, 3, 2]


def test_of_too_many_rows_a_sample_is_kept(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_ROWS", 20)
    kept, _picks = gather_rows(pipeline, TABLE, SPEC, 0)
    assert (len(kept.cells), kept.is_sample) == (20, True)


def spoil(content: bytes, **changes: Any) -> bytes:
    return json.dumps(json.loads(content) | changes).encode()


def test_what_is_not_this_models_is_refused(pipeline: Pipeline, predictor: Predictor) -> None:
    good = keep_rows(pipeline, TABLE, SPEC, 0)
    for bad in (
        b"",
        b"[]",
        b"[" * 5000,
        spoil(good, background=[]),
        spoil(good, background=[[10**6, 1]]),
        spoil(good, rows=[["x"]]),
        spoil(good, version=2),
        spoil(good, columns=["other"]),
        spoil(good, classes=["a", "b"]),
        spoil(good, counts=[[1, 2, 3]]),
    ):
        with pytest.raises(ModelFileError):
            read_rows(bad, predictor.columns, predictor.classes)
