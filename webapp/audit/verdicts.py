"""The audit in a word and an icon, wherever a run or a version is shown."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

CHEAT = "cheat"


@dataclass(frozen=True)
class VerdictView:
    """A verdict as the component of that name shows it. `is_cheat` says that the score is not what it claims."""

    kind: str
    word: str
    is_cheat: bool


def describe_verdict(verdict: str) -> VerdictView:
    """The word and the icon of a verdict; whatever is none, as of a run that others logged, was not examined."""
    words = {
        "clean": ("good", _("Clean")),
        "look": ("look", _("Look here")),
        CHEAT: ("bad", _("Not what it claims")),
    }
    kind, word = words.get(verdict, ("unknown", _("Not examined")))
    return VerdictView(kind, word, verdict == CHEAT)
