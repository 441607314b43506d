"""The model as it answers: by the rule that was asked for, in the file that is served and in the one that is kept."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ml.pipeline.fitting import Trained
from ml.pipeline.loading import Training
from ml.rules import Decision

GRAPH, APART = "onnx", "skops"
PATHS = {GRAPH: "serving/model.onnx", APART: "serving/model.skops"}
"""Among a run's artifacts, by the kind of file."""
ROWS_PATH = "serving/training_rows.json"
"""Beside the model's file, which has its sha256: `ml.serve.training_rows`."""
PICKLE_PATH = "serving/model.joblib"
"""What a version's file in the folder of models is a copy of."""


@dataclass(frozen=True)
class Served:
    """The file that is served, the training rows and the pickle beside it, or by `refusal` why there is none.

    `no_graph` says why the file is no graph, so that scikit-learn answers by it in a process apart.
    """

    content: bytes = b""
    rows: bytes = b""
    pickled: bytes = b""
    no_graph: str = ""
    refusal: str = ""

    @property
    def kind(self) -> str:
        """Of the file."""
        return APART if self.no_graph else GRAPH

    @property
    def path(self) -> str:
        """Where the file is among the run's artifacts."""
        return PATHS[self.kind]

    @property
    def files(self) -> Mapping[str, bytes]:
        """What lies among the run's artifacts, by where."""
        return {} if self.refusal else {self.path: self.content, ROWS_PATH: self.rows, PICKLE_PATH: self.pickled}

    @property
    def checksums(self) -> Mapping[str, str]:
        """Tags by which every one of these files is known again."""
        return {
            f"proctor.{self.kind}_path": self.path,
            f"proctor.{self.kind}_sha256": sha256(self.content).hexdigest(),
            "proctor.training_rows_sha256": sha256(self.rows).hexdigest(),
            "proctor.joblib_sha256": sha256(self.pickled).hexdigest(),
        }


def export_served(trained: Trained, training: Training) -> Served:
    """Export the fitted pipeline and hold it against the original; a file that answers differently is not served.

    A graph if one can be written; otherwise the pipeline itself, which is answered by scikit-learn in a process apart.
    """
    from ml.serve.contract import ModelFileError
    from ml.serve.encoding import ExportError  # ONNX is needed only here
    from ml.serve.keeping import keep_rows

    with training.stages.stage("export"):
        rows = keep_rows(trained.pipeline, training.table, training.spec, training.request.seed)
        pickled = _pickle(trained, training)
        try:
            return Served(_write(GRAPH, rows, trained, training), rows, pickled)
        except ExportError as error:
            no_graph = str(error)
        try:
            return Served(_write(APART, rows, trained, training), rows, pickled, no_graph)
        except (ExportError, ModelFileError) as error:
            return Served(refusal=f"{no_graph}; {error}")


def _write(kind: str, rows: bytes, trained: Trained, training: Training) -> bytes:
    """Write a file of that kind and hold it against the pipeline, loaded as it is to be served."""
    from ml.serve.apart.keeping import keep_pipeline
    from ml.serve.export import check_parity, describe_contract, export_model

    sets = trained.examination.sure.sets if trained.examination.sure else None
    contract = (training.spec, decision_of(trained, training), sets, sha256(rows).hexdigest())
    if kind == GRAPH:
        content = export_model(trained.pipeline, *contract)
    else:
        content = keep_pipeline(trained.pipeline, describe_contract(*contract))
    check_parity(content, trained.pipeline, training.table, training.spec, training.request.seed)
    return content


def _pickle(trained: Trained, training: Training) -> bytes:
    import joblib

    buffer = io.BytesIO()
    joblib.dump(answering(trained, training), buffer, compress=3)
    return buffer.getvalue()


def decision_of(trained: Trained, training: Training) -> Decision:
    """Return how the model answers: the rule that was asked for, and the class shares of the rows it was fitted to."""
    from ml.evaluate.rules import class_shares

    return Decision(training.request.rule, class_shares(trained.out_of_fold.truth, len(trained.evaluation.classes)))


def answering(trained: Trained, training: Training) -> Any:
    """Return the model as it is kept: it answers by the rule."""
    from ml.train.ruled import answer_by

    return answer_by(trained.pipeline, training.spec.target.categories, decision_of(trained, training))
