"""Where in a filter somebody is typing: the word under the cursor, and what the grammar would take in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lark import Token, UnexpectedInput

from webapp.runs.language.syntax import name_expected, open_parser, read_tokens

_WORDS = frozenset({"KEY", "_AND", "_OR", "_NOT", "_IN", "_IS", "_NULL"})
_VALUES = frozenset({"STRING", "NUMBER", "AGO", "SPAN", "DATE"})


@dataclass(frozen=True)
class Place:
    """A place in a filter: `word` begins at `start` and ends at the cursor, and may be empty.

    `expected` names what may stand there as a `FilterError` does, `key` is the key to its left, and `sign` the
    operator between the two.
    """

    start: int
    word: str
    expected: frozenset[str]
    key: Token | None
    sign: str


def find_place(before: str) -> Place | None:
    """Find the place at the end of what stands before the cursor; None where the filter went wrong before."""
    tokens, rest = _read(before)
    word = rest
    if tokens and _is_begun(tokens[-1], rest, len(before)):
        word = f"{tokens.pop()}{rest}"
    if not _is_word(word):
        return None
    if tokens and tokens[-1].type in _VALUES and tokens[-1].end_pos == len(before):
        return None  # whoever is still at a value needs no advice on what comes after it
    parser = open_parser(before)
    for token in tokens:
        parser.feed_token(token)
    expected = name_expected(parser.accepts())
    compared = [token for token in tokens if token.type in {"KEY", "OPERATOR"}]
    sign = str(compared.pop()).lower() if compared and compared[-1].type == "OPERATOR" else ""
    return Place(len(before) - len(word), word, expected, compared[-1] if compared else None, sign)


def _read(before: str) -> tuple[list[Token], str]:
    """Return the tokens that the grammar takes, and what is left of the text where it takes no more."""
    parser = open_parser(before)
    tokens: list[Token] = []
    try:
        for token in read_tokens(parser):
            parser.feed_token(token)
            tokens.append(token)
    except UnexpectedInput as error:
        at: int = error.pos_in_stream  # type: ignore[assignment]  # never None here
        return tokens, before[at:]
    return tokens, ""


def _is_begun(token: Token, rest: str, end: int) -> bool:
    """Whether the last token is a part of the word under the cursor."""
    touches = token.end_pos == end - len(rest)
    is_word = token.type in _WORDS or (token.type == "OPERATOR" and token[0].isalpha())
    return touches and ((not rest and is_word) or (token.type == "KEY" and rest.startswith(".")))


def _is_word(word: str) -> bool:
    """Whether it is no more than one word; what opens a quote goes on to the end."""
    return re.fullmatch(r"[^\s`'\"]*([`'\"].*)?", word, re.DOTALL) is not None
