"""The bytes of a file, checked before anything looks inside."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ml.serve.contract import ModelFileError


def read_verified(path: Path, sha256: str) -> bytes:
    """Return the bytes of `path`, having checked them before anything looks inside.

    Raises
    ------
    ModelFileError
        Where the file cannot be read or its bytes are not those that were registered.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"the model file {path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelFileError(f"the model file {path} is not the one registered: its sha256 is {found}, not {sha256}")
    return content
