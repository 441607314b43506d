"""A request for predictions as it was answered, and how its rows go into the store and come out again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from ml.serve.contract import Cell

LARGEST_ROW = 2**31 - 1
"""What the number of a row may be at most, since the store keeps it so."""


class Channel(StrEnum):
    """By what door a request came."""

    FORM = "form"
    API = "api"
    MLFLOW = "mlflow"
    FILE = "file"


@dataclass(frozen=True)
class Truth:
    """What turned out to be true of a row, when somebody said so, and the id of their account."""

    value: str
    at: int
    by: int | None


@dataclass(frozen=True)
class AnsweredRow:
    """One row's answer. `shares` and the cells of `inputs` are in the order of the request's classes and columns."""

    inputs: tuple[Cell, ...]
    answer: str
    shares: tuple[float, ...]
    set: tuple[str, ...] | None
    truth: Truth | None = None


@dataclass(frozen=True)
class Key:
    """A caller's idempotency key and the body that came with it, each as a digest that only this site can make."""

    key_hash: str
    body_hash: str


@dataclass(frozen=True)
class AnsweredRequest:
    """Rows that one version answered at one time. `latency_us` is what predicting took, in microseconds.

    `columns` names the inputs that are kept, `left_out` those that were read and are not.
    """

    id: str
    made_at: int
    model: str
    version: int
    run_id: str | None
    channel: Channel
    user_id: int | None
    latency_us: int
    rule: str
    set_level: float | None
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: tuple[AnsweredRow, ...]
    key: Key | None = None


def make_request_id(now: int, drawn: int | None = None) -> str:
    """Make the id of a request answered at `now`: a UUID of version 7 (RFC 9562), as 32 hexadecimal digits.

    It begins with the time, so that the log grows at its end; the other 74 bits are drawn, unless they are given.
    """
    drawn = secrets.randbits(74) if drawn is None else drawn & (1 << 74) - 1
    return f"{now:012x}7{drawn >> 62:03x}{0x8000000000000000 | drawn & (1 << 62) - 1:016x}"


def read_request_id(text: str) -> str | None:
    """Bring an id that somebody typed to its stored form; None where it is none."""
    try:
        return UUID(text.strip()).hex
    except ValueError:
        return None


def header_of(request: AnsweredRequest) -> dict[str, Any]:
    """The request's own row in the store."""
    return {
        "id": request.id,
        "made_at": request.made_at,
        "model_name": request.model,
        "model_version": request.version,
        "run_id": request.run_id,
        "channel": request.channel.value,
        "user_id": request.user_id,
        "rows": len(request.rows),
        "latency_us": request.latency_us,
        "rule": request.rule,
        "set_level": request.set_level,
        "classes": _write_again(request.classes),
        "columns": _write_again(request.columns),
        "left_out": _write_again(request.left_out),
        "key_hash": request.key.key_hash if request.key else None,
        "body_hash": request.key.body_hash if request.key else None,
    }


def rows_of(request: AnsweredRequest) -> Iterable[dict[str, Any]]:
    """The rows of its answers in the store, counted from 1; a value that stands there many times is written once."""
    written: dict[int, dict[str, Any]] = {}
    for number, row in enumerate(request.rows, 1):
        same = written.get(id(row))
        if same is None:
            same = written[id(row)] = {
                "inputs": _write(row.inputs),
                "answer": row.answer,
                "probabilities": _write(row.shares),
                "answer_set": None if row.set is None else _write(row.set),
            }
        yield {"request_id": request.id, "row": number, **same}


def read_request(header: Row[Any], rows: Iterable[Row[Any]]) -> AnsweredRequest:
    """The request that these rows of the store tell of."""
    has_key = header.key_hash is not None and header.body_hash is not None
    return AnsweredRequest(
        id=header.id,
        made_at=header.made_at,
        model=header.model_name,
        version=header.model_version,
        run_id=header.run_id,
        channel=Channel(header.channel),
        user_id=header.user_id,
        latency_us=header.latency_us,
        rule=header.rule,
        set_level=header.set_level,
        classes=_read(header.classes),
        columns=_read(header.columns),
        left_out=_read(header.left_out),
        rows=tuple(_read_row(row) for row in rows),
        key=Key(header.key_hash, header.body_hash) if has_key else None,
    )


def describe_request(request: AnsweredRequest, first: int = 1) -> Mapping[str, Any]:
    """All that the log holds of a request, as JSON names it; `first` is the number of the first row that is here."""
    return {
        "request_id": request.id,
        "made_at": request.made_at,
        "model": request.model,
        "model_version": request.version,
        "run_id": request.run_id,
        "channel": request.channel.value,
        "user_id": request.user_id,
        "latency_us": request.latency_us,
        "rule": request.rule,
        "set_level": request.set_level,
        "left_out": list(request.left_out),
        "predictions": [
            {
                "row": number,
                "inputs": dict(zip(request.columns, row.inputs, strict=True)),
                "class": row.answer,
                "probabilities": dict(zip(request.classes, row.shares, strict=True)),
                "set": None if row.set is None else list(row.set),
                "truth": None
                if row.truth is None
                else {"value": row.truth.value, "at": row.truth.at, "user_id": row.truth.by},
            }
            for number, row in enumerate(request.rows, first)
        ],
    }


def _read_row(row: Row[Any]) -> AnsweredRow:
    return AnsweredRow(
        inputs=_read(row.inputs),
        answer=row.answer,
        shares=_read(row.probabilities),
        set=None if row.answer_set is None else _read(row.answer_set),
        truth=None if row.truth is None else Truth(row.truth, row.truth_at, row.truth_by),
    )


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_write_again = lru_cache(maxsize=64)(_write)
"""For what stands in one request as in the next."""


def _read(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))
