"""A run made again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ml.pipeline.training import train
from ml.results import Report, TrainingResult, ignore_progress
from ml.settings import Settings
from ml.source import find_same
from ml.spec import load_spec


def reproduce(
    settings: Settings, run_id: str, report: Report = ignore_progress, *, raw: Path | None = None, user: str = "",
    job_id: str = "",
) -> TrainingResult:  # fmt: skip
    """Make the run `run_id` again: the same wishes on a table of the same content, which is looked for (`find_same`).

    `raw` names the file to take and no other. The code and the libraries are those of now; what differs is said.

    Raises
    ------
    ReproductionError, OtherDataError, UnknownFamilyError, StoreError, SourceError, EvaluationError
        Before a run is begun, where it cannot be made again.
    """
    from ml.reproduction import read_original
    from ml.track import runs

    original = read_original(runs.open_client(settings), run_id, settings)
    same = find_same(load_spec(settings.spec_path), settings, original.surroundings.data, report, raw=raw)
    request = replace(original.request, user=user, job_id=job_id, reproduces=original.run_id)
    return train(same, request, report)
