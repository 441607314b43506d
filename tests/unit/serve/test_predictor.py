"""What the web process loads, what it refuses, and what it never imports."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from ml.rules import Decision
from ml.serve.export import export_model, table_rows
from ml.serve.predictor import CHUNK, ModelFileError, Predictor, RowError, load_predictor
from ml.serve.verifying import read_verified
from ml.settings import ROOT
from tests.builders.models import fit_pipeline, mixed_spec, mixed_table

ROW = {"colour": "red", "size": "S", "age": 20, "height": 171.5}


@pytest.fixture(scope="module")
def content() -> bytes:
    spec = mixed_spec()
    return export_model(fit_pipeline("logistic_regression", spec, mixed_table(spec)), spec)


@pytest.fixture(scope="module")
def predictor(content: bytes) -> Predictor:
    return load_predictor(content)


def test_the_file_says_what_it_takes_and_answers(predictor: Predictor) -> None:
    assert predictor.classes == ("low", "mid", "high")
    assert [column.name for column in predictor.columns] == ["colour", "size", "age", "height"]
    assert predictor.columns[0].categories == ("red", "green", "blue", "rare")
    assert (predictor.columns[2].kind, predictor.columns[2].high) == ("numeric", 100)


def test_probabilities_of_each_row_sum_to_one(predictor: Predictor) -> None:
    probabilities = predictor.predict([ROW, dict.fromkeys(ROW), ROW | {"size": "never seen", "height": None}])
    assert probabilities.shape == (3, 3)
    assert probabilities.dtype == np.float64
    assert np.allclose(probabilities.sum(axis=1), 1)


def test_a_large_batch_is_the_same_as_its_rows_one_by_one(predictor: Predictor) -> None:
    rows = table_rows(mixed_table(mixed_spec()), mixed_spec()) * (CHUNK // 300 + 2)
    together = predictor.predict(rows)
    assert len(rows) > CHUNK
    some = range(CHUNK - 20, CHUNK + 20)
    one_by_one = np.concatenate([predictor.predict([rows[i]]) for i in some])
    assert np.abs(together[list(some)] - one_by_one).max() < 1e-12


def test_no_row_gives_no_answer(predictor: Predictor) -> None:
    assert predictor.predict([]).shape == (0, 3)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("colour", "purple", "unknown_category"),
        ("colour", "RED", "unknown_category"),
        ("colour", "", "unknown_category"),
        ("colour", "\ud800", "unknown_category"),
        ("colour", 3, "not_text"),
        ("colour", True, "not_text"),
        ("colour", ["red"], "not_text"),
        ("age", "20", "not_a_number"),
        ("age", True, "not_a_number"),
        ("age", float("nan"), "not_a_number"),
        ("age", float("inf"), "not_a_number"),
        ("age", 100.5, "out_of_range"),
        ("age", -1, "out_of_range"),
        ("height", 10**400, "not_a_number"),
        ("height", {}, "not_a_number"),
    ],
)
def test_a_cell_that_cannot_be_is_named(predictor: Predictor, column: str, value: object, reason: str) -> None:
    with pytest.raises(RowError) as refused:
        predictor.predict([ROW, ROW | {column: value}])
    assert (refused.value.row, refused.value.column, refused.value.reason) == (2, column, reason)
    assert f"row 2, column '{column}'" in str(refused.value)


def test_a_bad_cell_beyond_the_first_chunk_has_its_own_number(predictor: Predictor) -> None:
    with pytest.raises(RowError, match=f"row {CHUNK + 3}, column 'size'"):
        predictor.predict([ROW] * (CHUNK + 2) + [ROW | {"size": "XXL"}])


def test_columns_are_neither_left_out_nor_invented(predictor: Predictor) -> None:
    with pytest.raises(RowError, match="row 1, column 'age': not given"):
        predictor.predict([{name: value for name, value in ROW.items() if name != "age"}])
    with pytest.raises(RowError, match="row 1, column 'weight': the model knows no such column"):
        predictor.predict([ROW | {"weight": 3}])


def test_bytes_are_checked_before_they_are_looked_at(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    sha256 = hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    assert read_verified(path, sha256) == content
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    for other in (bytes(flipped), content[:-1], content + b"\0", b"", b"another file"):
        path.write_bytes(other)
        with pytest.raises(ModelFileError, match="not the one registered"):
            read_verified(path, sha256)
    path.unlink()
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_verified(path, sha256)


def test_what_is_no_model_of_ours_is_refused(content: bytes) -> None:
    foreign = onnx.load_from_string(content)
    del foreign.metadata_props[:]
    later = onnx.load_from_string(content)
    later.metadata_props[0].value = later.metadata_props[0].value.replace('"version": 2', '"version": 3')
    strange = onnx.load_from_string(content)
    strange.metadata_props[0].value = strange.metadata_props[0].value.replace("argmax", "coin")
    for other in (b"", b"not a model", content[:500], foreign.SerializeToString()):
        with pytest.raises(ModelFileError, match="not a model file of Proctor's"):
            load_predictor(other)
    with pytest.raises(ModelFileError, match="contract version 3"):
        load_predictor(later.SerializeToString())
    with pytest.raises(ModelFileError, match="the rule 'coin', which this Proctor does not know"):
        load_predictor(strange.SerializeToString())


def test_a_file_of_the_first_version_answers_the_most_probable_class(content: bytes) -> None:
    older = onnx.load_from_string(content)
    contract = json.loads(older.metadata_props[0].value)
    del contract["rule"], contract["prior"]
    older.metadata_props[0].value = json.dumps(contract | {"version": 1})
    predictor = load_predictor(older.SerializeToString())
    assert predictor.decide(np.array([[0.2, 0.5, 0.3]])) == ("mid",)


def test_the_file_answers_by_the_rule_that_it_was_made_with() -> None:
    spec = mixed_spec()
    pipeline = fit_pipeline("prior", spec, mixed_table(spec))
    predictor = load_predictor(export_model(pipeline, spec, Decision("over_prior", (0.1, 0.3, 0.6))))
    assert predictor.decision == Decision("over_prior", (0.1, 0.3, 0.6))
    assert predictor.decide(np.array([[0.2, 0.5, 0.3], [0.1, 0.5, 0.4]])) == ("low", "mid")


def test_a_predicting_process_loads_no_training_library(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    program = (
        "import sys; from pathlib import Path; from ml.serve.predictor import load_predictor;"
        "predictor = load_predictor(Path(sys.argv[1]).read_bytes());"
        "print(predictor.predict([dict.fromkeys(c.name for c in predictor.columns)]).sum());"
        "print(sorted({'mlflow', 'sklearn', 'pandas', 'scipy', 'onnx', 'joblib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    total, loaded = done.stdout.splitlines()
    assert float(total) == pytest.approx(1)
    assert loaded == "[]"
