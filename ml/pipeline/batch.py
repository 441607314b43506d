"""A file of rows, answered by one version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.results import Report, ignore_progress
from ml.spec import DatasetSpec

if TYPE_CHECKING:
    from ml.batch.predicting import Keep
    from ml.batch.requests import BatchRequest, BatchResult
    from ml.serve.predictor import Predictor


def predict_file(
    request: BatchRequest,
    predictor: Predictor,
    spec: DatasetSpec,
    keep: Keep,
    report: Report = ignore_progress,
) -> BatchResult:
    """Answer a file; `keep` writes each part's answers down before they are in any file.

    Raises
    ------
    ml.batch.problems.FileError
        Where it cannot be used as a whole; nothing is written then.
    """
    from ml.batch.predicting import predict_table

    return predict_table(request, predictor, spec, keep, report)
