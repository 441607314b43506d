"""The files of the dataset in use that may be downloaded."""

from __future__ import annotations

from pathlib import Path

from webapp.artifacts import find_artifact
from webapp.data.queries import Preparation


def find_file(found: Preparation, which: str, data_dir: Path) -> Path | None:
    """Return the clean or the rejected rows' file, or None where it is not under `data_dir/interim`.

    The store and the key of the cookies lie in `data_dir` too, so a path of the row may lead nowhere else.
    """
    recorded = {"clean": found.clean_path, "rejected": found.rejected_path}.get(which)
    path = find_artifact(data_dir, recorded) if recorded else None
    return path if path and path.is_relative_to((data_dir / "interim").resolve()) else None
