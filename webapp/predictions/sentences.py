"""What people did to the log of predictions, in words."""

from __future__ import annotations

import json

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.predictions.actions import ERASED, EXPORTED, PURGED, TRUTH_CORRECTED


def tell_prediction(kind: str, request_id: str, detail: str) -> tuple[str, str] | None:
    """What was done, and to how many rows; None of what has to do with no prediction."""
    words = {
        EXPORTED: _("exported request %(id)s from the log of predictions", id=request_id),
        ERASED: _("erased request %(id)s from the log of predictions", id=request_id),
        PURGED: _("purged the log of predictions"),
        TRUTH_CORRECTED: _("corrected a true result of request %(id)s", id=request_id),
    }
    if kind not in words:
        return None
    rows = json.loads(detail).get("rows")
    return words[kind], "" if rows is None else ngettext("%(num)s row", "%(num)s rows", rows)
