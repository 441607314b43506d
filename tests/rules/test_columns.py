"""No column of the dataset is named in a program or a template: only the spec knows them."""

import re
from pathlib import Path

import pytest

from ml.settings import ROOT, read_settings
from ml.spec import load_spec

SPEC = load_spec(read_settings({}).spec_path)
# A name or alias that is a plain word of English would be found everywhere; those are told from code by their quotes.
NAMES = sorted({name for column in (SPEC.target, *SPEC.features) for name in (column.name, *column.aliases)})
SOURCES = sorted(
    path
    for folder in ("ml", "webapp", "migrations", "benchmarks", "scripts")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".html", ".js", ".txt", ".j2"}
)


def find_names(text: str) -> list[str]:
    """Find column names: in quotes, or as a word where no English word is spelt so."""
    return [
        name
        for name in NAMES
        if re.search(rf"""(["']){re.escape(name)}\1""", text)
        or ((name.lower() != name or "_" in name) and re.search(rf"\b{re.escape(name)}\b", strip_prose(text)))
    ]


def strip_prose(text: str) -> str:
    """Take away the capitals that open a sentence or a message: `"Time …"`, `Performance is`."""
    return re.sub(r"(?m)(^\s*|[\"'>(#.]\s*)[A-Z][a-z]+(?![\w\"'])", " ", text)


def test_sources_are_looked_at() -> None:
    assert len(SOURCES) > len(NAMES) > len(SPEC.features)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_column_is_named(path: Path) -> None:
    assert find_names(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        f"table['{SPEC.features[0].name}']",
        f'row["{SPEC.features[-1].name}"]',
        f"# why {SPEC.sensitive_names[0]} matters",
    ],
)
def test_a_named_column_is_seen(text: str) -> None:
    assert find_names(text) != []
