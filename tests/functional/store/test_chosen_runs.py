"""Runs found by their ids or by how those begin, on either database."""

from __future__ import annotations

import math

from sqlalchemy import update

from tests.builders.stores import write_metric, write_run, write_tag
from tests.builders.tried_runs import name_run, write_tried_runs
from webapp.compare.runs.queries import Missing, find_chosen
from webapp.store.mlflow_tables import runs
from webapp.store.projection import refresh_projection
from webapp.store.session import Store

ODD = "e" * 32


def test_many_are_found_whole_in_the_order_asked_for(store: Store) -> None:
    with store.write() as conn:
        ids = write_tried_runs(conn, 230)
        write_run(conn, ODD)
        write_tag(conn, ODD, "mlflow.user", "ada")
        write_tag(conn, ODD, "team", "")
        write_metric(conn, ODD, "low", -1.7976931348623157e308)
        write_metric(conn, ODD, "none", 0, is_nan=True)
        conn.execute(update(runs).where(runs.c.run_uuid == ids[7]).values(lifecycle_stage="deleted"))
    refresh_projection(store)
    asked = [ids[5], ODD[:8], *(run_id[:8] for run_id in ids[:220] if run_id != ids[5]), name_run(999), "Nobody’s"]
    with store.read() as conn:
        found = find_chosen(conn, asked)
    assert [run.row.run_id for run in found.runs[:3]] == [ids[5], ODD, ids[0]]
    assert len(found.runs) == 220
    assert (found.runs[0].params["C"], found.runs[0].metrics["log_loss"]) == ("100", 2 - 0.50005)
    assert found.runs[1].tags == {"team": ""}
    assert found.runs[1].metrics["low"] == -math.inf
    assert math.isnan(found.runs[1].metrics["none"])
    assert set(found.missing) == {
        Missing(ids[7][:8], "deleted"),
        Missing(name_run(999), "gone"),
        Missing("Nobody’s", "gone"),
    }
    assert found.clear[ids[5]] == ids[5][:8]
