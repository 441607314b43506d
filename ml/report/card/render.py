"""A document as Markdown and as one HTML file that needs no other."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ml.report.card.describe import describe_card
from ml.report.card.document import Block, Bullets, Code, Document, Grid, Paragraph
from ml.report.card.values import ModelCard

LANGUAGES = ("en", "es")
_MARKED = re.compile(r"([\\`*_{}\[\]<>#|~])")


def card_documents(card: ModelCard) -> dict[str, str]:
    """Return the card in both languages and both formats, by the name of its file."""
    documents = {language: describe_card(card, language) for language in LANGUAGES}
    return {f"model_card.{language}.md": to_markdown(document) for language, document in documents.items()} | {
        f"model_card.{language}.html": to_html(document) for language, document in documents.items()
    }


def to_html(document: Document) -> str:
    """Write one file with its styles in it; every text is escaped."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("card.html").render(document=document).lstrip()


def to_markdown(document: Document) -> str:
    """Write GitHub's Markdown; what would be read as a mark is escaped."""
    parts = [f"# {_escape(document.title)}", *map(_write, document.lead)]
    for chapter in document.chapters:
        parts += [f"## {_escape(chapter.title)}", *map(_write, chapter.blocks)]
    return "\n\n".join(parts) + "\n"


def _write(block: Block) -> str:
    match block:
        case Paragraph():
            return f"**{_escape(block.text)}**" if block.is_warning else _escape(block.text)
        case Bullets():
            return "\n".join(f"- {_escape(item)}" for item in block.items)
        case Code():
            return f"```sh\n{block.text}\n```"
        case Grid():
            return _write_grid(block)


def _write_grid(grid: Grid) -> str:
    rule = "|---|" + "---:|" * (len(grid.headers) - 1)
    lines = [
        [f"~~{_escape(text)}~~" if place == grid.struck else _escape(text) for place, text in enumerate(line)]
        for line in grid.lines
    ]
    table = [list(map(_escape, grid.headers)), *lines]
    head, *rows = [f"| {' | '.join(line)} |" for line in table]
    return "\n".join([_escape(grid.caption), "", head, rule, *rows])


def _escape(text: str) -> str:
    return _MARKED.sub(r"\\\1", " ".join(text.split()))
