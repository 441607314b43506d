"""What is wrong with a filter, and where, for whoever says it in words."""

from __future__ import annotations

from enum import StrEnum

from webapp.runs.language.tree import Key


class Fault(StrEnum):
    """What is wrong."""

    LONG = "long"
    MANY = "many"
    DEEP = "deep"
    SIGN = "sign"
    UNCLOSED = "unclosed"
    NAMELESS = "nameless"
    ODD_NAME = "odd name"
    NO_VALUE = "no value"
    UNEXPECTED = "unexpected"
    NO_ENTITY = "no entity"
    NO_ATTRIBUTE = "no attribute"
    NO_DATASET_KEY = "no dataset key"
    NO_MOMENT = "no moment"
    NO_ORDER = "no order"
    NO_PATTERN = "no pattern"
    NEEDS_TEXT = "needs text"
    NEEDS_NUMBER = "needs number"
    NEEDS_MOMENT = "needs moment"
    NEEDS_SPAN = "needs span"
    NEEDS_EITHER = "needs either"


class FilterError(ValueError):
    """The text is no filter.

    Attributes
    ----------
    at
        The first character that is wrong, counted from 0; the text's length where it ends too early.
    found
        What stands there, empty at the end.
    expected
        What might have stood there: `key`, `value`, `operator`, `end`, or the word or sign itself.
    key
        What a value or an operator does not fit.
    """

    def __init__(
        self, fault: Fault, at: int, found: str = "", *, expected: frozenset[str] = frozenset(), key: Key | None = None
    ) -> None:
        super().__init__(f"{fault} at {at}")
        self.fault, self.at, self.found, self.expected, self.key = fault, at, found, expected, key
