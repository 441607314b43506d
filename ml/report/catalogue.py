"""The sentences of `ml` in other languages, for documents that are written where no request is answered.

They stand in the catalogue that the site reads, so that a sentence is translated once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from babel.messages.pofile import read_po

from ml.settings import ROOT

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Words = TypeVar("Words", bound=DataclassInstance)

CATALOGUES = ROOT / "webapp" / "translations"


def translate(words: Words, language: str) -> Words:
    """Return `words`, a dataclass of English sentences, in `language`; what is not translated stays English."""
    texts = _read_texts(language.partition("-")[0])
    said = {item.name: getattr(words, item.name) for item in fields(words)}
    return replace(words, **{name: texts.get(text) or text for name, text in said.items()})


@cache
def _read_texts(language: str) -> Mapping[str, str]:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return {}
    with path.open("rb") as lines:
        return {
            message.id: message.string
            for message in read_po(lines, locale=language)
            if isinstance(message.id, str) and isinstance(message.string, str)
        }
