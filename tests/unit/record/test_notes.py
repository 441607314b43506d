"""Notes that strangers may have written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.pages import find_faults
from webapp.record.notes import fingerprint, render_note

PIECES = (
    "[x](",
    "javascript:",
    ")",
    "![",
    "<img src=x onerror=",
    "`",
    "|",
    "# ",
    "\n",
    "> ",
    "&#x6a;",
    "<",
    "a",
    "](http://h/",
    '"',
)


def test_what_markdown_is_for() -> None:
    html = render_note("# One\n\n- **b** `c` ~~d~~\n\n| a |\n|---|\n| 1 |\n\n> q\n\n7. x")
    for part in ("<h3>One</h3>", "<strong>b</strong>", "<code>c</code>", "<s>d</s>", "<td>1</td>", "<blockquote>"):
        assert part in html
    assert '<ol start="7">' in html


def test_headings_stay_below_the_pages_own() -> None:
    assert re.findall(r"<h(\d)>", render_note("# a\n## b\n### c\n#### d\n###### f")) == ["3", "4", "5", "6", "6"]


def test_links_tell_nobody_where_they_were_found() -> None:
    assert render_note("[x](https://e.org)") == (
        '<p><a href="https://e.org" rel="noopener noreferrer nofollow">x</a></p>\n'
    )


def test_pictures_become_links() -> None:
    html = render_note("![a curve](https://e.org/p.png) [![inside](http://e.org/q.png)](http://e.org/)")
    assert "<img" not in html
    assert re.findall(r'href="([^"]+)"[^>]*>([^<]+)', html) == [
        ("https://e.org/p.png", "a curve"),
        ("http://e.org/", "inside"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        "<javascript:alert(1)>",
        "<a href='https://e.org' style='color:red' onclick=alert(1)>x</a>",
        "<iframe src=//e.org></iframe>",
        '```x" onload=alert(1)\n</code><script>\n```',
    ],
)
def test_nothing_of_it_runs(text: str) -> None:
    assert_harmless(text)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join))
def test_nothing_of_anything_runs(text: str) -> None:
    assert_harmless(text)


def assert_harmless(text: str) -> None:
    html = str(render_note(text))
    faults = find_faults(f"<!doctype html><title>t</title><main><h1>h</h1><div>{html}</div></main>")
    assert [
        fault for fault in faults if " leads to #" not in fault
    ] == []  # a link of theirs that leads nowhere harms nobody
    tags = re.findall(r"<([^>]*)>", html)
    assert not re.search(r"(?i)<(script|img|iframe|style|svg|form)", html)
    assert [tag for tag in tags if re.search(r"(?i)\s(on\w+|style|src)\s*=", re.sub(r'"[^"]*"', '""', tag))] == []
    assert re.findall(r'(?i)href="\s*(?:javascript|data|vbscript)', html) == []


def test_what_is_far_too_long_is_shown_as_typed() -> None:
    assert render_note("<b>" + "x" * 60_000).startswith("<pre>&lt;b&gt;xxx")


def test_a_fingerprint_tells_texts_apart() -> None:
    assert len({fingerprint(text) for text in ("", " ", "a", "a\n")}) == 4
