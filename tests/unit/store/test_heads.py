"""The revisions that the code names are the newest that there are."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from ml.settings import ROOT
from webapp.store.schema import MLFLOW_HEAD, PROCTOR_HEAD


def find_heads(folder: Path) -> set[str]:
    """Read the revisions that no other builds on; loading MLflow's would import MLflow."""
    source = "\n".join(path.read_text() for path in folder.glob("*.py"))
    revisions = set(re.findall(r"^revision = [\"'](\w+)", source, re.MULTILINE))
    return revisions - set(re.findall(r"^down_revision = [\"'](\w+)", source, re.MULTILINE))


def test_mlflow_head_is_that_of_the_mlflow_installed() -> None:
    spec = find_spec("mlflow")
    assert spec is not None
    assert spec.origin is not None
    assert find_heads(Path(spec.origin).parent / "store" / "db_migrations" / "versions") == {MLFLOW_HEAD}


def test_our_head_is_the_newest_revision() -> None:
    assert find_heads(ROOT / "migrations" / "versions") == {PROCTOR_HEAD}
