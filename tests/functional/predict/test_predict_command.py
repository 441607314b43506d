"""`python -m ml predict`: the command line's twin of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from click.testing import CliRunner

from ml.commands.predict import command
from tests.builders.apart import fit_unwritten, keep_apart
from tests.builders.tables import student_spec, student_table

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [column.name for column in student_spec().features]
GOOD = [column.categories[0] for column in student_spec().features]


@pytest.fixture
def model(tmp_path: Path, contents: tuple[bytes, bytes]) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(contents[0])
    return path


def test_a_file_is_answered_beside_itself(tmp_path: Path, model: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text(f"{','.join(NAMES)}\n{','.join(GOOD)}\n")
    done = CliRunner().invoke(command, [str(table), "--model", str(model)])
    assert done.exit_code == 0, done.output
    found = pd.read_csv(tmp_path / "rows.predictions.csv")
    assert found["prediction"][0] in student_spec().target.categories
    assert found["model_version"][0].startswith("sha256 ")


def test_a_model_that_is_answered_apart_is_given_like_any_other(tmp_path: Path) -> None:
    spec, table, model = student_spec(), tmp_path / "rows.csv", tmp_path / "model.skops"
    pipeline = fit_unwritten(student_table().table, spec)
    model.write_bytes(keep_apart(pipeline, spec))
    table.write_text(f"{','.join(NAMES)}\n{','.join(GOOD)}\n")
    done = CliRunner().invoke(command, [str(table), "--model", str(model)])
    assert done.exit_code == 0, done.output
    found = pd.read_csv(tmp_path / "rows.predictions.csv")
    assert found["prediction"][0] == pipeline.predict(pd.DataFrame([GOOD], columns=NAMES, dtype=object))[0]


def test_bad_rows_are_told_and_nothing_is_written(tmp_path: Path, model: Path) -> None:
    table, output = tmp_path / "rows.csv", tmp_path / "out.parquet"
    table.write_text(f"{','.join(NAMES)}\nnobody,{','.join(GOOD[1:])}\n")
    done = CliRunner().invoke(command, [str(table), "--model", str(model), "-o", str(output)])
    assert done.exit_code == 1
    assert f"row 1, column '{NAMES[0]}'" in done.output
    assert not output.exists()


def test_what_is_no_table_ends_in_one_line(tmp_path: Path, model: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("a,b\n1,2\n")
    done = CliRunner().invoke(command, [str(table), "--model", str(model)])
    assert done.exit_code == 2
    assert done.output.count("\n") == 1
