"""Every text that people read is there in Spanish, whole and with the same gaps to fill."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from ml.settings import ROOT

FOLDERS = ("webapp", "ml")
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None}
CATALOGUE = ROOT / "webapp" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
# What is written alike in both languages: symbols, units, names.
ALIKE = {
    "%(hours)s h %(minutes)s min",
    "%(minutes)s min %(seconds)s s",
    "%(num)s ms",
    "%(num)s s",
    "%(rows)s %(noun)s",
    "AUC",
    "Alias",
    "Error:",
    "F1",
    "QWK",
    "h",
    "min",
    "p",
    "p, Holm",
    "s",
}

Text = str | tuple[str, ...]
"""A text, or its singular and its plural."""


@cache
def extract_texts() -> frozenset[Text]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    return frozenset(
        text
        for folder in FOLDERS
        for _path, _line, text, _comments, _context in extract_from_dir(ROOT / folder, methods, options, KEYWORDS)
    )


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines, locale="es", abort_invalid=True)


def find_faults(texts: Iterable[Text], catalogue: Catalog) -> list[str]:
    """Say what a translator, or whoever forgot `make messages`, has still to do."""
    entries = {message.id: message for message in catalogue if message.id}
    wanted = set(texts)
    faults = [f"missing: {text}" for text in wanted - entries.keys()]
    faults += [f"in no code or template: {text}" for text in entries.keys() - wanted]
    faults += [f"commented out: {text}" for text in catalogue.obsolete]
    for text, message in entries.items():
        faults += [f"fuzzy: {text}"] if message.fuzzy else []
        faults += [
            f"{fault}: {english!r} → {spanish!r}"
            for english, spanish in zip(forms(text), forms(message.string), strict=True)
            if (fault := find_fault(english, spanish))
        ]
    return sorted(faults)


def find_fault(english: str, spanish: str) -> str:
    if not spanish.strip():
        return "empty"
    if gaps(english) != gaps(spanish):
        return "other gaps"
    return "not translated" if english == spanish and english not in ALIKE else ""


def forms(text: Text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def gaps(text: str) -> list[str]:
    """What `%` puts in place, and the percent signs that it leaves."""
    return sorted(re.findall(r"%(?:\(\w*\)\w|%)?", text))


def test_texts_are_looked_at() -> None:
    texts = extract_texts()
    assert "Sign in" in texts  # a template
    assert "Choose a password." in texts  # lazy_gettext
    assert ("%(num)s run", "%(num)s runs") in texts  # ngettext
    assert "First quartile" in texts  # a chart


def test_every_text_is_there_in_spanish() -> None:
    assert find_faults(extract_texts(), read_catalogue()) == []


def test_no_exception_is_left_over() -> None:
    assert extract_texts() >= ALIKE


@pytest.mark.parametrize(
    ("text", "entry", "fault"),
    [
        ("Rows", "", "missing: Rows"),
        ("Rows", 'msgid "Rows"\nmsgstr ""', "empty: 'Rows' → ''"),
        ("Rows", '#, fuzzy\nmsgid "Rows"\nmsgstr "Filas"', "fuzzy: Rows"),
        ("Rows", 'msgid "Rows"\nmsgstr "Rows"', "not translated: 'Rows' → 'Rows'"),
        ("Rows", 'msgid "Rows"\nmsgstr "Filas"\n\n#~ msgid "Lines"\n#~ msgstr "Líneas"', "commented out: Lines"),
        ("Rows", 'msgid "Rows"\nmsgstr "Filas"\n\nmsgid "Old"\nmsgstr "Viejo"', "in no code or template: Old"),
        ("%(a)s rows", 'msgid "%(a)s rows"\nmsgstr "%(b)s filas"', "other gaps: '%(a)s rows' → '%(b)s filas'"),
        ("95 %% of", 'msgid "95 %% of"\nmsgstr "95 % de"', "other gaps: '95 %% of' → '95 % de'"),
        (
            ("%(n)s row", "%(n)s rows"),
            'msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s fila"\nmsgstr[1] ""',
            "empty: '%(n)s rows' → ''",
        ),
    ],
)
def test_a_fault_is_seen(text: Text, entry: str, fault: str, tmp_path: Path) -> None:
    catalogue = tmp_path / "messages.po"
    catalogue.write_text(entry, encoding="utf-8")
    assert find_faults([text], read_catalogue(catalogue)) == [fault]
