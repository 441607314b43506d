"""Which metrics the charts of an experiment offer, and which way each is better."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from ml.charts.direction import Direction, find_direction
from ml.charts.experiments.values import Axis
from webapp.runs.table.columns import MOST_KEYS, OUR_METRICS
from webapp.scores import describe_metric
from webapp.store.columns import LONGEST_NAME
from webapp.store.tables import key, run, value
from webapp.store.values import Kind

LOOKED_AT = 1_000
"""Runs whose metrics are read: the newest and the oldest, half of each."""
TRAINING = "training_"
_BEFORE, _BEHIND = (TRAINING, "prior_", "single_column_"), ("_low", "_high")


@dataclass(frozen=True)
class Metrics:
    """The metrics seen in an experiment's runs, what stands beside them, and others of the store.

    The last are empty where every run was looked at.
    """

    own: tuple[str, ...]
    company: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def main(self) -> tuple[str, ...]:
        """Those of the experiment, our scores first."""
        known = [name for name in OUR_METRICS if name in self.own]
        return (*known, *(name for name in self.own if name not in known))


def find_metrics(conn: Connection, experiment_id: int, runs: int) -> Metrics:
    """Find the metrics of an experiment: of every run where there are few, else of its newest and its oldest."""
    of_it = select(run.c.number).where(run.c.experiment_id == experiment_id)
    half = LOOKED_AT // 2
    ends = [of_it.order_by(order).limit(half).scalar_subquery() for order in (run.c.number.desc(), run.c.number)]
    seen: set[str] = set()
    for numbers in ends:
        ids = select(value.c.key_id).where(value.c.run_number.in_(numbers)).distinct()
        query = select(key.c.name).where(key.c.kind == str(Kind.METRIC), key.c.id.in_(ids))
        seen.update(conn.execute(query).scalars())
    names = sorted(seen, key=lambda name: (name.lower(), name))[:MOST_KEYS]
    company = tuple(name for name in names if is_company(name, seen))
    others: tuple[str, ...] = ()
    if runs > LOOKED_AT:
        query = select(key.c.name).where(key.c.kind == str(Kind.METRIC)).order_by(key.c.name).limit(MOST_KEYS)
        others = tuple(name for name in conn.execute(query).scalars() if name not in seen)
    return Metrics(tuple(name for name in names if name not in company), company, others)


def is_company(name: str, names: Collection[str]) -> bool:
    """Whether a metric is the interval's end, the baseline or the training score of another."""
    bare = [name.removeprefix(part) for part in _BEFORE if name.startswith(part)]
    bare += [name.removesuffix(part) for part in _BEHIND if name.endswith(part)]
    return any(other in names for other in bare)


def read_metric(text: str) -> str:
    """A metric's name as an address has it; empty where no metric can be called so."""
    return text if len(text) <= LONGEST_NAME and "\0" not in text else ""


def make_axis(metric: str, better: str) -> Axis:
    """Name a metric, and decide which way is better: as the reader says, else as its name tells, else more is."""
    direction: Direction = guess(metric)
    return Axis(metric, describe_metric(metric)[0], (better or direction) == "lower")


def guess(metric: str) -> Direction:
    """What the name tells; the company of a metric goes the way of the metric."""
    bare = metric
    for part in _BEFORE:
        bare = bare.removeprefix(part)
    for part in _BEHIND:
        bare = bare.removesuffix(part)
    return find_direction(bare)
