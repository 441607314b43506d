"""What people do is written into the log in one way, so that no kind of event is without words."""

import re

from ml.settings import ROOT

WRITES = re.compile(r"\b(?:insert|update|delete)\(\s*(?:tables\.)?event\b|\bevent\.(?:insert|update|delete)\(")


def test_one_module_alone_writes_events() -> None:
    sources = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / "webapp").rglob("*.py")}
    assert [name for name, text in sources.items() if WRITES.search(text)] == ["webapp/events.py"]
