"""`/api/v1/client`: lines that ask for a prediction, to paste into a terminal, a notebook or R."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from ml.serve.contract import Cell
from webapp.accounts import current_user
from webapp.api.rows import make_example
from webapp.champion import find_served
from webapp.current import current_settings, current_spec
from webapp.rendering import language, render_page
from webapp.security import access, reading_is_open
from webapp.store.session import reading

blueprint = Blueprint("client", __name__)
VARIABLE = "PROCTOR_TOKEN"


@dataclass(frozen=True)
class ClientPage:
    """Lines for each language; `curl` is empty while no model answers. `needs_token` where this caller needs one."""

    notice: str
    needs_token: bool
    has_account: bool
    variable: str
    token: str
    curl: str
    python: str
    r: str
    mlflow: str


@blueprint.get("/client")
@access("reader")
def index() -> ResponseReturnValue:
    """Show lines that work when they are pasted: with this site's address, and a row that the model takes."""
    champion = find_served(reading()).champion
    needs_token = not reading_is_open(current_settings(), request.remote_addr)
    row = make_example(champion.predictor.columns) if champion else None
    address = url_for("api_predictions.predict", _external=True)
    page = ClientPage(
        notice=current_spec().notice.in_language(language()),
        needs_token=needs_token,
        has_account=current_user() is not None,
        variable=VARIABLE,
        token=f"export {VARIABLE}=proctor_…",
        curl=write_curl(address, {"rows": [row]}, needs_token=needs_token) if row else "",
        python=write_python(address, row, needs_token=needs_token) if row else "",
        r=write_r(address, row, needs_token=needs_token) if row else "",
        mlflow=write_curl(
            url_for("scoring.invoke", _external=True), {"dataframe_records": [row]}, needs_token=needs_token
        )
        if row
        else "",
    )
    return render_page("api/client.html", page)


def write_curl(address: str, body: object, *, needs_token: bool) -> str:
    """Lines for a POSIX shell. What a shell would take for its own is quoted."""
    lines = [f"curl --silent --show-error {shlex.quote(address)}", "--header 'Content-Type: application/json'"]
    lines += [f'--header "Authorization: Bearer ${VARIABLE}"'] if needs_token else []
    return " \\\n  ".join([*lines, f"--data {shlex.quote(json.dumps(body))}"])


def write_python(address: str, row: Mapping[str, Cell], *, needs_token: bool) -> str:
    """Lines for Python with `requests`."""
    cells = "".join(f"    {name!r}: {cell!r},\n" for name, cell in row.items())
    head = "# pip install requests\n" + ("import os\n\n" if needs_token else "") + "import requests\n"
    headers = f'    headers={{"Authorization": "Bearer " + os.environ["{VARIABLE}"]}},\n' if needs_token else ""
    return (
        f"{head}\nrow = {{\n{cells}}}\nanswer = requests.post(\n    {address!r},\n"
        f'    json={{"rows": [row]}},\n{headers}'
        "    timeout=10,\n)\nanswer.raise_for_status()\n"
        'for prediction in answer.json()["predictions"]:\n'
        '    print(prediction["class"], prediction["probabilities"])'
    )


def write_r(address: str, row: Mapping[str, Cell], *, needs_token: bool) -> str:
    """Lines for R with `httr2`."""
    cells = ",\n".join(f"  {_name_in_r(name)} = {json.dumps(cell)}" for name, cell in row.items())
    token = f'  req_auth_bearer_token(Sys.getenv("{VARIABLE}")) |>\n' if needs_token else ""
    return (
        f'# install.packages(c("httr2", "jsonlite"))\nlibrary(httr2)\n\n'
        f"row <- list(\n{cells}\n)\nanswer <- request({json.dumps(address)}) |>\n{token}"
        "  req_body_json(list(rows = list(row))) |>\n  req_perform() |>\n  resp_body_json()\n"
        "for (prediction in answer$predictions) {\n"
        "  print(prediction$class)\n  print(unlist(prediction$probabilities))\n}"
    )


def _name_in_r(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"
