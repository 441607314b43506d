"""Changes to many runs, on SQLite and on PostgreSQL: all of them or none, and the history shows them at once."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from sqlalchemy import column, insert, select, table, text

from tests.builders.runs import write_alias
from tests.builders.stores import environment, mlflow_command, run, write_run, write_tag
from tests.builders.ticks import IDS, ONE, THREE, TWO, last_job, make_tools, refuse_elsewhere, write_full_run
from webapp.jobs.messages import Queue, open_queue
from webapp.jobs.queue import request_cancel
from webapp.runs.edit import actions
from webapp.runs.edit.actions import EditError
from webapp.runs.edit.protection import find_fed_versions
from webapp.runs.edit.queries import count_children, find_deletion, list_archived
from webapp.runs.edit.removal import Removed, remove_runs, write_summary
from webapp.store import mlflow_tables as mlflow
from webapp.store.projection import refresh_projection
from webapp.store.session import Store
from webapp.store.tables import archived_run, event, key, value
from webapp.store.tables import run as run_table

BY = {"user": "ada", "now": 7_000}
FOUR = "4" * 32

# In a process of its own: python -c … URL ROOT, prints what MLflow's client sees after each change
_LOOK = """
import json, sys
from pathlib import Path
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from tests.builders.ticks import last_job, make_tools
from webapp.jobs.messages import open_queue
from webapp.runs.edit import actions
from webapp.runs.edit.removal import remove_runs
from webapp.store.session import open_store
url, root, queue, one, two = sys.argv[1:]
client, store, by = MlflowClient(url, url), open_store(url), {"user": "ada", "now": 7_000}
seen = []
def look():
    try:
        run = client.get_run(one)
    except MlflowException:
        run = None
    deleted = client.search_runs(["0"], run_view_type=ViewType.DELETED_ONLY)
    data = run and [run.data.tags.get("team"), run.data.tags.get("mlflow.note.content"), run.info.lifecycle_stage]
    seen.append([data, [found.info.run_id for found in deleted]])
actions.set_tag(store, [one, two], "team", "b", **by); look()
actions.write_note(store, [one, two], "seen", is_added=True, **by); look()
actions.remove_tag(store, [one, two], "team", **by); look()
actions.archive(store, [one], **by); look()
actions.restore(store, [one], **by); look()
client.set_tag(one, "team", "c"); client.delete_run(one); look()
actions.restore(store, [one], **by); look()
client.delete_run(one)
actions.ask_deletion(store, open_queue(queue), [one], **by)
remove_runs(make_tools(store, Path(root)), last_job(store), lambda progress: None); look()
print(json.dumps(seen))
"""


@pytest.fixture
def queue(tmp_path: Path):  # noqa: ANN201
    opened = open_queue(f"sqlite:///{tmp_path / 'queue.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def root(store: Store, tmp_path: Path) -> Path:
    """The folder of the artifacts of three runs."""
    with store.write() as conn:
        for place, run_id in enumerate(IDS):
            write_full_run(conn, tmp_path / "models", run_id, f"run {place}")
    return tmp_path / "models"


def tags_of(store: Store, name: str) -> dict[str, str]:
    """What runs have for a tag, by MLflow's table; the projection has the same."""
    refresh_projection(store)
    with store.read() as conn:
        there = select(mlflow.tags.c.run_uuid, mlflow.tags.c.value).where(mlflow.tags.c.key == name)
        found = {row[0]: row[1] for row in conn.execute(there)}
        shown = (
            select(run_table.c.run_id, value.c.text)
            .join(value, value.c.run_number == run_table.c.number)
            .join(key, key.c.id == value.c.key_id)
            .where(key.c.kind == "tag", key.c.name == name)
        )
        assert {row[0]: row[1] for row in conn.execute(shown)} == {one: kept[:250] for one, kept in found.items()}
    return found


def events(store: Store) -> list[tuple[str, list[str]]]:
    """What the log tells of many runs, and which."""
    with store.read() as conn:
        rows = conn.execute(select(event).where(event.c.action.startswith("runs_")).order_by(event.c.id)).all()
    assert {row.user_name for row in rows} <= {"ada"}
    return [(row.action, json.loads(row.detail)["runs"]) for row in rows]


def shown(store: Store) -> tuple[set[str], set[str]]:
    """The runs of the history, and those that are archived."""
    refresh_projection(store)
    with store.read() as conn:
        return set(conn.scalars(select(run_table.c.run_id))), set(conn.scalars(select(archived_run.c.run_id)))


def test_a_tag_is_set_over_what_there_was(store: Store, root: Path) -> None:
    assert actions.set_tag(store, [TWO, ONE, FOUR], " team ", "b", **BY) == 2
    assert tags_of(store, "team") == {ONE: "b", TWO: "b", THREE: "a"}
    assert events(store) == [("runs_tagged", [TWO, ONE])]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("proctor.audit", "clean", "key_of_proctor"), ("a=b", "", "key_signs"), ("team", "x" * 8_001, "value_long")],
)
def test_a_tag_that_cannot_be_is_refused_before_anything_is_written(
    store: Store, root: Path, name: str, content: str, code: str
) -> None:
    with pytest.raises(EditError, match=code):
        actions.set_tag(store, IDS, name, content, **BY)
    assert tags_of(store, name) == ({} if name != "team" else dict.fromkeys(IDS, "a"))
    assert events(store) == []


def test_one_archived_run_keeps_all_from_being_tagged(store: Store, root: Path) -> None:
    actions.archive(store, [TWO], **BY)
    for change in (
        lambda: actions.set_tag(store, IDS, "team", "b", **BY),
        lambda: actions.remove_tag(store, IDS, "team", **BY),
        lambda: actions.write_note(store, IDS, "seen", is_added=True, **BY),
    ):
        with pytest.raises(EditError, match="archived") as refused:
            change()
        assert refused.value.about == ("run 1",)
    assert [action for action, _ids in events(store)] == ["runs_archived"]


def test_a_tag_is_taken_from_those_that_have_it(store: Store, root: Path) -> None:
    with store.write() as conn:
        write_tag(conn, ONE, "odd key = ü", "x")
        write_tag(conn, ONE, "proctor.family", "prior")
    assert actions.remove_tag(store, IDS, "odd key = ü", **BY) == 1
    with pytest.raises(EditError, match="no_tag"):
        actions.remove_tag(store, IDS, "odd key = ü", **BY)
    with pytest.raises(EditError, match="key_of_proctor"):
        actions.remove_tag(store, IDS, "proctor.family", **BY)
    assert events(store) == [("runs_untagged", [ONE])]


def test_a_note_is_added_or_takes_the_place_of_what_there_is(store: Store, root: Path) -> None:
    actions.write_note(store, [ONE], "first", is_added=True, **BY)
    actions.write_note(store, [ONE, TWO], "second\r\n", is_added=True, **BY)
    assert tags_of(store, "mlflow.note.content") == {ONE: "first\n\nsecond", TWO: "second"}
    actions.write_note(store, [ONE], "third", is_added=False, **BY)
    actions.write_note(store, [TWO], "", is_added=False, **BY)
    assert tags_of(store, "mlflow.note.content") == {ONE: "third"}


def test_a_note_that_grows_too_long_names_its_run_and_none_is_written(store: Store, root: Path) -> None:
    with store.write() as conn:
        write_tag(conn, TWO, "mlflow.note.content", "x" * 4_990)
    with pytest.raises(EditError, match="note_long") as refused:
        actions.write_note(store, IDS, "ten letters", is_added=True, **BY)
    assert refused.value.about == ("run 1",)
    assert set(tags_of(store, "mlflow.note.content")) == {TWO}


def test_archived_runs_leave_the_history_until_they_are_restored(store: Store, root: Path) -> None:
    assert actions.archive(store, [ONE, TWO], **BY) == 2
    assert shown(store) == ({THREE}, {ONE, TWO})
    with pytest.raises(EditError, match="is_archived"):
        actions.archive(store, [ONE], **BY)
    assert actions.restore(store, IDS, **BY) == 2
    assert shown(store) == ({*IDS}, set())
    with pytest.raises(EditError, match="is_active"):
        actions.restore(store, IDS, **BY)
    assert events(store) == [("runs_archived", [ONE, TWO]), ("runs_restored", [ONE, TWO])]


def test_assessments_that_a_run_made_go_when_it_is_archived_as_with_mlflow(store: Store, root: Path) -> None:
    row = {
        "trace_id": "t", "name": "n", "assessment_type": "feedback", "value": "1", "created_timestamp": 1,
        "last_updated_timestamp": 1, "source_type": "HUMAN", "valid": True, "is_numeric_value": False,
    }  # fmt: skip
    made = table("assessments", *map(column, [*row, "assessment_id", "assessment_metadata"]))
    with store.write() as conn:
        conn.execute(
            text("INSERT INTO trace_info (request_id, experiment_id, timestamp_ms, status) VALUES ('t', 0, 1, 'OK')")
        )
        for run_id in (ONE, TWO):
            kept = json.dumps({"other": 1, "mlflow.assessment.sourceRunId": run_id})
            conn.execute(insert(made).values(row | {"assessment_id": run_id[0], "assessment_metadata": kept}))
    actions.archive(store, [ONE], **BY)
    with store.read() as conn:
        assert conn.scalars(select(made.c.assessment_id)).all() == ["2"]


def test_what_is_gone_is_not_changed(store: Store) -> None:
    with pytest.raises(EditError, match="none_left"):
        actions.archive(store, [ONE, "\0", "x" * 300], **BY)
    assert events(store) == []


def test_archived_runs_are_paged_from_the_newest_and_those_without_a_time_come_last(store: Store) -> None:
    moments = [5, 5, None, 9, None, 7]
    with store.write() as conn:
        for place, at in enumerate(moments):
            run_id = str(place) * 32
            write_run(conn, run_id, name=f"run {place}", lifecycle_stage="deleted", deleted_time=at)
    refresh_projection(store)
    found, after = [], ""
    with store.read() as conn:
        while len(found) < 10:
            page = list_archived(conn, "", after, limit=1)
            found += [row.run_id[0] for row in page.rows]
            if page.next is None:
                break
            after = page.next
        searched = list_archived(conn, "RUN 3", "")
    assert found == ["3", "5", "1", "0", "4", "2"]
    assert ([row.name for row in searched.rows], searched.matching, searched.total) == (["run 3"], 1, 6)


def test_who_archived_a_run_is_told_where_it_was_done_here(store: Store, root: Path) -> None:
    actions.archive(store, [ONE], **BY)
    with store.write() as conn:
        conn.execute(
            text("UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = 7000 WHERE run_uuid = :id"), {"id": TWO}
        )
    refresh_projection(store)
    with store.read() as conn:
        assert {row.run_id: row.archived_by for row in list_archived(conn, "", "").rows} == {ONE: "ada", TWO: ""}


def test_children_that_were_not_ticked_are_counted_archived_or_not(store: Store, root: Path) -> None:
    with store.write() as conn:
        write_run(conn, "a" * 32)
        for child, parent in ((TWO, ONE), (THREE, ONE), (ONE, "a" * 32)):
            write_tag(conn, child, "mlflow.parentRunId", parent)
    actions.archive(store, [THREE], **BY)
    refresh_projection(store)
    with store.read() as conn:
        assert [count_children(conn, ids) for ids in ([ONE], [ONE, TWO], IDS, [TWO], ["a" * 32])] == [2, 1, 0, 0, 1]


def test_a_version_comes_from_its_run_or_from_a_source_that_names_it(store: Store, root: Path) -> None:
    sources = {1: (ONE, None, "None"), 2: (None, f"runs:/{TWO}/model", "Production"), 3: (ONE, "x", "Deleted_Internal")}
    model = {"workspace": "default", "name": "m"}
    with store.write() as conn:
        conn.execute(insert(mlflow.registered_models).values(**model))
        for version, (run_id, source, stage) in sources.items():
            row = {"version": version, "run_id": run_id, "source": source, "current_stage": stage}
            conn.execute(insert(mlflow.model_versions).values(**model, **row))
        write_alias(conn, "Challenger", 1, "m")
        write_alias(conn, "elsewhere", 1, "m")
        found = find_fed_versions(conn, IDS)
    assert [(one.version, one.run_id, one.roles) for one in found] == [
        (1, ONE, ("Challenger",)),
        (2, TWO, ("Production",)),
    ]


# ── deleting for good ────────────────────────────────────────────────────────
def ask(store: Store, queue: Queue, *ids: str) -> None:
    actions.ask_deletion(store, queue, ids, **BY)


def remove(store: Store, root: Path) -> Removed:
    """Do the last job, to its end."""
    job = last_job(store)
    removed = remove_runs(make_tools(store, root), job, lambda _progress: None)
    with store.write() as conn:
        write_summary(conn, job, removed, 9_500)
    return removed


def left(store: Store) -> set[str]:
    """Every run that any table of MLflow still tells of."""
    tables = (mlflow.runs, mlflow.metrics, mlflow.latest_metrics, mlflow.params, mlflow.tags)
    with store.read() as conn:
        return {run_id for table in tables for run_id in conn.scalars(select(table.c.run_uuid))}


def test_a_run_is_deleted_with_its_rows_and_its_folder(store: Store, queue: Queue, root: Path) -> None:
    ask(store, queue, ONE, TWO)
    assert shown(store) == ({THREE}, {ONE, TWO})
    removed = remove(store, root)
    assert (len(removed.deleted), removed.files, removed.size, removed.kept) == (2, 2, 10, ())
    assert left(store) == {THREE}
    assert shown(store) == ({THREE}, set())
    assert sorted(path.name for path in (root / "0").iterdir()) == [THREE]
    assert events(store) == [("runs_archived", [ONE, TWO]), ("runs_deleted", [ONE, TWO])]
    with store.read() as conn:
        deletion = find_deletion(conn, ONE)
    assert deletion is not None
    assert (deletion.name, deletion.user_name, deletion.at) == ("run 0", "ada", 9_000)


@pytest.mark.parametrize("moment", ["half the files", "all the files", "before the rows", "after the first"])
def test_a_job_that_was_killed_is_completed_by_doing_it_again(
    store: Store, queue: Queue, root: Path, moment: str
) -> None:
    ask(store, queue, ONE, TWO)
    job, calls = last_job(store), []

    def clock() -> int:
        calls.append(1)
        if len(calls) == (2 if moment == "after the first" else 1):
            raise KeyboardInterrupt  # what stands between the artifacts and the rows
        return 9_000

    if moment == "half the files":
        (root / "0" / ONE / "artifacts" / "deep" / "model.bin").unlink()
    elif moment == "all the files":
        shutil.rmtree(root / "0" / ONE / "artifacts")
    else:
        tools = make_tools(store, root)
        with pytest.raises(KeyboardInterrupt):
            remove_runs(type(tools)(store, tools.places, refuse_elsewhere, clock), job, lambda _progress: None)
    removed = remove(store, root)
    assert {one.run_id for one in removed.deleted} == {ONE, TWO}
    assert left(store) == {THREE}
    assert not (root / "0" / ONE).exists()


def test_a_run_that_feeds_a_champion_is_not_deleted(store: Store, queue: Queue, root: Path) -> None:
    with store.write() as conn:
        model = {"workspace": "default", "name": "m"}
        conn.execute(insert(mlflow.registered_models).values(**model))
        conn.execute(insert(mlflow.model_versions).values(**model, version=1, run_id=TWO))
        write_alias(conn, "champion", 1, "m")
    with pytest.raises(EditError, match="feeding") as refused:
        ask(store, queue, ONE, TWO)
    assert refused.value.about == ("m v1",)
    assert shown(store)[1] == set()
    with store.write() as conn:
        write_alias(conn, "none", 1, "m")
        conn.execute(text("DELETE FROM registered_model_aliases WHERE alias = 'champion'"))
    ask(store, queue, ONE, TWO)
    with store.write() as conn:
        write_alias(conn, "champion", 1, "m")
    assert remove(store, root).kept == (("run 1", "feeding", "m v1"),)
    assert left(store) == {TWO, THREE}


def test_what_cannot_be_deleted_is_kept_and_the_job_goes_on(store: Store, queue: Queue, root: Path) -> None:
    addresses = {
        ONE: "s3://bucket/0/" + ONE + "/artifacts",
        TWO: str(root),
        FOUR: str(root / "0" / THREE / "artifacts" / "deep"),
    }
    with store.write() as conn:
        write_run(conn, FOUR, name="run 3")
        for run_id, address in addresses.items():
            conn.execute(
                text("UPDATE runs SET artifact_uri = :address WHERE run_uuid = :id"), {"id": run_id, "address": address}
            )
    ask(store, queue, *IDS)
    kept = remove(store, root).kept
    assert [(name, code) for name, code, _about in kept] == [
        ("run 0", "elsewhere"),
        ("run 1", "not_own"),
        ("run 2", "shared"),
    ]
    assert left(store) == {*IDS, FOUR}
    assert (root / "0" / THREE / "artifacts" / "deep" / "model.bin").is_file()


def test_artifacts_elsewhere_are_deleted_there(store: Store, queue: Queue, root: Path) -> None:
    address, asked = f"s3://bucket/0/{ONE}/artifacts", []
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET artifact_uri = :a WHERE run_uuid = :id"), {"id": ONE, "a": address})
    ask(store, queue, ONE)
    removed = remove_runs(make_tools(store, root, asked.append), last_job(store), lambda _progress: None)
    assert (len(removed.deleted), asked) == (1, [address])
    assert (root / "0" / ONE / "artifacts").is_dir()


def test_a_run_that_was_restored_meanwhile_stays(store: Store, queue: Queue, root: Path) -> None:
    ask(store, queue, ONE)
    with pytest.raises(EditError, match="being_deleted"):
        actions.restore(store, [ONE], **BY)
    with pytest.raises(EditError, match="being_deleted"):
        ask(store, queue, ONE)
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL"))
    assert remove(store, root).kept == (("run 0", "restored", ""),)
    assert left(store) == {*IDS}
    assert (root / "0" / ONE / "artifacts" / "deep" / "model.bin").is_file()


def test_a_run_whose_deletion_was_cancelled_can_be_restored(store: Store, queue: Queue, root: Path) -> None:
    ask(store, queue, ONE)
    request_cancel(store, last_job(store).id, "ada", 8_000)
    assert actions.restore(store, [ONE], **BY) == 1


@pytest.mark.slow  # MLflow's command
def test_mlflows_gc_leaves_the_same(store: Store, queue: Queue, root: Path) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    ask(store, queue, ONE)
    remove(store, root)
    actions.archive(store, [TWO], **BY)
    done = run(
        mlflow_command("gc", "--backend-store-uri", url, "--run-ids", TWO),
        environment(url) | {"MLFLOW_TRACKING_URI": url},
    )
    assert done.returncode == 0, done.stderr
    assert left(store) == {THREE}
    assert shown(store) == ({THREE}, set())
    assert [(root / "0" / run_id / "artifacts").exists() for run_id in IDS] == [False, False, True]


@pytest.mark.slow  # MLflow's client, in a process of its own
def test_mlflows_client_sees_each_change(store: Store, root: Path, tmp_path: Path) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    queue_url = f"sqlite:///{tmp_path / 'queue.sqlite'}"
    done = run([sys.executable, "-c", _LOOK, url, str(root), queue_url, ONE, TWO], environment(url))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        [["b", None, "active"], []],
        [["b", "seen", "active"], []],
        [[None, "seen", "active"], []],
        [[None, "seen", "deleted"], [ONE]],
        [[None, "seen", "active"], []],
        [["c", "seen", "deleted"], [ONE]],
        [["c", "seen", "active"], []],
        [None, []],
    ]
