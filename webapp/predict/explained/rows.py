"""The training rows beside the champion's file, verified by the checksum that the file itself carries."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from flask import current_app

from ml.serve.contract import ModelFileError, PredictorColumn
from ml.serve.verifying import read_verified
from webapp.artifacts import find_artifact, find_artifact_folder
from webapp.champion import Champion
from webapp.current import current_settings

if TYPE_CHECKING:
    from ml.serve.training_rows import TrainingRows


def find_training_rows(champion: Champion) -> TrainingRows | None:
    """Return the rows that the champion was fitted to; None where its file names none, or they cannot be trusted.

    Read once and kept as long as the file is there: whoever deletes it has deleted it.
    """
    from ml.serve.training_rows import FILE_NAME  # noqa: PLC0415 - see ml.serve.contract

    predictor, version = champion.predictor, champion.version
    if not predictor.rows_sha256:
        return None
    folder = find_artifact_folder(version.artifact_uri, current_settings().artifact_roots)
    beside = PurePosixPath(version.file_path).with_name(FILE_NAME)
    path = find_artifact(folder, str(beside)) if folder else None
    if path is None:
        return None
    try:
        return _read(path, path.stat().st_mtime_ns, predictor.rows_sha256, predictor.columns, predictor.classes)
    except (ModelFileError, OSError) as error:
        current_app.logger.error("v%s: the training rows are not shown: %s", version.version, error)  # noqa: TRY400  # said whole
        return None


@lru_cache(maxsize=2)
def _read(
    path: Path, _changed_at: int, sha256: str, columns: tuple[PredictorColumn, ...], classes: tuple[str, ...]
) -> TrainingRows:
    """Keep no predictor among the arguments: whose process is apart would go on for as long."""
    from ml.serve.training_rows import read_rows  # noqa: PLC0415

    return read_rows(read_verified(path, sha256), columns, classes)
