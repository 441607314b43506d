"""How headers and cells are compared: what looks alike to a reader is alike."""

from __future__ import annotations

# what str.strip takes, and the marks that look like nothing: zero-width space and joiners, word joiner, byte order mark
_SPACE = "".join(map(chr, (*range(9, 14), *range(28, 33), 133, 160, 5760, *range(8192, 8208), 8232, 8233, 8239, 8287,
                           8288, 12288, 65279)))  # fmt: skip


def fold_header(header: str) -> str:
    """Return what headers are compared by: no case, no quotes, no spaces, underscores or hyphens."""
    return "".join(char for char in header.casefold() if not char.isspace() and char not in "_-'\"\ufeff")


def fold_category(text: str) -> str:
    """Return what categories are compared by: no case, no quotes or space around, underscores as spaces."""
    words = " ".join(strip_cell(text).casefold().replace("_", " ").split())
    return words or strip_cell(text).casefold()


def strip_cell(text: str) -> str:
    """Take white space, invisible marks and matching quotes off both ends, as often as they nest."""
    stripped = strip_space(text)
    while len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "'\"`":
        stripped = strip_space(stripped[1:-1])
    return stripped


def strip_space(text: str) -> str:
    """Take white space and invisible marks off both ends."""
    return text.strip(_SPACE)
