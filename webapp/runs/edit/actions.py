"""What admins do to many runs: each one transaction on MLflow's own tables, beside the record of who did what.

Runs that are gone are passed over; of the others all are changed, or none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.jobs.messages import Queue
from webapp.jobs.queue import Job, insert_job, lock_queue
from webapp.runs.edit.events import NOTED, RESTORED, TAGGED, UNTAGGED, name_some, note_runs
from webapp.runs.edit.keys import (
    LONGEST_NOTE,
    LONGEST_VALUE,
    NOTE_TAG,
    find_key_fault,
    find_owner,
    tidy_text,
)
from webapp.runs.edit.protection import find_fed_versions
from webapp.runs.edit.queries import ARCHIVED, DELETION, Picked, PickedRun, find_being_deleted, find_picked
from webapp.runs.edit.tables import assessments
from webapp.store.mlflow_tables import runs, tags
from webapp.store.session import Store


class EditError(ValueError):
    """Nothing is changed; `code` says why, `about` names what it is about."""

    def __init__(self, code: str, about: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.about = tuple(about)


def set_tag(store: Store, ids: Sequence[str], key: str, value: str, *, user: str, now: int) -> int:
    """Set a tag on every run, and return on how many.

    Raises
    ------
    EditError
        `key_…` and `value_long` where MLflow takes no such tag or it is not people's; `none_left`, `archived`.
    """
    key, value = key.strip(), tidy_text(value)
    if fault := find_key_fault(key):
        raise EditError(fault)
    if len(value) > LONGEST_VALUE:
        raise EditError("value_long")
    with store.write() as conn:
        changed = _lock_active(conn, ids)
        _write_tags(conn, key, dict.fromkeys((run.run_id for run in changed), value))
        note_runs(conn, TAGGED, changed, user, now, key=key, value=value)
    return len(changed)


def remove_tag(store: Store, ids: Sequence[str], key: str, *, user: str, now: int) -> int:
    """Take a tag away from the runs that have it, and return how many had.

    Raises
    ------
    EditError
        `key_empty`, or whose own the key is; `no_tag` where no run has it; `none_left`, `archived`.
    """
    if fault := (find_owner(key) if key else "key_empty"):
        raise EditError(fault)
    with store.write() as conn:
        found = _lock_active(conn, ids)
        is_it = (tags.c.key == key.replace("\0", ""), tags.c.run_uuid.in_([run.run_id for run in found]))
        having = set(conn.scalars(select(tags.c.run_uuid).where(*is_it)))
        if not having:
            raise EditError("no_tag", [key])
        conn.execute(delete(tags).where(*is_it))
        note_runs(conn, UNTAGGED, [run for run in found if run.run_id in having], user, now, key=key)
    return len(having)


def write_note(store: Store, ids: Sequence[str], typed: str, *, is_added: bool, user: str, now: int) -> int:
    """Write the note of every run, in place of what it has or below it; an empty one in its place takes it away.

    Raises
    ------
    EditError
        `note_empty` where nothing is to be added, `note_long` with the runs whose note would be; `none_left`,
        `archived`.
    """
    text = tidy_text(typed)
    if is_added and not text:
        raise EditError("note_empty")
    if len(text) > LONGEST_NOTE:
        raise EditError("note_long")
    with store.write() as conn:
        changed = _lock_active(conn, ids)
        is_its = (tags.c.key == NOTE_TAG, tags.c.run_uuid.in_([run.run_id for run in changed]))
        query = select(tags.c.run_uuid, tags.c.value).where(*is_its)
        before = {run_id: kept for run_id, kept in conn.execute(query)}  # noqa: C416 - of rows, not of pairs
        notes = {run.run_id: _add(before.get(run.run_id), text) if is_added else text for run in changed}
        if too_long := [run.name for run in changed if len(notes[run.run_id]) > LONGEST_NOTE]:
            raise EditError("note_long", too_long)
        if text:
            _write_tags(conn, NOTE_TAG, notes)
        else:
            conn.execute(delete(tags).where(*is_its))
        note_runs(conn, NOTED, changed, user, now, note=text, is_added=is_added)
    return len(changed)


def archive(store: Store, ids: Sequence[str], *, user: str, now: int) -> int:
    """Archive the runs that are not archived yet, as MLflow's client deletes them, and return how many.

    Raises
    ------
    EditError
        `none_left`; `is_archived` where there is nothing to do.
    """
    with store.write() as conn:
        changed = [run for run in _lock(conn, ids).runs if not run.is_archived]
        if not changed:
            raise EditError("is_archived")
        _archive(conn, changed, user, now)
    return len(changed)


def restore(store: Store, ids: Sequence[str], *, user: str, now: int) -> int:
    """Restore the runs that are archived, and return how many.

    Raises
    ------
    EditError
        `none_left`; `is_active` where there is nothing to do; `being_deleted` where a job is about to delete one.
    """
    with store.write() as conn:
        changed = _lock(conn, ids).archived
        if not changed:
            raise EditError("is_active")
        _check_no_job(conn, changed)
        is_one = runs.c.run_uuid.in_([run.run_id for run in changed])
        conn.execute(update(runs).where(is_one).values(lifecycle_stage="active", deleted_time=None))
        note_runs(conn, RESTORED, changed, user, now)
    return len(changed)


def ask_deletion(store: Store, queue: Queue, ids: Sequence[str], *, user: str, now: int) -> Job:
    """Archive the runs, and queue the job that deletes them for good.

    Raises
    ------
    EditError
        `none_left`; `being_deleted`; `feeding` with the versions for whose sake a run is kept.
    """
    with store.write() as conn:
        lock_queue(conn)
        picked = _lock(conn, ids)
        _check_no_job(conn, picked.runs)
        if feeding := [str(version) for version in find_fed_versions(conn, picked.ids) if version.roles]:
            raise EditError("feeding", feeding)
        if active := [run for run in picked.runs if not run.is_archived]:
            _archive(conn, active, user, now)
        names = name_some([run.name for run in picked.runs])
        params = {"run_ids": list(picked.ids), "names": names, "count": len(picked.runs)}
        added = insert_job(conn, DELETION, params, user, now)
    queue.wake()
    return added


def _lock(conn: Connection, ids: Sequence[str]) -> Picked:
    """Find the runs, and keep others from changing or deleting them until the transaction ends."""
    known = [run_id for run_id in ids if "\0" not in run_id]
    conn.execute(
        select(runs.c.run_uuid).where(runs.c.run_uuid.in_(known)).order_by(runs.c.run_uuid).with_for_update()
    ).all()
    picked = find_picked(conn, ids)
    if not picked.runs:
        raise EditError("none_left")
    return picked


def _lock_active(conn: Connection, ids: Sequence[str]) -> tuple[PickedRun, ...]:
    """Find the runs, none of which may be archived: MLflow changes no tag of such a run."""
    picked = _lock(conn, ids)
    if picked.archived:
        raise EditError("archived", [run.name for run in picked.archived])
    return picked.runs


def _check_no_job(conn: Connection, changed: Sequence[PickedRun]) -> None:
    if busy := find_being_deleted(conn, [run.run_id for run in changed]):
        raise EditError("being_deleted", [run.name for run in changed if run.run_id in busy])


def _write_tags(conn: Connection, key: str, values: Mapping[str, str]) -> None:
    insert = postgresql.insert(tags) if conn.dialect.name == "postgresql" else sqlite.insert(tags)
    write = insert.on_conflict_do_update(index_elements=["key", "run_uuid"], set_={"value": insert.excluded.value})
    conn.execute(write, [{"key": key, "run_uuid": run_id, "value": value} for run_id, value in values.items()])


def _add(before: str | None, text: str) -> str:
    return f"{before}\n\n{text}" if before else text


def _archive(conn: Connection, changed: Sequence[PickedRun], user: str, now: int) -> None:
    """Do what MLflow does: it deletes the assessments of traces that a run made, which no restoring brings back."""
    ids = [run.run_id for run in changed]
    conn.execute(update(runs).where(runs.c.run_uuid.in_(ids)).values(lifecycle_stage="deleted", deleted_time=now))
    if conn.execute(select(literal(1)).select_from(assessments).limit(1)).first() is not None:
        for run_id in ids:
            mark = f"{json.dumps('mlflow.assessment.sourceRunId')}: {json.dumps(run_id)}"
            conn.execute(delete(assessments).where(assessments.c.assessment_metadata.contains(mark, autoescape=True)))
    note_runs(conn, ARCHIVED, changed, user, now)
