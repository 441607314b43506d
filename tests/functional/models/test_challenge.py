"""Champion and challenger side by side: the answer in words, and no verdict where nothing was tested."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update

from tests.builders.pages import find_faults
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

FIRST, SECOND = "1" * 32, "2" * 32
FOLDS = (0.50, 0.54, 0.52, 0.51, 0.55, 0.53, 0.50, 0.52, 0.54, 0.53)


def write_two(store: Store, settings: Settings, rise: float, *, folds: str = "f" * 64) -> None:
    """Register a champion and a challenger whose accuracy is higher by `rise` in nearly every fold."""
    others = tuple(value + rise + (0.002 if i % 2 else -0.002) for i, value in enumerate(FOLDS))
    with store.write() as conn:
        for version, (run_id, values, sha256) in enumerate(((FIRST, FOLDS, "f" * 64), (SECOND, others, folds)), 3):
            evaluation = replace(make_evaluation(), fold_metrics={"accuracy": values}, folds_sha256=sha256)
            folder = write_trained_run(conn, settings.artifact_root, run_id, evaluation)
            write_version(conn, version, run_id, b"never loaded", folder)
            conn.execute(insert(mlflow.params).values(run_uuid=run_id, key="depth", value=str(version)))
        write_alias(conn, "champion", 3)
        write_alias(conn, "challenger", 4)


@pytest.mark.parametrize(
    ("rise", "says"),
    [
        (0.0, "The challenger is not told from the champion by accuracy"),
        (0.1, "The challenger is better than the champion by accuracy"),
        (-0.1, "The challenger is worse than the champion by accuracy"),
    ],
)
def test_the_answer_comes_first_in_words(
    client: FlaskClient, store: Store, settings: Settings, rise: float, says: str
) -> None:
    write_two(store, settings, rise)
    page = client.get("/models").text
    assert f"<h2>{says}</h2>" in page
    assert find_faults(page) == []


def test_scores_cost_and_params_stand_beside_each_other(client: FlaskClient, store: Store, settings: Settings) -> None:
    write_two(store, settings, 0.1)
    page = client.get("/models").text
    assert "+0.100 [" in page
    assert "<td>12\N{NO-BREAK SPACE}B</td><td>12\N{NO-BREAK SPACE}B</td>" in page
    assert "<code>depth</code></th><td>3</td><td>4</td>" in page


def test_other_folds_are_not_tested(client: FlaskClient, store: Store, settings: Settings) -> None:
    write_two(store, settings, 0.1, folds="e" * 64)
    page = client.get("/models").text
    assert "The challenger is not tested against the champion" in page
    assert "they read different columns" in page
    assert "+0.100 [" not in page


def test_a_run_that_was_deleted_is_the_reason(client: FlaskClient, store: Store, settings: Settings) -> None:
    write_two(store, settings, 0.1)
    with store.write() as conn:
        conn.execute(update(mlflow.runs).where(mlflow.runs.c.run_uuid == SECOND).values(lifecycle_stage="deleted"))
    page = client.get("/models").text
    assert "the run of one of them was deleted" in page
    assert find_faults(page) == []
