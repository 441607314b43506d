"""What somebody probably meant, among the names that there are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 100  # of a name that is still worth the comparison, which takes time in the square of it
_ALIKE = 0.6


def find_nearest(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Return the names that are like one, the likest first, whatever their case."""
    folded = {each.lower(): each for each in known if len(each) <= _LONGEST}
    return [folded[each] for each in get_close_matches(name.lower()[:_LONGEST], folded, most, _ALIKE)]
