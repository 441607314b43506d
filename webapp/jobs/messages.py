"""What wakes a worker: empty messages through Huey, over SQLite, PostgreSQL or Redis.

A message carries no job: whoever gets one claims the oldest queued row. Messages are JSON rather than Huey's pickle,
because a worker must not run what anybody with access to the queue may have written there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import Huey, PostgresHuey, PriorityRedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

logger = logging.getLogger(__name__)

NAME = "proctor"
ADVISORY_LOCK = 7_207_110_003
SHORTEST_NAP, LONGEST_NAP = 0.05, 0.2
"""Seconds between two looks into an empty queue that cannot call: what keeps the pick-up below a fifth of a second."""


class QueueError(Exception):
    """The message queue cannot be used; the message says why and what to do."""


class JsonSerializer(Serializer):
    """Messages as JSON lists of Huey's fields."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(bytes(data)))


class Queue:
    """A message queue that says one thing: there may be work."""

    def __init__(self, huey: Huey) -> None:
        self._huey = huey
        self._listener: Callable[[], object] = lambda: None
        self._message = huey.task(name="work")(self._pass_on)

    def wake(self) -> None:
        """Wake a worker. A queue that is away loses nothing: a worker sends itself the message once it is back."""
        try:
            self._message()
        except Exception as error:  # noqa: BLE001 - whatever the queue's own driver raises
            logger.warning("the message queue did not take a message: %s", error)

    def is_empty(self) -> bool:
        """Whether no message waits."""
        return bool(self._huey.pending_count() == 0)

    def listen(self, listener: Callable[[], object]) -> Consumer:
        """Make the consumer that calls `listener` for every message, one at a time."""
        self._listener = listener
        # No task is ever scheduled for later, so the scheduler need look but once a minute.
        return self._huey.create_consumer(
            workers=1,
            periodic=False,
            scheduler_interval=60,
            initial_delay=SHORTEST_NAP,
            max_delay=LONGEST_NAP,
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._huey.storage.close()

    def _pass_on(self) -> None:
        self._listener()


def open_queue(url: str) -> Queue:
    """Open the queue at `url`, making its tables where they are missing.

    Raises
    ------
    QueueError
        When it cannot be reached.
    """
    options: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    scheme = url.partition("://")[0]
    try:
        if scheme == "sqlite":
            path = Path(url.removeprefix("sqlite:///"))
            path.parent.mkdir(parents=True, exist_ok=True)
            return Queue(SqliteHuey(NAME, filename=str(path), **options))
        if scheme.startswith("postgresql"):
            return Queue(_open_postgresql(url.replace("+psycopg", "", 1), options))
        return Queue(PriorityRedisHuey(NAME, url=url, **options))
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise QueueError(f"the message queue cannot be opened ({reason}): check PROCTOR_QUEUE_URL") from error


def _open_postgresql(dsn: str, options: dict[str, Any]) -> Huey:
    """Open a queue in PostgreSQL, one process at a time: two that make its tables at once trip over each other."""
    import psycopg

    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])  # released when the connection closes
        return PostgresHuey(NAME, dsn=dsn, **options)
