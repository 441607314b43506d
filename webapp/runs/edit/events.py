"""What the log of events keeps of a change to many runs, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection

from webapp.events import write_event
from webapp.runs.edit.queries import ARCHIVED, PickedRun

TAGGED, UNTAGGED, NOTED, RESTORED = "runs_tagged", "runs_untagged", "runs_noted", "runs_restored"
DELETED = "runs_deleted"
"""What a job deleted, beside one event a run (`run_deleted`)."""
LONGEST_KEPT = 200
"""Characters of a tag or a note that the log keeps."""
MOST_NAMED = 3
LONGEST_NAME = 60


def note_runs(conn: Connection, action: str, changed: Sequence[PickedRun], user: str, now: int, **more: Any) -> None:
    """Write what somebody did to some runs: the ids of all, and what people see of it in a line."""
    said = {name: cut(value, LONGEST_KEPT) if isinstance(value, str) else value for name, value in more.items()}
    detail = {"runs": [run.run_id for run in changed], "names": name_some([run.name for run in changed]), **said}
    write_event(conn, action, f"{len(changed)} runs", json.dumps(detail, ensure_ascii=False), user=user, now=now)


def name_some(names: Sequence[str]) -> list[str]:
    """The first few names, none of them long."""
    return [cut(name, LONGEST_NAME) for name in names[:MOST_NAMED]]


def list_some(names: Sequence[str], count: int) -> str:
    """Say which some of `count` runs are."""
    more = count - len(names)
    said = ", ".join(map(isolate, names))
    return f"{said} {ngettext('and %(num)s more', 'and %(num)s more', more)}" if more > 0 else said


def isolate(name: str) -> str:
    """A name by a stranger within a sentence: marks in it that turn the direction of writing end with it."""
    return name if name.isascii() else f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"


def tell_event(action: str, detail: str) -> tuple[str, str] | None:
    """What was done and to which runs, in words; None of what is no change to many runs."""
    if action not in {TAGGED, UNTAGGED, NOTED, ARCHIVED, RESTORED, DELETED}:
        return None
    kept = json.loads(detail)
    count = len(kept["runs"])
    words = {
        TAGGED: ngettext("tagged %(num)s run", "tagged %(num)s runs", count),
        UNTAGGED: ngettext("took a tag from %(num)s run", "took a tag from %(num)s runs", count),
        NOTED: ngettext("wrote the note of %(num)s run", "wrote the note of %(num)s runs", count),
        ARCHIVED: ngettext("archived %(num)s run", "archived %(num)s runs", count),
        RESTORED: ngettext("restored %(num)s run", "restored %(num)s runs", count),
        DELETED: ngettext("deleted %(num)s run for good", "deleted %(num)s runs for good", count),
    }
    return words[action], " · ".join(filter(None, (_tell_what(kept), list_some(kept["names"], count))))


def cut(text: str, longest: int) -> str:
    """A text with its end left out where it is long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _tell_what(kept: Mapping[str, Any]) -> str:
    if "key" in kept:
        return f"{kept['key']} = {kept['value']}" if "value" in kept else str(kept["key"])
    if "note" in kept:
        return _("added: %(text)s", text=kept["note"]) if kept.get("is_added") else str(kept["note"])
    return _("%(num)s could not be deleted", num=kept["kept"]) if kept.get("kept") else ""
