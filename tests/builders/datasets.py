"""A prepared dataset in a store: its row, and its files in the data folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from ml.clean import CleanedTable, write_cleaned
from ml.results import Origin, to_json
from ml.spec import DatasetSpec
from webapp.store.tables import dataset


def make_origin(spec: DatasetSpec, **changes: Any) -> Origin:
    """Make the origin of the published dataset, verified; name what is to differ."""
    content = spec.source.content_sha256 if spec.source else "c" * 64
    values = {
        "kind": "download",
        "name": "CEE_DATA.arff",
        "sha256": "b" * 64,
        "content_sha256": content,
        "location": "https://publisher.example/data.zip",
        "is_verified": True,
    }
    return Origin(**(values | changes))


def write_dataset(
    conn: Connection, data_dir: Path, spec: DatasetSpec, cleaned: CleanedTable, origin: Origin, **columns: Any
) -> None:
    """Write the clean and the rejected rows, and the row that makes them the dataset in use."""
    files = write_cleaned(cleaned, data_dir / "interim", spec.name)
    row = {
        "name": spec.name,
        "content_sha256": origin.content_sha256,
        "spec_sha256": spec.sha256,
        "prepared_at": 1_750_000_000_000,
        "rows": len(cleaned.table),
        "origin": json.dumps(to_json(origin)),
        "cleaning": json.dumps(to_json(cleaned.report)),
        "exploration": "{}",
        "raw_path": f"raw/{origin.name}",
        "clean_path": str(files.clean.relative_to(data_dir)),
        "rejected_path": str(files.rejected.relative_to(data_dir)),
    }
    conn.execute(insert(dataset).values(**(row | columns)))
