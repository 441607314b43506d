"""Schemas of the values that some answers are made from, as pydantic reads them off the dataclasses."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from ml.examination.audit import AuditReport
from ml.results import Evaluation
from webapp.api.openapi.pieces import TEXT, Schema
from webapp.jobs.queue import Job

_TEMPLATE = "#/components/schemas/{model}"


def describe_values() -> dict[str, Schema]:
    """The evaluation, the audit and the job, with all that they are made of, by the names of their classes."""
    found: dict[str, Schema] = {}
    for value in (Evaluation, AuditReport, Job):
        schema = TypeAdapter(value).json_schema(mode="serialization", ref_template=_TEMPLATE)
        found |= schema.pop("$defs", {})
        found[value.__name__] = schema
    found = {name: _fit(schema) for name, schema in found.items()}
    _add(found["Finding"], title=TEXT, what=TEXT, advice=TEXT)  # see webapp.audit.documents
    _add(found["Check"], name=TEXT)
    _add(found["AuditReport"], verdict={"type": ["string", "null"]})
    return found


def _fit(schema: Any) -> Any:
    """Say how `to_json` writes: every member is there, and a number that is none is null."""
    if isinstance(schema, list):
        return [_fit(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    fitted = {key: _fit(part) for key, part in schema.items() if key not in {"title", "default"} or key == part}
    if fitted.get("type") == "number":
        fitted["type"] = ["number", "null"]
    if isinstance(schema.get("properties"), dict):
        fitted["properties"] = {name: _fit(part) for name, part in schema["properties"].items()}
        fitted["required"] = list(schema["properties"])
    return fitted


def _add(schema: Schema, **members: Schema) -> None:
    schema["properties"] |= members
    schema["required"] = list(schema["properties"])
