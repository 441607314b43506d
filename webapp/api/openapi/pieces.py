"""The few shapes of JSON Schema that the document is written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
SWITCH: Schema = {"type": "boolean"}
TIME: Schema = {"type": "integer", "description": "UTC epoch milliseconds."}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}


def record(properties: Mapping[str, Schema], description: str = "", optional: tuple[str, ...] = ()) -> Schema:
    """An object that has all of these members, but for the optional ones."""
    told = {"description": description} if description else {}
    required = [name for name in properties if name not in optional]
    return {"type": "object", **told, "required": required, "properties": dict(properties)}


def listing(items: Schema, **limits: int) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": items, **limits}


def by_name(values: Schema, description: str = "") -> Schema:
    """An object from names to such values."""
    return {"type": "object", "additionalProperties": values} | ({"description": description} if description else {})


def or_null(schema: Schema) -> Schema:
    """Such a value or none."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """A schema of the document by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def words(*values: str) -> Schema:
    """One of some texts."""
    return {"type": "string", "enum": list(values)}
