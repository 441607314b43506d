"""Notes of runs and experiments: Markdown that strangers may have written, as HTML that can do no harm."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

import nh3
from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST_RENDERED = 50_000
"""Characters; what is longer is shown as it was typed."""
_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_HEADINGS_FROM = 2
"""The page and its sections have the first two levels."""


def fingerprint(text: str) -> str:
    """What tells one text of a note from another."""
    return sha256(text.encode()).hexdigest()


@lru_cache(maxsize=128)
def render_note(text: str) -> Markup:
    """Turn Markdown into HTML.

    HTML within it stays text, links tell nobody where they were found, and pictures become links: a page of ours
    loads nothing from elsewhere.
    """
    if len(text) > LONGEST_RENDERED:
        return Markup("<pre>{}</pre>").format(text)
    tokens = _parser().parse(_UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1:]) + _HEADINGS_FROM)}"
        if token.children:
            token.children = _link_pictures(token.children)
    html = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - it was cleaned in the line above


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a start does not wait for what only notes need

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _link_pictures(tokens: list[Token]) -> list[Token]:
    """Put a link in the place of each picture; within a link, the words that describe it."""
    linked: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type != "image":
            linked.append(token)
            continue
        words = type(token)("text", "", 0, content=token.content or str(token.attrs.get("src", "")))
        if depth:
            linked.append(words)
        else:
            opened = type(token)("link_open", "a", 1, attrs={"href": str(token.attrs.get("src", ""))})
            linked += [opened, words, type(token)("link_close", "a", -1)]
    return linked
