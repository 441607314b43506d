"""The API's document as a test holds answers against it: no member may be left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonschema_rs import Draft202012Validator

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def read_document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").get_json()
    return found


def find_faults(document: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """What a value has that its schema does not say, or otherwise."""
    whole = {"components": close(document["components"]), **close(schema)}
    return [f"{error.instance_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)]


def close(schema: Any) -> Any:
    """Allow an object no member beside those that are named, where nothing is said of others."""
    if isinstance(schema, list):
        return [close(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: close(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
