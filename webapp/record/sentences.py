"""What somebody did to one run's note, in words."""

from __future__ import annotations

import json

from flask_babel import gettext as _

from webapp.record.actions import NOTED
from webapp.runs.edit.events import LONGEST_KEPT, cut


def tell_note(action: str, subject: str, detail: str) -> tuple[str, str] | None:
    """What was done to which run's note, and how the note begins since; None of what is no such event."""
    if action != NOTED:
        return None
    after, run_id = json.loads(detail)["after"], subject.removeprefix("run ")[:8]
    words = _("wrote the note of run %(id)s", id=run_id) if after else _("deleted the note of run %(id)s", id=run_id)
    return words, cut(after, LONGEST_KEPT)
