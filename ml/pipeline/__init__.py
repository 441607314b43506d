"""The wiring of the stages: one recipe a module, to be read from top to bottom."""

from ml.pipeline.auditing import audit_files
from ml.pipeline.batch import predict_file
from ml.pipeline.comparing import compare
from ml.pipeline.fetching import fetch_artifacts
from ml.pipeline.fitting import fit_and_evaluate
from ml.pipeline.loading import load_training
from ml.pipeline.preparing import Prepared, prepare
from ml.pipeline.recording import ONNX_PATH
from ml.pipeline.removing import remove_artifacts
from ml.pipeline.reproducing import reproduce
from ml.pipeline.stages import Stages
from ml.pipeline.training import train

__all__ = [
    "ONNX_PATH",
    "Prepared",
    "Stages",
    "audit_files",
    "compare",
    "fetch_artifacts",
    "fit_and_evaluate",
    "load_training",
    "predict_file",
    "prepare",
    "remove_artifacts",
    "reproduce",
    "train",
]
