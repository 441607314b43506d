"""What schemathesis makes up from the document: nothing is answered 5xx, and all as the document says.

A longer run: `API_CASES=1000 pytest --no-cov -m slow tests/functional/api/test_generated.py`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.builders.sites import AUDITED, TRAINED, furnish
from tests.builders.tables import student_spec
from tests.builders.tokens import bearer, make_token
from webapp.api.openapi.operations import OPERATIONS

if TYPE_CHECKING:
    from flask import Flask
    from schemathesis import Case

    from ml.settings import Settings

SPEC = student_spec()
CASES = int(os.environ.get("API_CASES", "50"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DOCUMENT = "/api/v1/openapi.json"

KNOWN = {"run_id": TRAINED, "experiment_id": "0", "name": SPEC.name, "version": 1, "job_id": AUDITED, "row": 1}
"""What the store has."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + CASES)]


@pytest.mark.parametrize("endpoint", OPERATIONS)
def test_nothing_that_is_made_up_breaks_an_operation(app: Flask, settings_: Settings, endpoint: str) -> None:
    furnish(app, settings_)
    headers = bearer(make_token(app)) | {"Accept-Encoding": "identity"}  # nobody unpacks answers here
    known = KNOWN | {"request_id": predict(app)}
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, app, headers=headers)
    wanted = endpoint.removeprefix("api_").replace(".", "_")
    operation = schema.find_operation_by_id(wanted)
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
    statuses: dict[int, int] = {}

    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(modes), is_there=st.booleans())
    def ask(case: Case, *, is_there: bool) -> None:
        if is_there:  # what is made up is nowhere in the store
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        answer = case.call_and_validate(headers=headers, checks=CHECKS)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1

    ask()
    print(f"{wanted}: {sum(statuses.values()):,} cases, {dict(sorted(statuses.items()))}")  # noqa: T201
    assert statuses


def predict(app: Flask) -> str:
    """Have a row predicted; return the request's id."""
    row = {column.name: column.categories[0] for column in SPEC.features}
    answer = app.test_client().post("/api/v1/predictions", json={"rows": [row]})
    return str(answer.get_json()["request_id"])


@pytest.fixture
def settings_(request: pytest.FixtureRequest) -> Settings:
    """The app's settings, under a name that leaves Hypothesis its own."""
    found: Settings = request.getfixturevalue("settings")
    return found
