"""Whether a run that was made again came out the same, and what differed where it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

What = Literal["code", "request", "data", "spec", "predictions", "python", "platform", "blas", "library", "package"]
"""`request`: a wish that this release does not know. `predictions`: the original's file is no longer what was logged.
`library`: one that decides what a model is; `package`: any other that is installed."""

REPRODUCES = "proctor.reproduces"
"""The tag that names the run which this one is to make again."""
REPRODUCTION = "proctor.reproduction"
"""The tag that says what came of it: a `Verdict`."""
REPRODUCED_BY = "proctor.reproduced_by."
"""How a tag of the original begins, the id of the run that made it again following; its value is the verdict too."""

Verdict = Literal["identical", "differs"]


@dataclass(frozen=True)
class Change:
    """Something that is not as it was; either side is empty where it was not recorded or is not there."""

    what: What
    original: str
    now: str
    name: str = ""
    """Of the library, the package or the wish; else empty."""


@dataclass(frozen=True)
class Reproduction:
    """A run held against the one that it reproduces. Shares are in [0, 1] and of all predictions."""

    original: str
    """The id of that run."""
    original_name: str
    is_identical: bool
    is_exact: bool
    """Whether all 64 bits of each probability were compared; else the six digits that an older run kept."""
    predictions: int
    """Rows times repeats, as now."""
    original_predictions: int
    largest_difference: float | None
    """Between two probabilities of one class, row and repeat; None where rows, repeats or classes do not match."""
    changed_answers: float | None
    """Share whose most likely class is another."""
    changed_folds: float | None
    """Share held out in another fold."""
    changes: tuple[Change, ...]
    """What differs from where the original was made, the code first."""

    @property
    def verdict(self) -> Verdict:
        """The comparison in a word."""
        return "identical" if self.is_identical else "differs"
