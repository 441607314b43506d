"""What is wrong with a filter in the reader's language: what, where, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.runs.language.errors import Fault, FilterError
from webapp.runs.language.keys import ATTRIBUTES, write_key
from webapp.runs.language.nearness import find_nearest
from webapp.runs.language.sentences import is_word, say_what_is_wrong
from webapp.runs.language.tree import Expression, Key, Kind, list_leaves

_AROUND = 60
"""Characters that are shown on either side of what is wrong."""
_SLIPS = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}
"""What other languages say."""

_NAMED = (Kind.METRIC, Kind.PARAM, Kind.TAG)


@dataclass(frozen=True)
class WrongFilter:
    """What is wrong with a filter; `before`, `at` and `after` are the text around, and `at` is empty at its end."""

    sentence: str
    before: str
    at: str
    after: str
    mended: str = ""
    """The filter that was probably meant, where that can be guessed."""


@dataclass(frozen=True)
class UnknownKey:
    """A key that no run has, as a filter has it, and the names like it that some have."""

    text: str
    nearest: tuple[str, ...]


def describe_error(error: FilterError, text: str) -> WrongFilter:
    """Say what is wrong with the filter `text`."""
    end = error.at + max(len(error.found), 1)
    before, after = text[: error.at], text[end:]
    return WrongFilter(
        sentence=say_what_is_wrong(error, text),
        before=before if len(before) <= _AROUND else f"…{before[-_AROUND:]}",
        at=text[error.at : end][:_AROUND],
        after=after if len(after) <= _AROUND else f"{after[:_AROUND]}…",
        mended=_mend(error, text),
    )


def draw_caret(wrong: WrongFilter) -> str:
    """Draw the place as two lines for a terminal: the text, and signs that point at what is wrong."""
    line = re.sub(r"\s", " ", wrong.before + wrong.at + wrong.after)
    return f"{line}\n{' ' * len(wrong.before)}{'^' * max(len(wrong.at), 1)}"


def find_unknown_keys(expression: Expression, list_names: Callable[[Kind], Sequence[str]]) -> tuple[UnknownKey, ...]:
    """Return the keys of a filter that no run has: it may be right as it stands, and still not what was meant."""
    named = {leaf.key: None for leaf in list_leaves(expression) if leaf.key.kind in _NAMED}  # once each, in order
    known = {kind: list_names(kind) for kind in {key.kind for key in named}}
    return tuple(_doubt(key, known[key.kind]) for key in named if key.name not in known[key.kind])


def _doubt(key: Key, known: Sequence[str]) -> UnknownKey:
    nearest = find_nearest(key.name, known, most=3)
    return UnknownKey(write_key(key.kind, key.name) or key.name, tuple(write_key(key.kind, name) for name in nearest))


def _mend(error: FilterError, text: str) -> str:
    """Write what was probably meant in the place of what stands there."""
    found, meant = error.found, ""
    if error.fault is Fault.NO_ENTITY:
        meant = "".join(find_nearest(found, Kind))
    elif error.fault is Fault.NO_ATTRIBUTE:
        meant = "".join(find_nearest(found, ATTRIBUTES))
    elif error.fault is Fault.NO_VALUE and is_word(found):
        meant = f'"{found}"'
    elif error.fault is Fault.UNEXPECTED:
        meant = _SLIPS.get(found, "") if _SLIPS.get(found) in error.expected else ""
    stands = text[error.at : error.at + len(found)] == found
    return text[: error.at] + meant + text[error.at + len(found) :] if meant and stands else ""
