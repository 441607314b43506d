"""From a key, an operator and a value as they were typed to what they say of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lark import Token

from webapp.runs.language.errors import Fault, FilterError
from webapp.runs.language.tree import (
    DENIALS,
    ORDERINGS,
    PATTERNS,
    Both,
    Comparison,
    Either,
    Expression,
    Key,
    Missing,
    Not,
    Operator,
    Scalar,
    Type,
)
from webapp.runs.language.values import Moment, read_moment, read_span

_LEAST, _GREATEST = -(2**63), 2**63 - 1
_BELOW = {Operator.LESS, Operator.LESS_OR_EQUAL}
_ABOVE = {Operator.GREATER, Operator.GREATER_OR_EQUAL}
_FITTING = {
    Type.TEXT: {"STRING"},
    Type.NUMBER: {"NUMBER"},
    Type.EITHER: {"STRING", "NUMBER"},
    Type.MOMENT: {"DATE", "AGO", "NUMBER", "STRING"},
    Type.SPAN: {"SPAN", "NUMBER"},
}
_NEEDS = {
    Type.TEXT: Fault.NEEDS_TEXT, Type.NUMBER: Fault.NEEDS_NUMBER, Type.EITHER: Fault.NEEDS_EITHER,
    Type.MOMENT: Fault.NEEDS_MOMENT, Type.SPAN: Fault.NEEDS_SPAN,
}  # fmt: skip


def compare(key: Key, sign: Token, value: Token, now: int) -> Expression:
    """Say that a key compares so with a value.

    Raises
    ------
    FilterError
        Where it never could.
    """
    operator = Operator("=" if sign == "==" else sign.lower())
    _check_type(key, value)
    is_text = key.type in {Type.TEXT, Type.EITHER} and value.type == "STRING"
    if is_text and operator in ORDERINGS:
        raise FilterError(Fault.NO_ORDER, sign.start_pos or 0, str(sign), key=key)
    if not is_text and operator in PATTERNS:
        raise FilterError(Fault.NO_PATTERN, sign.start_pos or 0, str(sign), key=key)
    if key.type in {Type.MOMENT, Type.SPAN}:
        return _compare_time(key, operator, value, now)
    return Comparison(key, operator, _read_scalar(value))


def compare_any(key: Key, operator: Operator, values: Sequence[Token], now: int) -> Expression:
    """Say that a key is one of some values (IN), or none of them (NOT_IN).

    Raises
    ------
    FilterError
        Where it never could.
    """
    for value in values:
        _check_type(key, value)
    if key.type in {Type.MOMENT, Type.SPAN}:
        equal = [_compare_time(key, Operator.EQUAL, value, now) for value in values]
        return _none_of(key, equal) if operator is Operator.NOT_IN else Either(tuple(equal))
    scalars = [_read_scalar(value) for value in values]
    texts = tuple(scalar for scalar in scalars if isinstance(scalar, str))
    numbers = tuple(scalar for scalar in scalars if not isinstance(scalar, str))
    parts = tuple(Comparison(key, operator, some) for some in (texts, numbers) if some)
    if len(parts) == 1:
        return parts[0]
    return Both(parts) if operator in DENIALS else Either(parts)


def _check_type(key: Key, value: Token) -> None:
    if value.type not in _FITTING[key.type]:
        raise FilterError(_NEEDS[key.type], value.start_pos or 0, str(value), key=key)


def _read_scalar(value: Token) -> Scalar:
    return str(value)[1:-1] if value.type == "STRING" else float(value)


def _none_of(key: Key, parts: list[Expression]) -> Expression:
    return Both((Not(Missing(key)), *(Not(part) for part in parts)))


def _compare_time(key: Key, operator: Operator, value: Token, now: int) -> Expression:
    if key.type is Type.SPAN:
        return _compare_whole(key, operator, read_span(str(value)))
    return _compare_moment(key, operator, read_moment(value, now))


def _compare_moment(key: Key, operator: Operator, moment: Moment) -> Expression:
    """Compare with all of a day or a minute: `> 2026-05-01` is after that day, `= 2026-05-01` within it."""
    if not moment.length:
        return _compare_whole(key, operator, moment.start)
    start, end = moment.start, moment.start + moment.length
    before, after = _compare_whole(key, Operator.LESS, start), _compare_whole(key, Operator.GREATER_OR_EQUAL, end)
    from_start, to_end = _compare_whole(key, Operator.GREATER_OR_EQUAL, start), _compare_whole(key, Operator.LESS, end)
    return {
        Operator.LESS: before,
        Operator.LESS_OR_EQUAL: to_end,
        Operator.EQUAL: Both((from_start, to_end)),
        Operator.UNEQUAL: Either((before, after)),
        Operator.GREATER_OR_EQUAL: from_start,
        Operator.GREATER: after,
    }[operator]


def _compare_whole(key: Key, operator: Operator, value: float) -> Expression:
    """Compare a key whose values are whole numbers of 64 bits with any number."""
    if not _LEAST <= value <= _GREATEST:
        holding = {Operator.UNEQUAL} | (_BELOW if value > 0 else _ABOVE)
        return Not(Missing(key)) if operator in holding else Either(())
    if value == math.floor(value):
        return Comparison(key, operator, int(value))
    if operator in {Operator.EQUAL, Operator.UNEQUAL}:
        return Not(Missing(key)) if operator is Operator.UNEQUAL else Either(())
    rounded = math.floor(value) if operator in {Operator.GREATER, Operator.LESS_OR_EQUAL} else math.ceil(value)
    return Comparison(key, operator, rounded)
