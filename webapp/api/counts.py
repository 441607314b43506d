"""How many requests a caller has sent within a minute, counted over a window that slides.

Of the minute before, the share that still lies within the window counts as if its requests had come evenly: two numbers
a caller, however many requests there were. In the process these are two dictionaries; `limits`, which counts in the
Redis, starts a thread for every few requests to clear up after it where it counts in memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

MINUTE = 60


@dataclass(frozen=True)
class Count:
    """Whether a request is among those allowed, how many more are, and when there is more room: UTC epoch seconds."""

    is_in: bool
    remaining: int
    reset_at: float


class Counts(Protocol):
    """A place to count in."""

    def count(self, caller: str, cost: int, most: int, now: float) -> Count:
        """Count a request that weighs `cost`, unless a caller has sent `most` then."""


@dataclass
class CountsHere:
    """Counts of this process."""

    _minute: int = 0
    _now: dict[str, int] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    def count(self, caller: str, cost: int, most: int, now: float) -> Count:
        """Count, and forget what lies two minutes back."""
        minute, within = divmod(now, MINUTE)
        with self._guard:
            if minute != self._minute:
                self._before = self._now if minute == self._minute + 1 else {}
                self._minute, self._now = int(minute), {}
            before, sent = self._before.get(caller, 0), self._now.get(caller, 0)
            left = MINUTE - within
            weighed = math.floor(before * left / MINUTE + sent)
            is_in = weighed + cost <= most
            if is_in:
                self._now[caller] = sent + cost
                weighed += cost
        reset = left % (MINUTE / before) if before else left
        return Count(is_in, max(0, most - weighed), now + reset)


@dataclass(frozen=True)
class CountsInRedis:
    """Counts that several processes share."""

    limiter: SlidingWindowCounterRateLimiter

    def count(self, caller: str, cost: int, most: int, now: float) -> Count:  # noqa: ARG002 - see below
        """Count by the Redis's own clock.

        Raises
        ------
        limits.errors.StorageError
            Where it is away.
        """
        item = RateLimitItemPerMinute(most, namespace="predictions")
        is_in = self.limiter.hit(item, caller, cost=cost)
        found = self.limiter.get_window_stats(item, caller)
        return Count(is_in, found.remaining, found.reset_time)
