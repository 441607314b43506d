"""Where to send somebody after signing in: a page of this site, whatever the link asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST_DESTINATION = 2000


def is_page_of_ours(destination: str) -> bool:
    r"""Whether a browser that follows it stays on this site.

    One slash, no second: `//evil` and `/\evil` name another host to a browser, which also drops tabs and line ends
    before it looks.
    """
    if not destination.startswith("/") or len(destination) > LONGEST_DESTINATION:
        return False
    if not destination.isprintable() or "\\" in destination or destination.startswith("//"):
        return False
    try:
        parts = urlsplit(destination)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def choose_destination(wanted: str | None, otherwise: str) -> str:
    """Choose the page asked for where it is ours, else `otherwise`."""
    return wanted if wanted and is_page_of_ours(wanted) else otherwise
