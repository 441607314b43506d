"""The names that a filter may use, and how they are written: MLflow's ways and a few shorter ones."""

from __future__ import annotations

from lark import Token

from webapp.runs.language.errors import Fault, FilterError
from webapp.runs.language.tree import Key, Kind, Type

ENTITIES = {
    "metrics": Kind.METRIC, "metric": Kind.METRIC,
    "params": Kind.PARAM, "param": Kind.PARAM, "parameters": Kind.PARAM, "parameter": Kind.PARAM,
    "tags": Kind.TAG, "tag": Kind.TAG,
    "datasets": Kind.DATASET, "dataset": Kind.DATASET,
    "attributes": Kind.ATTRIBUTE, "attribute": Kind.ATTRIBUTE, "attr": Kind.ATTRIBUTE, "run": Kind.ATTRIBUTE,
}  # fmt: skip

ATTRIBUTES = {
    "name": Type.TEXT, "status": Type.TEXT, "started": Type.MOMENT, "finished": Type.MOMENT, "duration": Type.SPAN,
    "user": Type.TEXT, "family": Type.TEXT, "dataset": Type.TEXT, "experiment": Type.TEXT, "run_id": Type.TEXT,
    "user_id": Type.TEXT, "artifact_uri": Type.TEXT,
}  # fmt: skip
"""What every run has. `user` is who the run's tag says it was, `user_id` what MLflow's own column has."""

DATASET_KEYS = ("name", "digest", "context")
"""What MLflow keeps of the datasets that a run was given; a comparison holds if it holds of any one of them."""

_ALIASES = {
    "id": "run_id", "run_name": "name", "run name": "name", "state": "status", "created": "started",
    "start_time": "started", "end_time": "finished",
}  # fmt: skip
_TYPES = {
    Kind.METRIC: Type.NUMBER, Kind.PARAM: Type.EITHER, Kind.TAG: Type.EITHER, Kind.DATASET: Type.TEXT,
}  # fmt: skip
_QUOTES = ("`", '"', "'")


def read_key(token: Token) -> Key:
    """Return what a key's token means.

    Raises
    ------
    FilterError
        Where there is nothing of that name.
    """
    entity, name = split_key(str(token))
    if not entity:
        return _find_attribute(name, token)
    kind = ENTITIES.get(entity.lower())
    if kind is None:
        raise FilterError(Fault.NO_ENTITY, token.start_pos or 0, entity)
    if kind is Kind.ATTRIBUTE:
        return _find_attribute(name, token)
    if kind is Kind.DATASET and name not in DATASET_KEYS:
        raise FilterError(Fault.NO_DATASET_KEY, token.start_pos or 0, str(token))
    return Key(kind, name, _TYPES[kind])


def split_key(text: str) -> tuple[str, str]:
    """Return the entity and the name of a key as it is written, both without their quotes; no entity is empty."""
    if text[:1] in _QUOTES:
        closing = text.find(text[0], 1)
        entity, dot, name = text[: closing + 1], text[closing + 1 : closing + 2], text[closing + 2 :]
    else:
        entity, dot, name = text.partition(".")
    return (_bare(entity), _bare(name)) if dot == "." else ("", _bare(text))


def write_key(kind: Kind, name: str) -> str:
    """Write a key as a filter has it; empty where no quotes can hold the name."""
    if is_plain(name):
        return f"{kind}.{name}"
    quote = next((quote for quote in _QUOTES if quote not in name and not name.endswith("\\")), "")
    return f"{kind}.{quote}{name}{quote}" if quote and name else ""


def write_text(value: str, quote: str = "") -> str:
    """Write a text as a value, in the quotes that somebody began with if they can hold it; empty where none can."""
    fitting = next((sign for sign in (quote, '"', "'") if sign and sign not in value), "")
    return f"{fitting}{value}{fitting}" if fitting and not value.endswith("\\") else ""


def is_plain(name: str) -> bool:
    """Whether a name needs no quotes."""
    return bool(name) and all(part and part.isidentifier() for part in name.split("."))


def _bare(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] in _QUOTES and text[-1] == text[0]
    return text[1:-1] if is_quoted else text


def _find_attribute(name: str, token: Token) -> Key:
    known = _ALIASES.get(name.lower(), name.lower())
    if known not in ATTRIBUTES:
        raise FilterError(Fault.NO_ATTRIBUTE, token.start_pos or 0, name)
    return Key(Kind.ATTRIBUTE, known, ATTRIBUTES[known])
