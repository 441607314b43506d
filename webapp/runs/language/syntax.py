"""From the text of a filter to its syntax tree, or to an error that points at the character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, reduce
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

LONGEST = 2_000
"""Characters of a filter."""
DEEPEST, MOST_COMPARISONS = 40, 100
"""Levels of parentheses and `not`, and comparisons: more than anybody types, and few enough for any database."""

UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
"""Milliseconds of each unit of time."""


class Kind(StrEnum):
    """Which table of MLflow's a key is looked up in."""

    ATTRIBUTE = "attribute"
    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"


class Type(StrEnum):
    """What a key's values are compared as."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    SPAN = "span"
    EITHER = "either"


_KINDS = {
    "metric": Kind.METRIC, "metrics": Kind.METRIC, "param": Kind.PARAM, "params": Kind.PARAM, "parameter": Kind.PARAM,
    "parameters": Kind.PARAM, "tag": Kind.TAG, "tags": Kind.TAG, "attribute": Kind.ATTRIBUTE, "attr": Kind.ATTRIBUTE,
    "attributes": Kind.ATTRIBUTE, "run": Kind.ATTRIBUTE,
}  # fmt: skip
_TYPES = {Kind.METRIC: Type.NUMBER, Kind.PARAM: Type.EITHER, Kind.TAG: Type.EITHER}
ATTRIBUTES: dict[str, Type] = {
    "run_id": Type.TEXT, "name": Type.TEXT, "status": Type.TEXT, "user": Type.TEXT, "family": Type.TEXT,
    "dataset": Type.TEXT, "started": Type.MOMENT, "finished": Type.MOMENT, "duration": Type.SPAN,
}  # fmt: skip
_ALIASES = {
    "id": "run_id", "run_name": "name", "run name": "name", "state": "status", "user_id": "user", "created": "started",
    "start_time": "started", "end_time": "finished",
}  # fmt: skip
_ORDERED = frozenset({"<", "<=", ">", ">="})
_OF_TEXT = frozenset({"like", "ilike", "~"})


class FilterError(ValueError):
    """The text is no filter.

    Attributes
    ----------
    code
        What is wrong, for whoever says it in words.
    at
        The place of the first character that is wrong, counted from 0.
    found
        What stands there.
    detail
        What would have been right, as codes or names.
    """

    def __init__(self, code: str, at: int, found: str = "", detail: tuple[str, ...] = ()) -> None:
        super().__init__(code, at, found, detail)
        self.code, self.at, self.found, self.detail = code, at, found, detail


@dataclass(frozen=True)
class Key:
    """What is compared."""

    kind: Kind
    name: str
    type: Type


@dataclass(frozen=True)
class Comparison:
    """A key against a text, or a number. Moments are UTC epoch milliseconds, spans milliseconds.

    A run that has no such key, or none that can be compared so, is not found, whatever the operator.
    """

    key: Key
    operator: str
    value: str | float


@dataclass(frozen=True)
class Missing:
    """A run that has no such key."""

    key: Key


@dataclass(frozen=True)
class Not:
    """A run that the part does not find."""

    part: Expression


@dataclass(frozen=True)
class Both:
    """A run that every part finds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Either:
    """A run that at least one part finds."""

    parts: tuple[Expression, ...]


Expression = Comparison | Missing | Not | Both | Either


def parse_filter(text: str, now: int) -> Expression | None:
    """Return the syntax tree of a filter; None of an empty one.

    Parameters
    ----------
    now
        UTC epoch milliseconds, from which `-7d` counts.

    Raises
    ------
    FilterError
        Where it is no filter.
    """
    if not text.strip():
        return None
    if len(text) > LONGEST:
        raise FilterError("long", LONGEST, detail=(str(LONGEST),))
    if "\0" in text:
        raise FilterError("unexpected", text.index("\0"), "NUL")
    try:
        found = _Builder(now).transform(_open_grammar().parse(text))
    except VisitError as error:
        if isinstance(error.orig_exc, FilterError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _explain(error, text) from None
    if sum(1 for _ in list_comparisons(found)) > MOST_COMPARISONS:
        raise FilterError("many", 0, detail=(str(MOST_COMPARISONS),))
    return found


def list_comparisons(expression: Expression) -> Iterator[Comparison | Missing]:
    """Yield the leaves of the tree, from left to right."""
    if isinstance(expression, Not):
        yield from list_comparisons(expression.part)
    elif isinstance(expression, Both | Either):
        for part in expression.parts:
            yield from list_comparisons(part)
    else:
        yield expression


@cache
def _open_grammar() -> Lark:
    text = Path(__file__).with_name("filters.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", propagate_positions=False)


def _explain(error: UnexpectedInput, text: str) -> FilterError:
    at = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    if isinstance(error, UnexpectedToken):
        expected, is_end = error.accepts or error.expected, error.token.type == "$END"
        found = "" if is_end else str(error.token)
        at = len(text.rstrip()) if is_end else at
    elif isinstance(error, UnexpectedCharacters):
        expected, found = error.allowed or set(), text[at : at + 1]
        if found in {"'", '"', "`"}:
            return FilterError("unclosed", at, found)
    else:
        expected, at, found = set(), len(text.rstrip()), ""
    return FilterError("unexpected", at, found, tuple(sorted({_group(name) for name in expected} - {""})))


def _group(terminal: str) -> str:
    """Name what a terminal stands for to somebody who types."""
    if terminal in {"STRING", "NUMBER", "AGO", "SPAN", "DATE"}:
        return "value"
    known = {
        "KEY": "key", "OPERATOR": "operator", "_IN": "operator", "_IS": "operator", "_AND": "and", "_OR": "or",
        "_NULL": "null", "LPAR": "(", "RPAR": ")", "COMMA": ",", "$END": "end",
    }  # fmt: skip
    return known.get(terminal, "")


class _Builder(Transformer[Token, Any]):
    """Builds the tree from the leaves up, and refuses what cannot be compared."""

    def __init__(self, now: int) -> None:
        super().__init__()
        self.now = now

    def both(self, parts: list[Expression]) -> Expression:
        return Both(tuple(parts))

    def either(self, parts: list[Expression]) -> Expression:
        return Either(tuple(parts))

    def negation(self, parts: list[Expression]) -> Expression:
        return parts[-1].part if isinstance(parts[-1], Not) else Not(parts[-1])

    def compared(self, parts: list[Token]) -> Expression:
        name, operator, value = parts
        return self._compare(_read_key(name), operator.lower(), value, operator)

    def one_of(self, parts: list[Any]) -> Expression:
        key, values = _read_key(parts[0]), parts[1]
        return Either(tuple(self._compare(key, "=", value, value) for value in values))

    def none_of(self, parts: list[Any]) -> Expression:
        """Of a run that has the key: as in SQL, what is missing is not compared."""
        key, values = _read_key(parts[0]), parts[1]
        return Both(tuple(self._compare(key, "!=", value, value) for value in values))

    def values(self, parts: list[Token]) -> list[Token]:
        return parts

    def missing(self, parts: list[Token]) -> Expression:
        return Missing(_read_key(parts[0]))

    def present(self, parts: list[Token]) -> Expression:
        return Not(Missing(_read_key(parts[0])))

    def _compare(self, key: Key, operator: str, value: Token, sign: Token) -> Comparison:
        read, kind = self._read_value(value, key)
        if kind is Type.TEXT and operator in _ORDERED:
            raise FilterError("order", _place(sign), str(sign), (key.name,))
        if kind is not Type.TEXT and operator in _OF_TEXT:
            raise FilterError("text_only", _place(sign), str(sign), (key.name,))
        return Comparison(key, operator, read)

    def _read_value(self, token: Token, key: Key) -> tuple[str | float, Type]:
        """Return the value as its key is compared, and as what."""
        fits = {
            "STRING": {Type.TEXT, Type.EITHER, Type.MOMENT}, "NUMBER": {Type.NUMBER, Type.EITHER, Type.MOMENT, Type.SPAN},
            "AGO": {Type.MOMENT}, "DATE": {Type.MOMENT}, "SPAN": {Type.SPAN},
        }[token.type]  # fmt: skip
        if key.type not in fits:
            raise FilterError(f"needs_{key.type}", _place(token), str(token), (key.name,))
        if token.type == "STRING":
            text = str(token)[1:-1]
            return (text, Type.TEXT) if key.type is not Type.MOMENT else (_read_date(text, token), Type.MOMENT)
        if token.type == "DATE":
            return _read_date(str(token), token), Type.MOMENT
        if token.type in {"AGO", "SPAN"}:
            span = _read_span(str(token).removeprefix("-"))
            return (self.now - span, Type.MOMENT) if token.type == "AGO" else (span, Type.SPAN)
        number = float(token)
        return (number * UNITS["s"] if key.type is Type.SPAN else number), Type.NUMBER


def _read_key(token: Token) -> Key:
    text = str(token)
    entity, dot, name = text.partition(".")
    if not dot:
        return _attribute(text, token)
    kind = _KINDS.get(entity.lower())
    if kind is None:
        raise FilterError("no_entity", _place(token), entity, ("metrics", "params", "tags", "attributes"))
    name = name[1:-1] if name[0] in '`"' else name
    return _attribute(name, token) if kind is Kind.ATTRIBUTE else Key(kind, name, _TYPES[kind])


def _attribute(name: str, token: Token) -> Key:
    known = _ALIASES.get(name.lower(), name.lower())
    if known not in ATTRIBUTES:
        raise FilterError("no_attribute", _place(token), name, tuple(ATTRIBUTES))
    return Key(Kind.ATTRIBUTE, known, ATTRIBUTES[known])


def _read_span(text: str) -> float:
    number = text.rstrip("mshdw")
    return float(number) * UNITS[text[len(number) :]]


def _read_date(text: str, token: Token) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FilterError("no_date", _place(token), str(token)) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * UNITS["s"]


def _place(token: Token) -> int:
    return token.start_pos or 0
