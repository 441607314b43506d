"""From the bytes of a model's file to what answers by it, whatever kind of file it is."""

from __future__ import annotations

from ml.serve.apart.engine import load_apart
from ml.serve.apart.file import is_archive
from ml.serve.predictor import Predictor, load_predictor


def load_model(content: bytes) -> Predictor:
    """Load a model from bytes that `ml.serve.verifying.read_verified` returned: a graph here, any other apart.

    Raises
    ------
    ml.serve.contract.ModelFileError
        Where they are no model of ours.
    """
    return load_apart(content) if is_archive(content) else load_predictor(content)
