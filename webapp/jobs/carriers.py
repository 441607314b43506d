"""What carries the messages: Huey over SQLite, PostgreSQL or Redis, whose modules take a fifth of a start."""

from __future__ import annotations

import json
from typing import Any

from huey import Huey, PostgresHuey, PriorityRedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

NAME = "proctor"
ADVISORY_LOCK = 7_207_110_003


class JsonSerializer(Serializer):
    """Messages as JSON lists of Huey's fields."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(bytes(data)))


def open_carrier(url: str) -> Huey:
    """Open what stands behind `url`, making its tables where they are missing; raises what its driver raises."""
    options: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    scheme, _, place = url.partition("://")
    if scheme == "sqlite":
        return SqliteHuey(NAME, filename=place.removeprefix("/"), **options)
    if scheme.startswith("postgresql"):
        return _open_postgresql(url.replace("+psycopg", "", 1), options)
    return PriorityRedisHuey(NAME, url=url, **options)


def _open_postgresql(dsn: str, options: dict[str, Any]) -> Huey:
    """Open a queue in PostgreSQL, one process at a time: two that make its tables at once trip over each other."""
    import psycopg

    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])  # released when the connection closes
        return PostgresHuey(NAME, dsn=dsn, **options)
