"""What the record reads and writes in MLflow's tables, on every database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.builders.stores import write_run, write_tag
from webapp.record.actions import NoteChangedError, write_note
from webapp.record.notes import fingerprint
from webapp.record.queries import Kin, find_last_metrics, find_surroundings
from webapp.runs.edit.keys import NOTE_TAG
from webapp.runs.queries import find_run
from webapp.store.mlflow_tables import tags
from webapp.store.projection import refresh_projection
from webapp.store.tables import event

if TYPE_CHECKING:
    from webapp.store.session import Store

RUN, CHILD = "a" * 32, "b" * 32


def note_of(store: Store) -> str | None:
    with store.read() as conn:
        return conn.execute(select(tags.c.value).where(tags.c.key == NOTE_TAG)).scalar()


def test_a_note_is_written_once_and_only_over_what_was_read(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, RUN)
    write_note(store, RUN, "one\0 שלום 🙂", fingerprint(""), "ada", 1)
    assert note_of(store) == "one שלום 🙂"
    with pytest.raises(NoteChangedError):
        write_note(store, RUN, "two", fingerprint(""), "ada", 2)
    write_note(store, RUN, "two", fingerprint("one שלום 🙂"), "ada", 3)
    write_note(store, RUN, "", fingerprint("two"), "ada", 4)
    assert note_of(store) is None
    with store.read() as conn:
        assert conn.execute(select(event.c.at).order_by(event.c.id)).scalars().all() == [1, 3, 4]


def test_what_stands_around_a_run_is_found(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, RUN, name="parent")
        write_run(conn, CHILD, name="child")
        write_tag(conn, CHILD, "mlflow.parentRunId", RUN)
    refresh_projection(store)
    with store.read() as conn:
        parent, child = find_run(conn, RUN), find_run(conn, CHILD)
        assert parent
        assert child
        around = find_surroundings(conn, parent, "student_performance")
        assert (around.child_count, around.children) == (1, (Kin(CHILD, "child", "FINISHED"),))
        assert (around.experiment, around.used, around.logged, around.champion) == ("Default", (), (), None)
        assert find_surroundings(conn, child, "x").parent == Kin(RUN, "parent", "FINISHED")
        assert find_last_metrics(conn, RUN) == ()
