"""The names under which the log of events has a model.

MLflow renames a model with its tags and leaves our log as it is. So each decision notes on the model itself under
which name it was written down: when the model has another, what was decided under the former one is still known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, select

from webapp.models.listing import RegisteredModel
from webapp.models.queries import of_model
from webapp.models.writing import set_model_tag
from webapp.store.mlflow_tables import registered_model_tags

NAMES_TAG = "proctor.names"
"""On a registered model: under each name, when something was last decided."""
MOST_NAMES = 3
"""The newest that are kept, with the present one: so many of the longest have room in MLflow's column."""
LATEST = 2**46


def note_name(conn: Connection, name: str, at: int) -> None:
    """Write on a model that something was decided under its name."""
    tags = registered_model_tags
    tag = conn.execute(select(tags.c.value).where(*of_model(tags, name), tags.c.key == NAMES_TAG)).scalar()
    known = read_names(tag) | {name: at}
    kept = sorted(known.items(), key=lambda item: (item[0] == name, item[1]))[-MOST_NAMES:]
    set_model_tag(conn, name, NAMES_TAG, json.dumps(dict(kept), ensure_ascii=False))


def read_names(tag: str | None) -> dict[str, int]:
    """Read the tag, which others can write too: names, each with when something was last decided under it."""
    try:
        found = json.loads(tag or "{}")
    except (ValueError, RecursionError):
        return {}
    known = found.items() if isinstance(found, dict) else ()
    return {name: at for name, at in known if name and isinstance(at, int) and 0 <= at < LATEST and "\0" not in name}


def list_former(model: RegisteredModel) -> Mapping[str, int]:
    """The names that a model had, each with when something was last decided under it.

    What came later under that name is about another model, which has it now.
    """
    known = read_names(model.tags.get(NAMES_TAG))
    return {name: at for name, at in known.items() if name != model.name}


def find_present_names(conn: Connection, former: str) -> tuple[str, ...]:
    """Find what a model is called today about which something was decided under a name that no model has."""
    tags = registered_model_tags
    query = select(tags.c.name, tags.c.value).where(of_model(tags, former)[0], tags.c.key == NAMES_TAG)
    return tuple(row.name for row in conn.execute(query.order_by(tags.c.name)) if former in read_names(row.value))
