"""A file that is not the one registered is refused before anything looks inside, whatever was done to it."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import ml.serve.loading
from ml.places import ArtifactRoots
from ml.serve.contract import ModelFileError
from ml.serve.export import export_model
from ml.serve.keeping import keep_rows
from ml.serve.verifying import read_verified
from ml.settings import Settings
from ml.train import FAMILIES, fit_family
from tests.builders.apart import fit_unwritten, keep_apart
from tests.builders.tables import student_spec, student_table
from webapp.champion import load_version
from webapp.models.queries import ModelVersion

DAMAGES = 1_000
"""Of each kind, to each kind of file."""
NAMES = {"onnx": "model.onnx", "skops": "model.skops", "training rows": "training_rows.json"}


@dataclass(frozen=True)
class Code:
    """What writes a file when somebody unpickles it."""

    canary: str

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (self.canary, "w")


@pytest.fixture(scope="module")
def contents() -> dict[str, tuple[bytes, bytes]]:
    """Two files of each kind, both whole."""
    spec, table = student_spec(), student_table().table
    pipelines = [fit_family(FAMILIES[name], table, spec, 0) for name in ("logistic_regression", "single_column")]
    halves = [table.iloc[::2], table.iloc[1::2]]
    first, second = (keep_apart(fit_unwritten(half, spec), spec) for half in halves)
    graphs = [export_model(pipeline, spec) for pipeline in pipelines]
    rows = [keep_rows(pipelines[0], half, spec, 0) for half in halves]
    return {"onnx": (graphs[0], graphs[1]), "skops": (first, second), "training rows": (rows[0], rows[1])}


def flip(content: bytes, _other: bytes, chance: random.Random, _canary: Path) -> bytes:
    """Turn one bit around."""
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def cut(content: bytes, _other: bytes, chance: random.Random, _canary: Path) -> bytes:
    """Leave out the end."""
    return content[: chance.randrange(len(content))]


def swap(_content: bytes, other: bytes, chance: random.Random, _canary: Path) -> bytes:
    """Put another file there, be it whole and one of ours."""
    return other + b"\n" * chance.randrange(100)


def smuggle(_content: bytes, _other: bytes, chance: random.Random, canary: Path) -> bytes:
    """Put a pickle there that runs code when it is opened."""
    return pickle.dumps((Code(str(canary)), chance.random()))


DAMAGE = {"flip": flip, "cut": cut, "swap": swap, "smuggle": smuggle}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was handed on to be loaded, and what was unpickled."""
    found: list[str] = []
    is_on = True

    def listen(event: str, _given: object) -> None:
        if is_on and event.startswith("pickle."):
            found.append(event)

    sys.addaudithook(listen)  # nobody can take it away again, so it is switched off
    monkeypatch.setattr(ml.serve.loading, "load_model", lambda _content: found.append("load_model"))
    yield found
    is_on = False


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("kind", NAMES)
def test_it_is_refused_before_it_is_opened(
    contents: dict[str, tuple[bytes, bytes]],
    settings: Settings,
    opened: list[str],
    kind: str,
    damage: Callable[[bytes, bytes, random.Random, Path], bytes],
) -> None:
    content, other = contents[kind]
    path = settings.artifact_root / "s" / "r" / "artifacts" / "serving" / NAMES[kind]
    path.parent.mkdir(parents=True)
    canary = settings.artifact_root / "canary"
    refused = 0
    for number in range(DAMAGES):
        path.write_bytes(damage(content, other, random.Random(number), canary))  # noqa: S311
        try:
            use(kind, path, hashlib.sha256(content).hexdigest(), settings.artifact_roots)
        except ModelFileError as error:
            refused += "is not the one registered" in str(error)
    assert (refused, opened, canary.exists()) == (DAMAGES, [], False)
    path.write_bytes(content)
    use(kind, path, hashlib.sha256(content).hexdigest(), settings.artifact_roots)
    assert opened == ([] if kind == "training rows" else ["load_model"])


def use(kind: str, path: Path, sha256: str, roots: ArtifactRoots) -> None:
    """Do with a file what the site does with it."""
    if kind == "training rows":
        read_verified(path, sha256)
        return
    place, name = os.fspath(path.parent.parent), f"serving/{path.name}"
    load_version(ModelVersion("s", 1, None, place, None, "", (), sha256, name, ()), roots)
