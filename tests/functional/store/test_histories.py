"""Histories as they are read from MLflow's tables, on every backend."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from ml.histories import list_drawn
from tests.builders.histories import BEGIN, write_history
from tests.builders.stores import write_run
from webapp.compare.curves import queries as overlays
from webapp.compare.curves.asked import Grouping
from webapp.runs.histories.queries import find_curve, list_curve_keys, stream_values
from webapp.store import mlflow_tables as mlflow
from webapp.store.session import open_store

if TYPE_CHECKING:
    from ml.charts.axes import Across
    from webapp.store.session import Store

RUN, OTHER = "a" * 32, "b" * 32


@dataclass(frozen=True)
class Named:
    """A run, as far as curves want to know it."""

    run_id: str
    name: str | None = "the same"


def _name(run_ids: list[str]) -> list[Named]:
    return [Named(run_id) for run_id in run_ids]


@pytest.fixture
def runs(store: Store) -> Store:
    with store.write() as conn:
        for run_id in (RUN, OTHER):
            write_run(conn, run_id, name=f"run {run_id[0]}")
    return store


def test_metrics_with_one_value_are_no_curves(runs: Store) -> None:
    with runs.write() as conn:
        write_history(conn, RUN, "once", [1.0])
        for key in ("Val/loss", "loss", "twice 🎉"):
            write_history(conn, RUN, key, [1.0, 2.0])
        write_history(conn, OTHER, "other", [1.0, 2.0])
    with runs.read() as conn:
        assert list_curve_keys(conn, RUN) == ("loss", "twice 🎉", "Val/loss")


def test_values_out_of_order_are_drawn_by_step_and_along_the_clock(runs: Store) -> None:
    logged = [(5, BEGIN, 5.0), (-3, BEGIN + 2, -3.0), (2, BEGIN + 1, 2.0), (2, BEGIN + 3, 2.5)]
    with runs.write() as conn:
        write_history(conn, RUN, "loss", logged)
    with runs.read() as conn:
        by_step, by_clock = find_curve(conn, RUN, "loss", "step"), find_curve(conn, RUN, "loss", "clock")
    assert by_step is not None
    assert by_clock is not None
    assert [point and point.value for point in list_drawn(by_step.stretches)] == [-3.0, 2.0, 2.5, 5.0]
    assert [point and point.value for point in list_drawn(by_clock.stretches)] == [5.0, 2.0, -3.0, 2.5]
    assert (by_step.turns, by_clock.turns) == (0, 2)


def test_what_is_not_finite_comes_back_as_it_was_logged(runs: Store) -> None:
    with runs.write() as conn:
        write_history(conn, RUN, "loss", [1.0, nan, inf, -inf, 2.0])
    with runs.read() as conn:
        curve = find_curve(conn, RUN, "loss", "step")
        assert str([point.value for point in stream_values(conn, RUN, "loss")]) == "[1.0, nan, inf, -inf, 2.0]"
    assert curve is not None
    assert (curve.nans, curve.infinities, curve.count) == (1, 2, 5)


def test_the_extremes_of_steps_and_times_do_no_harm(runs: Store) -> None:
    edge = 2**62
    with runs.write() as conn:
        for run_id in (RUN, OTHER):
            write_history(conn, run_id, "loss", [(-edge, -1, 1.0), (edge, edge, 2.0), (0, 0, 0.0)])
    with runs.read() as conn:
        curve = find_curve(conn, RUN, "loss", "step")
        strands, _thinned = overlays.find_strands(conn, _name([RUN, OTHER]), "loss", "step", None)
    assert curve is not None
    assert [point and point.step for point in list_drawn(curve.stretches)] == [-edge, 0, edge]
    assert [strand.count for strand in strands] == [3, 3]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # PostgreSQL knows how common each metric is
def test_a_curve_is_read_along_the_index_of_its_run(runs: Store) -> None:
    """Whatever SQLite's statistics, gathered from a sample, say of the primary key, which begins with the metric."""
    with runs.write() as conn:
        write_history(conn, RUN, "loss", [1.0, 2.0])
        conn.exec_driver_sql("ANALYZE")
        conn.exec_driver_sql("UPDATE sqlite_stat1 SET stat = '2000000 1000 1000 1' WHERE idx LIKE '%key_step'")
        conn.exec_driver_sql("UPDATE sqlite_stat1 SET stat = '2000000 9 9 9 1 1 1' WHERE idx LIKE '%metrics_1'")
    fresh = open_store(runs.engine.url.render_as_string(hide_password=False))
    seen: list[tuple[str, tuple[object, ...]]] = []
    event.listen(fresh.engine, "before_cursor_execute", lambda *call: seen.append((call[2], call[3])))
    with fresh.read() as conn:
        find_curve(conn, RUN, "loss", "step")
        overlays.find_strands(conn, _name([RUN, OTHER]), "loss", "step", None)
        asked = [item for item in seen if "FROM metrics" in item[0]]
        plans = [conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all() for words, values in asked]
    fresh.close()
    assert len(plans) == 4
    assert all("index_metrics_run_uuid_key_step" in plan[0][3] for plan in plans)


@pytest.mark.parametrize("across", ["step", "since", "clock"])
def test_thinned_runs_keep_their_extremes(runs: Store, monkeypatch: pytest.MonkeyPatch, across: Across) -> None:
    values = [float(step % 37) for step in range(500)]
    values[321], values[123], values[77] = 900.0, -900.0, nan
    with runs.write() as conn:
        write_history(conn, RUN, "loss", values)
        write_history(conn, OTHER, "loss", values[:50])
    with runs.read() as conn:
        named = _name([RUN, OTHER])
        whole, is_thinned = overlays.find_strands(conn, named, "loss", across, None)
        assert not is_thinned
        monkeypatch.setattr(overlays, "MOST_POINTS", 100)
        thinned, is_thinned = overlays.find_strands(conn, named, "loss", across, None)
    assert is_thinned
    assert all(len(strand.bands) <= 51 for strand in thinned)
    assert len(thinned[1].bands) > 10, "a short run has bands of its own"
    for one, other in zip(whole, thinned, strict=True):
        assert (one.count, one.nans, one.last) == (other.count, other.nans, other.last)
        assert (one.lowest, one.highest) == (other.lowest, other.highest)
        assert (one.bands[0].begin, one.bands[-1].end) == (other.bands[0].begin, other.bands[-1].end)
        assert [band.begin for band in other.bands] == sorted(band.begin for band in other.bands)


def test_runs_are_grouped_by_what_puts_several_together(runs: Store) -> None:
    third = "c" * 32
    with runs.write() as conn:
        write_run(conn, third, name="run c")
        for run_id, value, seed in ((RUN, "x", 1), (OTHER, "x", 2), (third, "y", 3)):
            write_history(conn, run_id, "loss", [1.0, 2.0])
            conn.execute(mlflow.params.insert().values(run_uuid=run_id, key="kind", value=value))
            conn.execute(mlflow.params.insert().values(run_uuid=run_id, key="seed", value=str(seed)))
            conn.execute(mlflow.tags.insert().values(run_uuid=run_id, key="mlflow.user", value=value))
    with runs.read() as conn:
        assert overlays.list_groupings(conn, [RUN, OTHER, third]) == (Grouping("params", "kind"),)
        named = _name([RUN, OTHER, third])
        strands, _thinned = overlays.find_strands(conn, named, "loss", "step", Grouping("params", "kind"))
    assert [strand.group for strand in strands] == ["x", "x", "y"]


def test_few_statements_are_made_however_many_the_runs(runs: Store) -> None:
    ids = [f"{number:08x}" * 4 for number in range(60)]
    with runs.write() as conn:
        for run_id in ids:
            write_run(conn, run_id, name="the same")
            write_history(conn, run_id, "loss", [1.0, 2.0])
    seen: list[str] = []
    with runs.read() as conn:
        event.listen(runs.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
        strands, _thinned = overlays.find_strands(conn, _name(ids), "loss", "step", None)
    assert len(strands) == 60
    assert len({strand.name for strand in strands}) == 60, "names that are shared have the id with them"
    assert sum(words.startswith("SELECT") for words in seen) == 3
