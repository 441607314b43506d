"""A text in parts, which knows nothing of Markdown or HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Paragraph:
    """A few sentences; a warning is set apart."""

    text: str
    is_warning: bool = False
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Code:
    """What is typed into a terminal."""

    text: str
    kind: Literal["code"] = "code"


@dataclass(frozen=True)
class Grid:
    """A table whose first column names its lines. In the column numbered `struck`, figures are struck through."""

    caption: str
    headers: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    struck: int | None = None
    kind: Literal["grid"] = "grid"


Block = Paragraph | Bullets | Code | Grid


@dataclass(frozen=True)
class Chapter:
    """A heading and what stands under it."""

    code: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole text in one language."""

    language: str
    title: str
    lead: tuple[Block, ...]
    chapters: tuple[Chapter, ...]
