"""A family's out-of-fold answers, kept as soon as it is finished, for a comparison that is taken up again.

What they depend on is in the key: the folder names the data, the folds and the libraries, the file the family's own
settings. So answers that would come out otherwise now are never found.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.compare.ground import Ground
from ml.evaluate.splits import hash_folds
from ml.files import write_files
from ml.report.environment import library_versions, python_version
from ml.results import Origin
from ml.spec import DatasetSpec
from ml.train import Family

Floats = npt.NDArray[np.float64]

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_LENGTH = 16
_LIBRARIES = ("scikit-learn", "pandas", "numpy", "scipy")


@dataclass(frozen=True)
class Kept:
    """What one family answered, and what it cost.

    `probabilities` has shape (repeats, rows, classes); `columns` names the column that it settled on in each fold.
    """

    probabilities: Floats
    columns: tuple[str, ...]
    fit_seconds: float
    row_seconds: float
    size_bytes: int


@dataclass(frozen=True)
class Keeper:
    """The folder of one key."""

    folder: Path
    seed: int
    spec: DatasetSpec

    def find(self, family: Family) -> Kept | None:
        """Read what was kept of a family; a file that cannot be read counts as none, and is written anew."""
        try:
            with np.load(io.BytesIO(self._path(family).read_bytes()), allow_pickle=False) as found:
                facts = json.loads(str(found["facts"]))
                return Kept(found["probabilities"], tuple(facts.pop("columns")), **facts)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None

    def keep(self, family: Family, kept: Kept) -> None:
        """Write a family's answers, all of them or none."""
        facts = {
            "columns": kept.columns,
            "fit_seconds": kept.fit_seconds,
            "row_seconds": kept.row_seconds,
            "size_bytes": kept.size_bytes,
        }
        content = io.BytesIO()
        np.savez_compressed(content, probabilities=kept.probabilities, facts=np.array(json.dumps(facts)))
        write_files({self._path(family): content.getvalue()})

    def _path(self, family: Family) -> Path:
        return self.folder / f"{family.name}-{fingerprint(family, self.spec, self.seed)}.npz"


def fingerprint(family: Family, spec: DatasetSpec, seed: int) -> str:
    """Return a hash of the family's unfitted pipeline: every step and every parameter."""
    pipeline = family.build(spec, seed)
    settings = sorted((name, _ADDRESS.sub("", repr(value))) for name, value in pipeline.get_params(deep=True).items())
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:_LENGTH]


def open_keeper(folder: Path, ground: Ground, origin: Origin) -> Keeper:
    """Return the keeper of all that is run on this ground, in a folder of its own below `folder`."""
    facts = {
        "content": origin.content_sha256,
        "spec": ground.spec.sha256,
        "columns": ground.spec.feature_names,
        "rows": _hash_rows(ground.table),
        "folds": hash_folds(ground.fold, ground.truth),
        "seed": ground.seed,
        "libraries": library_versions(_LIBRARIES),
        "python": python_version(),
    }
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:_LENGTH]
    return Keeper(folder / key, ground.seed, ground.spec)


def _hash_rows(table: pd.DataFrame) -> str:
    """Return a checksum of the clean cells, which cleaning decides as well as the data."""
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
