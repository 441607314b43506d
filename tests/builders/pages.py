"""A page as a strict parser reads it, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import html5lib

POINTERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls")
"""Attributes that name the id of another element, or several."""


def find_faults(html: str) -> list[str]:
    """List what a browser would have to guess, what the policy forbids, and what leads nowhere.

    Raises
    ------
    html5lib.html5parser.ParseError
        For markup that breaks the grammar of HTML.
    """
    elements = list(parse(html))
    ids = [element.get("id") for element in elements if element.get("id")]
    faults = [f"id twice: {name}" for name, count in Counter(ids).items() if count > 1]
    for tag in ("title", "h1", "main"):
        found = [element for element in elements if element.tag == tag]
        faults += [] if len(found) == 1 and "".join(found[0].itertext()).strip() else [f"not one {tag}"]
    for element in elements:
        faults += [f"{element.tag} {fault}" for fault in _find_faults(element, set(ids))]
    return faults


def parse(html: str) -> Iterator[Any]:
    """Parse strictly, and go through all elements."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    yield from (element for element in tree.iter() if isinstance(element.tag, str))


def _find_faults(element: Any, ids: set[str]) -> Iterator[str]:
    if element.tag == "style" or "style" in element.keys():  # noqa: SIM118 - elements are no dictionaries
        yield "has a style of its own"
    if element.tag == "script" and not element.get("src"):
        yield "is written in the page"
    yield from (f"has {name}" for name in element.keys() if name.startswith("on"))  # noqa: SIM118
    if (element.get("href") or element.get("src") or "").startswith("javascript:"):
        yield "leads to a script"
    if (element.get("href") or "").startswith("#") and element.get("href")[1:] not in ids:
        yield f"leads to {element.get('href')}, which is not here"
    for pointer in POINTERS:
        missing = set((element.get(pointer) or "").split()) - ids
        yield from (f"{pointer} names {name}, which is not here" for name in missing)
