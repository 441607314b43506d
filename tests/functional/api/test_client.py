"""The lines on the client page work when they are pasted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.builders.accounts import visit_with_role
from tests.builders.pages import find_faults
from tests.builders.servers import serve_app
from tests.builders.tables import student_spec
from tests.builders.tokens import make_token
from webapp.api.client import write_curl, write_r

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

PAGE = "/api/v1/client"
PROGRAMS = {"curl": ("bash", "-c"), "mlflow": ("bash", "-c"), "python": (sys.executable, "-c"), "r": ("Rscript", "-e")}
NEEDED = {"curl": "curl", "mlflow": "curl", "r": "Rscript"}


def find_lines(page: str) -> dict[str, str]:
    return {name: unescape(text) for name, text in re.findall(r'data-lines="(\w+)">(.*?)</code>', page, re.DOTALL)}


def open_reading(app: Flask, *, is_open: bool) -> None:
    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], open_reading=is_open)


def paste(app: Flask, name: str, token: str = "") -> str:
    """Paste lines from the page of a running server into their program."""
    needed = NEEDED.get(name)
    if needed and not shutil.which(needed):
        pytest.skip(f"{needed} is not installed")
    visitor = visit_with_role(app, "reader", "reading")
    with serve_app(app) as url:
        lines = find_lines(
            visitor.get(PAGE, headers={"Host": url.removeprefix("http://").replace("127.0.0.1", "localhost")}).text
        )[name]
        environ = {**os.environ, "PROCTOR_TOKEN": token, "no_proxy": "*"}
        program = [*PROGRAMS[name], lines]
        done = subprocess.run(program, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.usefixtures("served_store")
@pytest.mark.parametrize("is_open", [True, False], ids=["open", "with a token"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_pasted_lines_print_an_answer(app: Flask, name: str, *, is_open: bool) -> None:
    open_reading(app, is_open=is_open)
    said = paste(app, name, "" if is_open else make_token(app, "predict"))
    assert any(label in said for label in student_spec().target.categories)
    if NEEDED.get(name) == "curl":
        assert json.loads(said)["predictions"]


@pytest.mark.usefixtures("served_store")
def test_the_page_asks_for_a_token_only_where_one_is_needed(app: Flask, client: FlaskClient) -> None:
    for is_open in (True, False):
        open_reading(app, is_open=is_open)
        page = visit_with_role(app, "reader", str(is_open)).get(PAGE).text
        assert find_faults(page) == []
        assert ("PROCTOR_TOKEN" in page) != is_open
    assert client.get(PAGE).location.startswith("/login")


def test_before_the_first_model_the_page_says_so(client: FlaskClient) -> None:
    page = client.get(PAGE).text
    assert find_lines(page) == {}
    assert "No model answers yet" in page


@pytest.mark.usefixtures("served_store")
def test_the_form_leads_to_it(client: FlaskClient) -> None:
    assert f'href="{PAGE}"' in client.get("/predict").text


def test_a_quote_in_a_value_ends_no_line(tmp_path: Path) -> None:
    body = {"rows": [{"a'b": 'it\'s "$HOME" `x` \\'}]}
    lines = write_curl("http://127.0.0.1/", body, needs_token=False)
    printed = subprocess.run(
        ["bash", "-c", lines.replace("curl ", "printf '%s\\n' ", 1)], capture_output=True, text=True, check=True
    )
    assert json.loads(printed.stdout.splitlines()[-1]) == body
    assert '`a\\`b` = "\\"$"' in write_r("http://127.0.0.1/", {"a`b": '"$'}, needs_token=False)
