"""What wakes a worker: empty messages through a queue in SQLite, PostgreSQL or Redis.

A message carries no job: whoever gets one claims the oldest queued row. Messages are JSON rather than Huey's pickle,
because a worker must not run what anybody with access to the queue may have written there.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huey import Huey
    from huey.consumer import Consumer

logger = logging.getLogger(__name__)

SHORTEST_NAP, LONGEST_NAP = 0.05, 0.2
"""Seconds between two looks into an empty queue that cannot call: what keeps the pick-up below a fifth of a second."""


class QueueError(Exception):
    """The message queue cannot be used; the message says why and what to do."""


class Queue:
    """A message queue that says one thing: there may be work. What carries it is opened when it is first needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: Huey | None = None
        self._lock = Lock()
        self._listener: Callable[[], object] = lambda: None

    def open(self) -> Huey:
        """Open what carries the messages, once."""
        from webapp.jobs.carriers import open_carrier

        with self._lock:
            if self._opened is None:
                self._opened = open_carrier(self._url)
                self._message = self._opened.task(name="work")(self._pass_on)
            return self._opened

    def wake(self) -> None:
        """Wake a worker. A queue that is away loses nothing: a worker sends itself the message once it is back."""
        try:
            self.open()
            self._message()
        except Exception as error:  # noqa: BLE001 - whatever the queue's own driver raises
            logger.warning("the message queue did not take a message: %s", error)

    def is_empty(self) -> bool:
        """Whether no message waits."""
        return bool(self.open().pending_count() == 0)

    def listen(self, listener: Callable[[], object]) -> Consumer:
        """Make the consumer that calls `listener` for every message, one at a time."""
        self._listener = listener
        # No task is ever scheduled for later, so the scheduler need look but once a minute.
        return self.open().create_consumer(
            workers=1,
            periodic=False,
            scheduler_interval=60,
            initial_delay=SHORTEST_NAP,
            max_delay=LONGEST_NAP,
        )

    def close(self) -> None:
        """Let go of the connection."""
        if self._opened is not None:
            self._opened.storage.close()

    def _pass_on(self) -> None:
        self._listener()


def open_queue(url: str) -> Queue:
    """Make sure that the queue at `url` can be used: one beside us by looking at its file, another by opening it.

    Raises
    ------
    QueueError
        When it cannot be reached.
    """
    queue = Queue(url)
    try:
        if url.startswith("sqlite:"):
            path = Path(url.removeprefix("sqlite:///"))
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(path)) as conn:
                conn.execute("PRAGMA user_version")
        else:
            queue.open()
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise QueueError(f"the message queue cannot be opened ({reason}): check PROCTOR_QUEUE_URL") from error
    return queue
