"""What the store knows of the dataset in use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, bindparam, select

from ml.results import CleaningReport, Origin
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


_NEWEST = (
    select(
        dataset.c.id,
        dataset.c.name,
        dataset.c.rows,
        dataset.c.content_sha256,
        dataset.c.prepared_at,
        dataset.c.origin,
    )
    .where(dataset.c.name == bindparam("name"))
    .order_by(dataset.c.prepared_at.desc(), dataset.c.id.desc())
    .limit(1)
)


def find_dataset_in_use(conn: Connection, name: str) -> DatasetInUse | None:
    """Find the newest prepared dataset of that name."""
    row = conn.execute(_NEWEST, {"name": name}).one_or_none()
    if row is None:
        return None
    return DatasetInUse(
        row.id, row.name, row.rows, row.content_sha256, row.prepared_at, Origin(**json.loads(row.origin))
    )


@dataclass(frozen=True)
class Preparation:
    """How the dataset in use was made. `cleaning` is None where an older Proctor wrote it; paths are the row's."""

    dataset: DatasetInUse
    spec_sha256: str
    cleaning: CleaningReport | None
    clean_path: str
    rejected_path: str


def find_preparation(conn: Connection, name: str) -> Preparation | None:
    """Find the dataset in use with its cleaning report and its files."""
    found = find_dataset_in_use(conn, name)
    if found is None:
        return None
    row = conn.execute(
        select(dataset.c.spec_sha256, dataset.c.cleaning, dataset.c.clean_path, dataset.c.rejected_path).where(
            dataset.c.id == found.id
        )
    ).one()
    return Preparation(found, row.spec_sha256, _read_cleaning(row.cleaning), row.clean_path, row.rejected_path)


@lru_cache(maxsize=4)
def _read_cleaning(text: str) -> CleaningReport | None:
    """Parsed once while the data stays; the text itself is the key."""
    try:
        return TypeAdapter(CleaningReport).validate_json(text)
    except ValidationError:
        return None
