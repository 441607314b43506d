"""From the URL map, the operations and the schemas to the document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from ml.spec import DatasetSpec
from webapp.api.openapi.operations import JSON, OPERATIONS, ROW_NUMBER, Operation
from webapp.api.openapi.pieces import TEXT, Schema, ref
from webapp.api.openapi.schemas import make_schemas
from webapp.api.rows import make_example, make_row_schema
from webapp.champion import Champion

VERSION = "3.1.0"
PROBLEM = "application/problem+json"
OF_EVERY = (401, 403)
TAGS = {
    "api_predictions": "Predictions",
    "api_truths": "Predictions",
    "api_served": "What answers",
    "api_models": "Models",
    "api_runs": "Runs",
    "api_experiments": "Runs",
    "api_jobs": "Jobs",
    "openapi": "This document",
    "scoring": "MLflow's scoring protocol",
}
_ABOUT = """Rows in, classes and probabilities out; what the models and the runs behind them are worth.

{notice}

Send a token as `Authorization: Bearer …`; each operation says the scope that it takes. Where this site is open for
reading, operations that read or predict need none. Errors are problem documents (RFC 9457) that name the row and the
field. Requests for predictions are limited: `RateLimit-Limit`, `-Remaining` and `-Reset` say how many a minute, how
many are left and in how many seconds they are all there again. Answers to `GET` have an `ETag`."""


def make_document(app: Flask, champion: Champion | None, spec: DatasetSpec, server: str) -> dict[str, Any]:
    """Describe every operation; the schema of a row is that of the version that answers."""
    columns = champion.predictor.columns if champion else ()
    row = make_row_schema(columns, spec, "en") if champion else {"type": "object"}
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        operation = OPERATIONS.get(rule.endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) if operation else ():
            described = _describe(app, rule, operation or OPERATIONS[rule.endpoint])
            paths.setdefault(name_path(rule), {})[method.lower()] = described
    if champion:
        example = {"rows": [make_example(columns)]}
        paths["/api/v1/predictions"]["post"]["requestBody"]["content"][JSON]["example"] = example
        spelt = {"dataframe_records": example["rows"]}
        paths["/invocations"]["post"]["requestBody"]["content"][JSON]["example"] = spelt
    return {
        "openapi": VERSION,
        "info": {
            "title": f"Proctor: {spec.title.en}",
            "version": "1",
            "description": _ABOUT.format(notice=spec.notice.en.strip()),
        },
        "servers": [{"url": server or "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(TAGS.values())],
        "paths": paths,
        "components": {
            "schemas": make_schemas(row, champion.predictor.classes if champion else ()),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Made on the page “API tokens”."},
                "session": {"type": "apiKey", "in": "cookie", "name": "proctor", "description": "Who is signed in."},
            },
        },
    }


def name_path(rule: Rule) -> str:
    """A route's address as the document spells it."""
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)


def _describe(app: Flask, rule: Rule, operation: Operation) -> dict[str, Any]:
    view: Any = app.view_functions[rule.endpoint]
    summary, _, rest = (view.__doc__ or "").strip().partition("\n\n")
    described: dict[str, Any] = {
        "operationId": rule.endpoint.removeprefix("api_").replace(".", "_"),
        "tags": [TAGS[rule.endpoint.partition(".")[0]]],
        "summary": _join(summary),
        "description": "\n\n".join(map(_join, rest.split("\n\n"))),
        "security": _secure(view),
        "parameters": [*_name_places(rule), *_list(operation.query, "query"), *_list(operation.headers, "header")],
        "responses": _answer(operation, is_open=view.access == "anyone"),
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    return {key: value for key, value in described.items() if value not in ("", [])} | {
        "security": described["security"]
    }


def _join(text: str) -> str:
    return " ".join(text.split())


def _secure(view: Any) -> list[dict[str, list[str]]]:
    if view.access == "anyone":
        return []
    ways: list[dict[str, list[str]]] = [{"token": [view.scope] if view.scope else []}, {"session": []}]
    return [*ways, {}] if view.access == "reader" else ways


def _name_places(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": ROW_NUMBER if isinstance(converter, IntegerConverter) else TEXT,
        }
        for name, converter in rule._converters.items()  # noqa: SLF001 - there is no public way to them
    ]


def _list(parameters: Mapping[str, Schema] | None, where: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": where, "schema": schema} for name, schema in (parameters or {}).items()]


def _answer(operation: Operation, *, is_open: bool) -> dict[str, Any]:
    kind = PROBLEM if operation.problem == "Problem" else JSON
    problem = {kind: {"schema": ref(operation.problem)}}
    statuses = sorted({*operation.refusals, *(() if is_open else OF_EVERY)})
    return {
        "200": {"description": "The answer.", "content": _content(operation.answer)},
        **{str(status): {"description": HTTPStatus(status).phrase, "content": problem} for status in statuses},
        "default": {"description": "Another error.", "content": problem},
    }


def _content(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    return {kind: {"schema": schema} if schema else {} for kind, schema in schemas.items()}
