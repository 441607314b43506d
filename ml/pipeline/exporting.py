"""The model as it answers: by the rule that was asked for, in the file that is served and in the one that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ml.pipeline.fitting import Trained
from ml.pipeline.loading import Training
from ml.rules import Decision


@dataclass(frozen=True)
class Served:
    """The file that is served and the training rows that lie beside it, or why there is none."""

    content: bytes = b""
    rows: bytes = b""
    refusal: str = ""


def export_served(trained: Trained, training: Training) -> Served:
    """Export the fitted pipeline and hold it against the original; a model that fails is not served."""
    from ml.serve.encoding import ExportError  # ONNX is needed only here
    from ml.serve.export import check_parity, export_model
    from ml.serve.keeping import keep_rows

    with training.stages.stage("export"):
        try:
            sets = trained.examination.sure.sets if trained.examination.sure else None
            rows = keep_rows(trained.pipeline, training.table, training.spec, training.request.seed)
            decision = decision_of(trained, training)
            content = export_model(trained.pipeline, training.spec, decision, sets, sha256(rows).hexdigest())
            check_parity(content, trained.pipeline, training.table, training.spec, training.request.seed)
        except ExportError as error:
            return Served(refusal=str(error))
    return Served(content, rows)


def decision_of(trained: Trained, training: Training) -> Decision:
    """Return how the model answers: the rule that was asked for, and the class shares of the rows it was fitted to."""
    from ml.evaluate.rules import class_shares

    return Decision(training.request.rule, class_shares(trained.out_of_fold.truth, len(trained.evaluation.classes)))


def answering(trained: Trained, training: Training) -> Any:
    """Return the model as it is kept: it answers by the rule."""
    from ml.train.ruled import answer_by

    return answer_by(trained.pipeline, training.spec.target.categories, decision_of(trained, training))
