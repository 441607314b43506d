"""The clock of the web and the worker, passed into actions so that tests choose the time."""

import time


def now_ms() -> int:
    """UTC epoch milliseconds, the unit of every time in the store."""
    return time.time_ns() // 1_000_000
