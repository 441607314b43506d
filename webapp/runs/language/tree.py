"""What a filter says, as a tree of values: frozen, and whoever reads it needs no grammar.

Of a comparison of which a run lacks the key nothing holds, whatever the operator: `metrics.a != 1` finds no run
without the metric `a`, and `not metrics.a != 1` finds it. A key that is there but cannot be compared so (NaN with a
number, the param `sqrt` with 5) is unequal to what it is compared with, and neither less nor greater.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Where a key is looked up; the value is how people write it."""

    ATTRIBUTE = "attributes"
    METRIC = "metrics"
    PARAM = "params"
    TAG = "tags"
    DATASET = "datasets"


class Type(StrEnum):
    """What a key's values are compared as."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    SPAN = "span"
    EITHER = "either"
    """A text that may be a number, as params and tags are: the value says which of the two is meant."""


class Operator(StrEnum):
    """How a key is compared with a value."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    CONTAINS = "~"
    """Case is ignored in the letters A–Z, so that every database does the same."""
    LIKE = "like"
    """`%` is any text and `_` any one character; no other sign is special, and case counts."""
    ILIKE = "ilike"
    """LIKE without case in the letters A–Z."""
    IN = "in"
    NOT_IN = "not in"


ORDERINGS = frozenset({Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL})
PATTERNS = frozenset({Operator.CONTAINS, Operator.LIKE, Operator.ILIKE})
DENIALS = frozenset({Operator.UNEQUAL, Operator.NOT_IN})


@dataclass(frozen=True)
class Key:
    """What is compared: of which kind, under which name."""

    kind: Kind
    name: str
    type: Type


Scalar = str | int | float


@dataclass(frozen=True)
class Comparison:
    """A key against a value, or against several with IN and NOT_IN, which are all texts or all numbers.

    A text is `str`, the number of a metric, param or tag `float`; a moment is UTC epoch milliseconds and a span
    milliseconds, both `int` of at most 64 bits. Infinite floats occur (`1e999`), NaN does not.
    """

    key: Key
    operator: Operator
    value: Scalar | tuple[Scalar, ...]

    @property
    def is_of_text(self) -> bool:
        """Whether the key is compared as a text."""
        first = self.value[0] if isinstance(self.value, tuple) else self.value
        return isinstance(first, str)


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
    """A run that every part finds: of no parts, every run."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Either:
    """A run that at least one part finds: of no parts, no run."""

    parts: tuple[Expression, ...]


Expression = Comparison | Missing | Not | Both | Either


def list_leaves(expression: Expression) -> Iterator[Comparison | Missing]:
    """Yield what is said of single keys, from left to right."""
    if isinstance(expression, Not):
        yield from list_leaves(expression.part)
    elif isinstance(expression, Both | Either):
        for part in expression.parts:
            yield from list_leaves(part)
    else:
        yield expression
