"""Write at training the file of a model of which no graph can be written."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import skops.io

from ml.serve.apart.file import ENTRY
from ml.serve.encoding import ExportError


def keep_pipeline(pipeline: Any, contract: Mapping[str, Any]) -> bytes:
    """Return the file of a fitted pipeline with its contract, as `ml.serve.export.describe_contract` makes it.

    Raises
    ------
    ExportError
        Where skops cannot write some object that the pipeline holds.
    """
    try:
        content: bytes = skops.io.dumps(pipeline, compression=zipfile.ZIP_DEFLATED)
    except Exception as error:  # skops raises what the objects raise that it asks for their state
        raise ExportError(f"skops cannot write it either: {type(error).__name__}: {error}") from error
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ENTRY, json.dumps(contract))
    return buffer.getvalue()
