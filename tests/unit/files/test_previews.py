"""What is shown of a file, whatever it holds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.files.previews import (
    LARGEST_READ,
    MOST_COLUMNS,
    Opaque,
    Page,
    Picture,
    Preview,
    Table,
    Text,
    indent_json,
    read_facts,
    read_preview,
)

SCALARS = st.none() | st.floats() | st.text(max_size=9) | st.integers()
JSON = st.recursive(SCALARS, lambda below: st.lists(below) | st.dictionaries(st.text(max_size=9), below), max_leaves=20)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def preview(folder: Path, name: str, content: bytes) -> Preview:
    path = folder / name
    path.write_bytes(content)
    return read_preview(path, read_facts(path))


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        (b"plain", "plain", "UTF-8"),
        ("\ufeffseñal".encode(), "señal", "UTF-8"),
        ("señal 🙂".encode("utf-16"), "señal 🙂", "UTF-16-LE"),
        (b"\xfe\xff" + "señal".encode("utf-16-be"), "señal", "UTF-16-BE"),
        (b"caf\xe9", "café", "Latin-1"),
        (b"a\r\nb\rc", "a\nb\nc", "UTF-8"),
        (b"", "", "UTF-8"),
        (b"\x1b[31mred\x1b[0m " + b"x" * 200, "\ufffd[31mred\ufffd[0m " + "x" * 200, "UTF-8"),
    ],
)
def test_text_is_read_in_its_encoding(tmp_path: Path, content: bytes, text: str, encoding: str) -> None:
    assert preview(tmp_path, "x.txt", content) == Text(text, encoding, is_cut=False)


@pytest.mark.parametrize("content", [b"a\0b", b"\x01\x02\x03\x04", b"\xff\xfe\x00", bytes(range(256)) * 3])
def test_bytes_that_are_no_text_are_not_shown(tmp_path: Path, content: bytes) -> None:
    assert preview(tmp_path, "x.txt", content) == Opaque()


def test_a_long_text_is_cut_between_letters_and_says_so(tmp_path: Path) -> None:
    found = preview(tmp_path, "x.log", b"x" + "é".encode() * LARGEST_READ)
    assert isinstance(found, Text)
    assert found.is_cut
    assert found.encoding == "UTF-8"
    assert len(found.text) == LARGEST_READ // 2


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    ],
)
def test_a_picture_is_one_by_its_bytes(tmp_path: Path, content: bytes, media_type: str) -> None:
    assert preview(tmp_path, "x.txt", content) == Picture(media_type)


def test_what_only_calls_itself_a_picture_is_text(tmp_path: Path) -> None:
    for name in ("x.png", "x.svg"):
        assert isinstance(preview(tmp_path, name, b"<svg onload=alert(1)>"), Text)


def test_html_is_framed_with_its_source(tmp_path: Path) -> None:
    assert preview(tmp_path, "x.HTML", b"<p>hi") == Page(Text("<p>hi", "UTF-8", is_cut=False), is_framed=True)


# ── JSON ─────────────────────────────────────────────────────────────────────
def test_json_is_indented_and_nothing_in_it_changed(tmp_path: Path) -> None:
    content = b'{"a":1.50,"a":[NaN,1e400,{}],"b":{"c":"x,{\\"y"}}'
    found = preview(tmp_path, "x.json", content)
    assert isinstance(found, Text)
    assert found.text.splitlines() == [
        "{", '  "a": 1.50,', '  "a": [', "    NaN,", "    1e400,", "    {}", "  ],",
        '  "b": {', '    "c": "x,{\\"y"', "  }", "}",
    ]  # fmt: skip


@given(JSON)
def test_indented_json_is_the_same_json(value: object) -> None:
    compact = json.dumps(value, separators=(",", ":"))
    indented = indent_json(Text(compact, "UTF-8", is_cut=False)).text
    assert json.dumps(json.loads(indented), separators=(",", ":")) == compact


def test_deep_json_stays_small(tmp_path: Path) -> None:
    found = preview(tmp_path, "x.json", b"[" * 200_000)
    assert isinstance(found, Text)
    assert found.is_cut
    assert len(found.text) < 1_100_000


# ── tables ───────────────────────────────────────────────────────────────────
def test_a_table_shows_its_first_rows_and_counts_the_rest(tmp_path: Path) -> None:
    found = preview(tmp_path, "x.csv", b'a,b\n"1,5",2\n' + b"3,4\n" * 300)
    assert isinstance(found, Table)
    assert (found.header, found.rows[0], len(found.rows), found.more_rows) == (("a", "b"), ("1,5", "2"), 200, 101)


def test_a_table_longer_than_is_read_counts_its_lines(tmp_path: Path) -> None:
    found = preview(tmp_path, "x.csv", b"a,b\n" + b"3,4\n" * 200_000)
    assert isinstance(found, Table)
    assert found.more_rows == 199_800


@pytest.mark.parametrize(("name", "content"), [("x.tsv", b"a\tb\n1,0\t2\n"), ("x.csv", b"a;b\n1,0;2\n")])
def test_other_separators(tmp_path: Path, name: str, content: bytes) -> None:
    found = preview(tmp_path, name, content)
    assert isinstance(found, Table)
    assert (found.header, found.rows) == (("a", "b"), (("1,0", "2"),))


def test_a_wide_table_and_a_long_cell_are_cut(tmp_path: Path) -> None:
    found = preview(tmp_path, "x.csv", b",".join([b"h"] * 100))
    assert isinstance(found, Table)
    assert (len(found.header), found.more_columns) == (MOST_COLUMNS, 40)
    narrow = preview(tmp_path, "y.csv", b"a\n" + b"x" * 5000)
    assert isinstance(narrow, Table)
    assert len(narrow.rows[0][0]) == 301


def test_what_is_no_table_is_text(tmp_path: Path) -> None:
    assert isinstance(preview(tmp_path, "x.csv", b'"' + b"x" * 200_000), Text)
    assert isinstance(preview(tmp_path, "y.csv", b""), Text)


def test_facts_are_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"line\n" * 500_000)
    facts = read_facts(path)
    assert (facts.size, facts.lines) == (2_500_000, 500_000)
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
