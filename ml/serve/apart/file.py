"""The file of such a model: what skops writes of the fitted pipeline, with the contract in the same archive."""

from __future__ import annotations

import io
import json
import zipfile
import zlib

from ml.serve.contract import Contract, ModelFileError, read_contract

ENTRY = "proctor.json"
ARCHIVE = b"PK\x03\x04"
"""How an archive begins, and no graph."""
LARGEST_CONTRACT = 20_000_000


def is_archive(content: bytes) -> bool:
    """Whether the file of a model is of this kind, by its first bytes."""
    return content.startswith(ARCHIVE)


def read_archive(content: bytes) -> Contract:
    """Read the contract alone: of the pipeline nothing is looked at.

    Raises
    ------
    ModelFileError
        Where it is no archive of ours.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo(ENTRY).file_size > LARGEST_CONTRACT:
                raise ModelFileError("not a model file of Proctor's: its contract is too long")
            document = json.loads(archive.read(ENTRY))
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, RuntimeError, OSError, EOFError) as error:
        raise ModelFileError(f"not a model file of Proctor's: {type(error).__name__}") from error
    return read_contract(document)
