"""A sentence for everything that can be wrong with a filter, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import gettext as _

from webapp.runs.language.errors import Fault, FilterError
from webapp.runs.language.keys import ATTRIBUTES, DATASET_KEYS, write_key
from webapp.runs.language.nearness import find_nearest
from webapp.runs.language.syntax import DEEPEST, LONGEST, MOST_COMPARISONS
from webapp.runs.language.tree import Kind, Type

_NAMED = (Kind.METRIC, Kind.PARAM, Kind.TAG)
_LONGEST = 40
"""Characters of what is wrong that a sentence repeats."""


def say_what_is_wrong(error: FilterError, text: str) -> str:
    """Say what is wrong with the filter `text`, and what would be right."""
    if error.fault is Fault.ODD_NAME:
        return _say_odd_name(error, text)
    if len(error.found) > _LONGEST:
        found = f"{error.found[:_LONGEST]}…"
        error = FilterError(error.fault, error.at, found, expected=error.expected, key=error.key)
    spoken = {
        Fault.NO_VALUE: _say_no_value,
        Fault.UNEXPECTED: _say_unexpected,
        Fault.NO_ENTITY: _say_no_entity,
        Fault.NO_ATTRIBUTE: _say_no_attribute,
        Fault.NO_ORDER: _say_no_order,
        Fault.NO_PATTERN: _say_no_pattern,
    }
    return spoken[error.fault](error) if error.fault in spoken else _say_plainly(error)


def is_word(found: str) -> bool:
    """Whether what stands where a value belongs looks like a text without its quotes."""
    return found[:1].isalpha() and not re.search("[\"'`]", found)


def _say_plainly(error: FilterError) -> str:
    key = _name_key(error)
    return {
        Fault.LONG: _("A filter has at most %(most)s characters.", most=LONGEST),
        Fault.MANY: _("A filter has at most %(most)s comparisons.", most=MOST_COMPARISONS),
        Fault.DEEP: _("Parentheses and “not” go at most %(most)s deep.", most=DEEPEST),
        Fault.SIGN: _("No text of a run can have this sign."),
        Fault.UNCLOSED: _("The quote that opens here is never closed."),
        Fault.NAMELESS: _("Here a name has to follow the point, as in metrics.accuracy."),
        Fault.NO_DATASET_KEY: _(
            "Of a dataset there is %(known)s.", known=_either(f"{Kind.DATASET}.{name}" for name in DATASET_KEYS)
        ),
        Fault.NO_MOMENT: _("There is no such date or time: write 2026-05-01 or 2026-05-01T10:30."),
        Fault.NEEDS_TEXT: _("%(key)s is a text: put the value in quotes.", key=key),
        Fault.NEEDS_NUMBER: _("%(key)s is a number: write one without quotes, as in 0.5.", key=key),
        Fault.NEEDS_MOMENT: _("%(key)s is a moment: write 2026-05-01, or -7d for seven days ago.", key=key),
        Fault.NEEDS_SPAN: _("%(key)s is a span of time: write 90s, 5m or 2h.", key=key),
        Fault.NEEDS_EITHER: _("%(key)s is compared with a number, or with a text in quotes.", key=key),
    }[error.fault]


def _say_odd_name(error: FilterError, text: str) -> str:
    entity, _dot, name = re.split(r"[\s(]", text[: error.at])[-1].rpartition(".")
    rest = re.split(r"[\s=!<>~()`]", text[error.at :])[0]
    example = f"{entity or Kind.METRIC}.`{name[-_LONGEST:]}{rest[:_LONGEST]}`"
    return _("A name with “%(sign)s” in it stands in backticks: %(example)s.", sign=error.found, example=example)


def _say_no_value(error: FilterError) -> str:
    if is_word(error.found):
        return _("A text stands in quotes: %(example)s.", example=f'"{error.found}"')
    return _(
        "“%(found)s” is no number, date or span of time: write 0.5, 2026-05-01, -7d or 90s. A text stands in quotes.",
        found=error.found,
    )


def _say_unexpected(error: FilterError) -> str:
    expected = _name_expected(error.expected)
    if not error.found:
        return _("The filter ends too early: next comes %(expected)s.", expected=expected)
    return _("“%(found)s” cannot stand here: next comes %(expected)s.", found=error.found, expected=expected)


def _say_no_entity(error: FilterError) -> str:
    nearest = find_nearest(error.found, Kind)
    if nearest:
        return _("There is no “%(found)s.” Did you mean %(nearest)s?", found=error.found, nearest=nearest[0])
    known = _either(f"{kind}." for kind in Kind)
    return _("There is no “%(found)s.” A name begins with %(known)s", found=error.found, known=known)


def _say_no_attribute(error: FilterError) -> str:
    nearest = find_nearest(error.found, ATTRIBUTES)
    if nearest:
        return _("A run has no “%(found)s”. Did you mean %(nearest)s?", found=error.found, nearest=nearest[0])
    ways = _either(write_key(kind, error.found) or f"{kind}.…" for kind in _NAMED)
    return _(
        "A run has no “%(found)s”: as a metric, a parameter or a tag it is %(ways)s.", found=error.found, ways=ways
    )


def _say_no_order(error: FilterError) -> str:
    if error.key and error.key.type is Type.EITHER:
        return _("No text is less or greater than another: write a number without quotes, or use =, !=, ~ or like.")
    return _("No text is less or greater than another: use =, !=, ~, like or in.")


def _say_no_pattern(error: FilterError) -> str:
    if error.key and error.key.type is Type.EITHER:
        return _("“%(found)s” looks into texts: put what it looks for in quotes.", found=error.found)
    return _("“%(found)s” looks into texts: use =, !=, <, <=, > or >= for numbers and times.", found=error.found)


def _name_expected(expected: frozenset[str]) -> str:
    """Name what would fit, the most telling of much."""
    if "key" in expected:
        return _("a name such as metrics.accuracy")
    if "operator" in expected:
        return _("an operator such as =, >, ~ or in")
    if "value" in expected:
        return _("a value such as %(examples)s", examples='0.5, -7d, "forest"')
    return _either(f"“{word}”" for word in (",", "(", ")", "and", "or", "in", "not", "null") if word in expected)


def _either(words: Iterable[str]) -> str:
    *others, last = words
    return _("%(others)s or %(last)s", others=", ".join(others), last=last) if others else last


def _name_key(error: FilterError) -> str:
    if error.key is None:
        return ""
    kind, name = error.key.kind, error.key.name
    return name if kind is Kind.ATTRIBUTE else write_key(kind, name[:_LONGEST]) or name[:_LONGEST]
