"""Which runs an address asks for, what it wants to see of them, and addresses that ask for the same runs.

`run=` may stand there many times, as ticked boxes send it; `runs=` takes them all at once, shortened: 500 whole ids
are an address of 18 kB, which many a proxy refuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import abort, request, url_for
from flask_babel import gettext as _

from webapp.formats import integer

MOST = 500
"""Runs on one page."""
FEWEST = 2
FEW = 8
"""As many have room for a test each in words, and for their reports side by side."""
LONGEST_REF = 32


@dataclass(frozen=True)
class Asked:
    """What the address says. `refs` are run ids or how they begin; `words` the first value of every other name."""

    refs: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """What is said under a name; empty where nothing is."""
        return self.words.get(name, "")

    def refuses(self, name: str) -> bool:
        """Whether the address says that there is to be none."""
        return name in self.lists and not self.word(name)

    def is_set(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.word(name) == "1"


@dataclass(frozen=True)
class Links:
    """Addresses of the same runs. `runs` is what `runs=` says of them."""

    runs: str

    def to(self, said: Mapping[str, str | tuple[str, ...]], endpoint: str = "compare.runs", figure: str = "") -> str:
        """Address of these runs, seen as `said`; what is empty is left out."""
        asked = {name: value for name, value in said.items() if value}
        path = url_for(endpoint, name=figure) if figure else url_for(endpoint)
        return f"{path}?{urlencode({'runs': self.runs} | asked, doseq=True, safe=',')}"


def read_asked() -> Asked:
    """Read the address of this request; more runs than can be compared are refused."""
    refs = [*request.args.getlist("run")]
    for several in request.args.getlist("runs"):
        refs += several.split(",")
    named = tuple(dict.fromkeys(ref.strip().lower() for ref in refs if ref.strip()))
    if len(named) > MOST:
        words = _(
            "At most %(most)s runs are compared at once; this address names %(num)s. Tick fewer, or filter first."
        )
        abort(400, words % {"most": integer(MOST), "num": integer(len(named))})
    lists = {name: tuple(request.args.getlist(name)) for name in request.args}
    return Asked(named, {name: values[0] for name, values in lists.items()}, lists)


def shorten(run_ids: Sequence[str], clear: Mapping[str, str]) -> str:
    """Write `runs=` for these ids, each as short as `clear` says it may be without meaning another run too."""
    return ",".join(clear.get(run_id, run_id) for run_id in run_ids)
