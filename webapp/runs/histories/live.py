"""A run that is still going on, as its open page asks for it every few seconds.

What the page shows is told apart by a stamp, which costs two small reads: while it stays the same, nothing is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Connection

from ml.charts.axes import isolate
from ml.charts.reader import Reader
from webapp.formats import duration, integer
from webapp.runs.histories.asked import CurvesAsked
from webapp.runs.histories.queries import LatestValue, RunState, find_state, list_latest
from webapp.store.mlflow_tables import GOING_ON

QUIET = 24 * 60 * 60 * 1000
"""Milliseconds without a value after which a run that never said that it ended is no longer waited for."""
_TICK = 15_000
MOST_SHOWN = 60


@dataclass(frozen=True)
class LatestLine:
    """The last value of a metric."""

    name: str
    value: str
    step: str


@dataclass(frozen=True)
class LiveView:
    """A run that is going on. `poll` is where its page asks again, empty where nobody waits for it any longer."""

    poll: str
    stamp: str
    sentence: str
    lines: tuple[LatestLine, ...]
    left_out: int


@dataclass(frozen=True)
class Going:
    """How a run stands, and the last value of each of its metrics."""

    state: RunState
    latest: tuple[LatestValue, ...]

    @property
    def is_going_on(self) -> bool:
        """Whether it has not ended."""
        return self.state.status in GOING_ON

    @property
    def last_sign(self) -> int | None:
        """When it was last heard of."""
        times = [item.time for item in self.latest] + [self.state.started_at or 0]
        return max(times) or None


def find_going(conn: Connection, run_id: str) -> Going | None:
    """Read how a run stands; None where there is none."""
    state = find_state(conn, run_id)
    return Going(state, list_latest(conn, run_id)) if state else None


def stamp(going: Going, now: int, *seen: str) -> str:
    """Name what a page shows of a run: another name as soon as anything is different, or a little time has passed.

    `seen` is what else it depends on: how curves are asked for, and the language.
    """
    tick = now // _TICK if going.is_going_on else 0
    return sha256(repr((going, tick, seen)).encode()).hexdigest()[:20]


def show_live(run_id: str, going: Going, asked: CurvesAsked, now: int, reader: Reader) -> LiveView | None:
    """Lay out what is known of a run that has not ended."""
    if not going.is_going_on:
        return None
    is_quiet = going.last_sign is None or now - going.last_sign > QUIET
    return LiveView(
        poll="" if is_quiet else url_for("histories.live", run_id=run_id, **asked.to_arguments()),
        stamp=stamp(going, now, repr(asked), reader.language),
        sentence=_say_state(going, now, is_quiet=is_quiet),
        lines=tuple(
            LatestLine(isolate(item.key), reader.value(item.value) if item.value is not None else "–", _step(item))
            for item in going.latest[:MOST_SHOWN]
        ),
        left_out=max(0, len(going.latest) - MOST_SHOWN),
    )


def _step(item: LatestValue) -> str:
    return integer(item.step)


def _say_state(going: Going, now: int, *, is_quiet: bool) -> str:
    started = going.state.started_at
    if is_quiet:
        return _(
            "Nobody said that this run has ended, but nothing was heard of it for %(time)s. Reload the page to look"
            " again.",
            time=duration(now - going.last_sign) if going.last_sign else "–",
        )
    if going.state.status == "SCHEDULED" or started is None:
        return _("It waits to be started; this page shows what it logs as it comes.")
    return _(
        "It has been running for %(time)s; this page shows what it logs as it comes.",
        time=duration(max(0, now - started)),
    )
