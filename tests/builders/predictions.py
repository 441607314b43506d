"""Requests as the log of predictions keeps them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from webapp.predictions.log import PredictionLog
from webapp.predictions.values import AnsweredRequest, AnsweredRow, Channel, make_request_id
from webapp.store.session import Store

CLASSES = ("low", "high")
ROW = AnsweredRow(("red", 3.5, None), "low", (0.75, 0.25), ("low",))


def make_request(now: int = 1_000, rows: int = 1, **changes: Any) -> AnsweredRequest:
    """A request answered at `now`; name what is to differ."""
    made = AnsweredRequest(
        id=make_request_id(now),
        made_at=now,
        model="mixed",
        version=1,
        run_id="a" * 32,
        channel=Channel.API,
        user_id=None,
        latency_us=40,
        rule="argmax",
        set_level=0.9,
        classes=CLASSES,
        columns=("colour", "age", "height"),
        left_out=("origin",),
        rows=(ROW,) * rows,
    )
    return replace(made, **changes)


def write_request(store: Store, now: int = 1_000, rows: int = 1, **changes: Any) -> AnsweredRequest:
    """Log such a request."""
    made = make_request(now, rows, **changes)
    PredictionLog(store).append(made)
    return made
