"""The end of a prediction's time in the log."""

from __future__ import annotations

import logging
from threading import Event

from webapp.predictions.actions import DAY, purge_some
from webapp.store.session import Store

PAUSE = 0.05
"""Seconds between two transactions, in which others get to write."""

logger = logging.getLogger(__name__)


def purge(store: Store, days: int, now: int, stopping: Event) -> int:
    """Delete what was answered more than `days` days ago, little by little, until told to stop; return the rows."""
    total = 0
    while not stopping.is_set() and (rows := purge_some(store, now - days * DAY)):
        total += rows
        stopping.wait(PAUSE)
    if total:
        logger.info("purged %s predictions older than %s days", total, days)
    return total
