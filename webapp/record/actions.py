"""Writing a run's note: one transaction on MLflow's own tag, beside the record of who wrote what."""

from __future__ import annotations

import json

from sqlalchemy import Connection, delete, insert, select, update

from webapp.events import write_event
from webapp.record.notes import fingerprint
from webapp.runs.edit.keys import LONGEST_NOTE, NOTE_TAG, tidy_text
from webapp.store.mlflow_tables import runs, tags
from webapp.store.session import Store

NOTED = "note"
"""What the log of events calls it when somebody writes a run's note."""


class NoteTooLongError(ValueError):
    """The note has more characters than MLflow keeps."""


class NoteChangedError(ValueError):
    """Somebody else changed the note meanwhile; `text` is what it is now."""

    def __init__(self, text: str) -> None:
        super().__init__("the note was changed meanwhile")
        self.text = text


class NoSuchRunError(ValueError):
    """There is no such run, or it was deleted."""


def write_note(store: Store, run_id: str, typed: str, made_from: str, user: str, now: int) -> None:
    """Write a run's note; an empty one takes it away. `made_from` is the fingerprint of the text that was edited.

    Raises
    ------
    NoteTooLongError, NoteChangedError, NoSuchRunError
        And nothing is written.
    """
    text = tidy_text(typed)
    if len(text) > LONGEST_NOTE:
        raise NoteTooLongError
    with store.write() as conn:
        _lock_run(conn, run_id)
        is_its = (tags.c.run_uuid == run_id, tags.c.key == NOTE_TAG)
        before = conn.execute(select(tags.c.value).where(*is_its).with_for_update()).scalar()
        if fingerprint(before or "") != made_from:
            raise NoteChangedError(before or "")
        if text == (before or ""):
            return
        if not text:
            conn.execute(delete(tags).where(*is_its))
        elif before is None:
            conn.execute(insert(tags).values(run_uuid=run_id, key=NOTE_TAG, value=text))
        else:
            conn.execute(update(tags).where(*is_its).values(value=text))
        detail = json.dumps({"before": before or "", "after": text}, ensure_ascii=False)
        write_event(conn, NOTED, f"run {run_id}", detail, user=user, now=now)


def _lock_run(conn: Connection, run_id: str) -> None:
    """Keep others of us from writing to the run, and MLflow from deleting it, until the transaction ends."""
    is_active = (runs.c.run_uuid == run_id, runs.c.lifecycle_stage == "active")
    if conn.execute(select(runs.c.run_uuid).where(*is_active).with_for_update()).scalar() is None:
        raise NoSuchRunError
