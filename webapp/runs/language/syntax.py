"""From the text of a filter to its tree, or to an error that points at the character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, Tree, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError
from lark.parsers.lalr_interactive_parser import InteractiveParser

from webapp.runs.language.comparing import compare, compare_any
from webapp.runs.language.errors import Fault, FilterError
from webapp.runs.language.keys import read_key
from webapp.runs.language.tree import Both, Either, Expression, Missing, Not, Operator

LONGEST = 10_000
"""Characters of a filter."""
DEEPEST, MOST_COMPARISONS = 30, 100
"""Levels of parentheses and `not`, and comparisons: more than anybody types, few enough for Python and any database."""

_QUOTES = ("'", '"', "`")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # what no database takes
_GROUPS = {
    "KEY": "key", "OPERATOR": "operator", "_IN": "in", "_IS": "is", "_AND": "and", "_OR": "or", "_NOT": "not",
    "_NULL": "null", "LPAR": "(", "RPAR": ")", "COMMA": ",", "$END": "end",
}  # fmt: skip


def parse_filter(text: str, now: int) -> Expression | None:
    """Return the tree of a filter; None of an empty one, which leaves every run in.

    Parameters
    ----------
    now
        UTC epoch milliseconds, from which `-7d` counts.

    Raises
    ------
    FilterError
        Where it is no filter.
    """
    if len(text) > LONGEST:
        raise FilterError(Fault.LONG, LONGEST, text[LONGEST])
    wrong = _NO_TEXT.search(text)
    if wrong:
        raise FilterError(Fault.SIGN, wrong.start())
    if not text.strip():
        return None
    try:
        expression: Expression = _Builder(now).transform(_parse(text))
    except UnexpectedInput as error:
        raise _explain(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, FilterError):
            raise error.orig_exc from None
        raise
    return expression


def open_parser(text: str) -> InteractiveParser:
    """Return a parser at the beginning of a text."""
    return _open_grammar().parse_interactive(text)


def read_tokens(parser: InteractiveParser) -> Iterator[Token]:
    """Yield the tokens from where the parser is; whoever takes one feeds it before the next is looked for."""
    tokens: Iterator[Token] = parser.lexer_thread.lex(parser.parser_state)
    return tokens


def name_expected(terminals: set[str]) -> frozenset[str]:
    """Name what terminals of the grammar are to somebody who types."""
    return frozenset(_GROUPS.get(terminal, "value") for terminal in terminals)


@cache
def _open_grammar() -> Lark:
    text = Path(__file__).with_name("filters.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", maybe_placeholders=False)


@lru_cache(maxsize=64)
def _parse(text: str) -> Tree[Token]:
    parser, guard = open_parser(text), _Guard()
    for token in read_tokens(parser):
        guard.pass_by(token)
        parser.feed_token(token)
    found: Tree[Token] = parser.feed_eof()
    return found


class _Guard:
    """Stops at the token that makes a filter too deep or too long for what reads its tree."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.comparisons = 0

    def pass_by(self, token: Token) -> None:
        if token.type in {"LPAR", "_NOT"}:
            self.open.append(token.type)
        elif token.type == "RPAR":
            self._close_nots()
            del self.open[-1:]
        if token.type in {"KEY", "RPAR"}:
            self._close_nots()
        self.comparisons += token.type == "KEY"
        if len(self.open) > DEEPEST:
            raise FilterError(Fault.DEEP, token.start_pos or 0, str(token))
        if self.comparisons > MOST_COMPARISONS:
            raise FilterError(Fault.MANY, token.start_pos or 0, str(token))

    def _close_nots(self) -> None:
        while self.open[-1:] == ["_NOT"]:
            self.open.pop()


def _explain(error: UnexpectedInput, text: str) -> FilterError:
    """Say what stands where the grammar gave up."""
    is_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    at: int = len(text.rstrip()) if is_end else error.pos_in_stream  # type: ignore[assignment]  # never None here
    before, rest = text[:at], text[at:]
    expected = _find_expected(before)
    if is_end:
        return FilterError(Fault.UNEXPECTED, at, expected=expected)
    if rest[0] in _QUOTES and not isinstance(error, UnexpectedToken):
        return FilterError(Fault.UNCLOSED, at, rest[0])
    if rest[0] == "." and re.search(r"\w$", before):
        return FilterError(*((Fault.UNCLOSED, at + 1, rest[1]) if rest[1:2] in _QUOTES else (Fault.NAMELESS, at, ".")))
    if "operator" in expected and re.search(r"[\w`'\"]$", before) and not re.match(r"[\s!=<>~]", rest):
        return FilterError(Fault.ODD_NAME, at, rest[0])
    found = str(error.token) if isinstance(error, UnexpectedToken) else re.split(r"(?<=.)(?=[\s(),])", rest)[0]
    is_word = re.match(r"[\w.+-]", found) is not None
    fault = Fault.NO_VALUE if "value" in expected and is_word else Fault.UNEXPECTED
    return FilterError(fault, at, found, expected=expected)


def _find_expected(before: str) -> frozenset[str]:
    """Name what might follow a text that is right as far as it goes."""
    parser = open_parser(before)
    for token in read_tokens(parser):
        parser.feed_token(token)
    return name_expected(parser.accepts())


class _Builder(Transformer[Token, Any]):
    """Builds the tree from the leaves up, and refuses what cannot be compared."""

    def __init__(self, now: int) -> None:
        super().__init__(visit_tokens=False)
        self.now = now

    def both(self, parts: list[Expression]) -> Expression:
        return Both(tuple(parts))

    def either(self, parts: list[Expression]) -> Expression:
        return Either(tuple(parts))

    def negation(self, parts: list[Expression]) -> Expression:
        (part,) = parts
        return part.part if isinstance(part, Not) else Not(part)

    def compared(self, parts: list[Token]) -> Expression:
        name, operator, value = parts
        return compare(read_key(name), operator, value, self.now)

    def one_of(self, parts: list[Any]) -> Expression:
        return compare_any(read_key(parts[0]), Operator.IN, parts[1], self.now)

    def none_of(self, parts: list[Any]) -> Expression:
        return compare_any(read_key(parts[0]), Operator.NOT_IN, parts[1], self.now)

    def values(self, parts: list[Token]) -> list[Token]:
        return [part for part in parts if part.type != "COMMA"]

    def missing(self, parts: list[Token]) -> Expression:
        return Missing(read_key(parts[0]))

    def present(self, parts: list[Token]) -> Expression:
        return Not(Missing(read_key(parts[0])))
