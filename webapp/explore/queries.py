"""The stored exploration of the dataset in use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, select

from ml.exploration import Exploration, ExplorationError, read_exploration
from webapp.store.tables import dataset


@dataclass(frozen=True)
class StoredExploration:
    """What the worker found. `numbers` is None where an older Proctor wrote them."""

    prepared_at: int
    spec_sha256: str
    numbers: Exploration | None

    def numbers_for(self, spec_sha256: str) -> Exploration | None:
        """The numbers, if they speak of the columns of that spec."""
        return self.numbers if self.spec_sha256 == spec_sha256 else None


def find_exploration(conn: Connection, name: str) -> StoredExploration | None:
    """Find the exploration of the newest prepared dataset of that name."""
    row = conn.execute(
        select(dataset.c.prepared_at, dataset.c.spec_sha256, dataset.c.exploration)
        .where(dataset.c.name == name)
        .order_by(dataset.c.prepared_at.desc(), dataset.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else StoredExploration(row.prepared_at, row.spec_sha256, _read(row.exploration))


@lru_cache(maxsize=4)
def _read(text: str) -> Exploration | None:
    """Parsed once while the data stays: the text itself is the key, so that no stale numbers can be shown."""
    try:
        return read_exploration(json.loads(text))
    except (ExplorationError, ValueError):
        return None
