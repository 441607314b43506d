"""The small forms of a file store: a metric's line, a folder's name, a place that was moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.filestore.artifacts import Moves, find_artifacts, name_folder
from webapp.filestore.files import read_point
from webapp.filestore.values import Point
from webapp.store.mlflow_tables import LARGEST_FLOAT


@pytest.mark.parametrize(
    ("line", "point"),
    [
        ("5 0.5", Point("k", 0.5, 5, 0, is_nan=False)),  # MLflow before 1.0
        ("5 0.5 -2", Point("k", 0.5, 5, -2, is_nan=False)),
        ("5 nan 1", Point("k", 0.0, 5, 1, is_nan=True)),
        ("5 -inf 1", Point("k", -LARGEST_FLOAT, 5, 1, is_nan=False)),
        ("5 0.5 1 iris abc123", Point("k", 0.5, 5, 1, is_nan=False)),
    ],
)
def test_a_line_of_a_metric(line: str, point: Point) -> None:
    assert read_point("k", line.split()) == point


@pytest.mark.parametrize("line", ["5", "x 1 1", "1 x 1", "1 1 x", "1 1 1.5", f"{2**63} 1 1", f"1 1 {2**63}"])
def test_what_is_no_line_of_a_metric(line: str) -> None:
    with pytest.raises(ValueError, match="no line of a metric"):
        read_point("k", line.split())


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("vision / täglich 🌱", "vision _ täglich _"),
        ("../../etc", "_.._etc"),
        ("..", "imported"),
        ("a%2Fb", "a_2Fb"),
        ("x" * 200, "x" * 60),
    ],
)
def test_an_experiments_folder_leads_nowhere_else(name: str, folder: str) -> None:
    assert name_folder(name) == folder


def test_what_lies_below_a_moved_folder_follows_it() -> None:
    moves = Moves()
    moves.note("file:///old/run/artifacts", "/new/run/artifacts")
    assert moves.follow("/old/run/artifacts/model/x") == "/new/run/artifacts/model/x"
    assert moves.follow("file:///old/run/artifacts") == "/new/run/artifacts"
    for elsewhere in ("/old/run/artifacts2", "s3://old/run/artifacts", "models:/m-1", None):
        assert moves.follow(elsewhere) == elsewhere


def test_a_relative_place_is_not_looked_for_where_the_command_runs(tmp_path: Path) -> None:
    (tmp_path / "artifacts").mkdir()
    assert find_artifacts("tests", tmp_path / "artifacts")[1] == tmp_path / "artifacts"
    assert find_artifacts("s3://bucket/x", tmp_path / "artifacts") == ("s3://bucket/x", None)
