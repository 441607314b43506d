"""What the store knows of the dataset in use."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from ml.results import Origin
from webapp.store.tables import dataset


@dataclass(frozen=True)
class DatasetInUse:
    """The dataset that was prepared last, without its longer reports."""

    id: int
    name: str
    rows: int
    content_sha256: str
    prepared_at: int
    origin: Origin


def find_dataset_in_use(conn: Connection, name: str) -> DatasetInUse | None:
    """Find the newest prepared dataset of that name."""
    row = conn.execute(
        select(
            dataset.c.id,
            dataset.c.name,
            dataset.c.rows,
            dataset.c.content_sha256,
            dataset.c.prepared_at,
            dataset.c.origin,
        )
        .where(dataset.c.name == name)
        .order_by(dataset.c.prepared_at.desc(), dataset.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return DatasetInUse(
        row.id, row.name, row.rows, row.content_sha256, row.prepared_at, Origin(**json.loads(row.origin))
    )
