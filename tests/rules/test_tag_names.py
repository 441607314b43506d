"""A tag that has a name in the code has that name in one place."""

import re
from collections import Counter

from ml.settings import ROOT

NAMED = re.compile(r'^_?[A-Z_]+(?:: \w+)? = "((?:mlflow|proctor)\.[\w.]+)"', re.MULTILINE)
HELD_TOGETHER = {"proctor.challenger_chosen", "proctor.answers_nothing"}
"""Named in `ml.track.registry`, which the web process cannot load, and in `webapp.models.stages`; test_registry.py
compares them."""


def test_no_tag_is_named_twice() -> None:
    sources = [path for folder in ("ml", "webapp") for path in (ROOT / folder).rglob("*.py")]
    found = Counter(name for path in sources for name in NAMED.findall(path.read_text("utf-8")))
    assert "mlflow.note.content" in found
    assert {name for name, count in found.items() if count > 1} == HELD_TOGETHER
