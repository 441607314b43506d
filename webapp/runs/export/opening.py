"""The sheet of what was asked, and what was asked as a text that another process can be handed."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from webapp.runs.export.grouped import read_groups
from webapp.runs.export.reading import read_runs
from webapp.runs.export.sheet import Asked, Sheet
from webapp.runs.table.state import read_filters, read_state
from webapp.store.columns import RunColumn
from webapp.store.values import Kind


def open_sheet(conn: Connection, asked: Asked) -> Sheet:
    """Open the sheet of the runs, or of their groups."""
    return read_groups(conn, asked, asked.state.group) if asked.state.group else read_runs(conn, asked)


def write_asked(asked: Asked) -> str:
    """Write down what was asked."""
    columns = [(column.kind, column.name) for column in asked.columns]
    return json.dumps({"query": urlencode(list(asked.state.pairs())), "now": asked.now, "columns": columns})


def read_asked(text: str) -> Asked:
    """Read what `write_asked` wrote."""
    written = json.loads(text)
    args = MultiDict(parse_qsl(written["query"], keep_blank_values=True))
    columns = (RunColumn(Kind(kind) if kind else None, name) for kind, name in written["columns"])
    return Asked(read_state(args, read_filters(args, written["now"])), written["now"], tuple(columns))
