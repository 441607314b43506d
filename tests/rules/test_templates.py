"""What the content security policy forbids is not written in a template, and nothing escapes the escaping."""

import re
from pathlib import Path

import pytest

from ml.settings import ROOT

FOLDER = ROOT / "webapp" / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
RULES = {
    "unescaped": r"\|\s*safe\b|\bMarkup\(|\{%-?\s*autoescape\s+false",
    "inline style": r"<style\b|<[^>]*\sstyle\s*=",
    "inline script": r"<script\b(?![^>]*(\ssrc\s*=|type=\"application/json\"))",
    "event attribute": r"<[^>]*\son[a-z]+\s*=",
    "script address": r"(?i)javascript:",
    "somebody else's host": r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//",
}


def find_breaches(html: str) -> list[str]:
    code = re.sub(r"\{#.*?#\}", "", html, flags=re.DOTALL)
    return [name for name, pattern in RULES.items() if re.search(pattern, code)]


def test_templates_are_looked_at() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_template_keeps_the_rules(path: Path) -> None:
    assert find_breaches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("html", "breach"),
    [
        ("{{ figure|safe }}", "unescaped"),
        ("{{ figure | safe }}", "unescaped"),
        ("{% autoescape false %}", "unescaped"),
        ('<p class="x" style="color: red">', "inline style"),
        ("<style>p {}</style>", "inline style"),
        ("<script>alert(1)</script>", "inline script"),
        ('<script type="module">import "x"</script>', "inline script"),
        ('<button onclick="go()">', "event attribute"),
        ('<a href="javascript:go()">', "script address"),
        ('<script src="https://cdn.example/x.js"></script>', "somebody else's host"),
    ],
)
def test_a_breach_is_seen(html: str, breach: str) -> None:
    assert find_breaches(html) == [breach]


@pytest.mark.parametrize(
    "html",
    [
        '<script type="module" src="{{ url }}"></script>',
        '<script type="application/json" id="figure">{{ figure|tojson }}</script>',
        '<a href="https://doi.org/{{ doi }}">',
        "{# never |safe #}<p>safe</p>",
    ],
)
def test_what_is_allowed_is_left_alone(html: str) -> None:
    assert find_breaches(html) == []
