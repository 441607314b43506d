"""What a comparison of families on the same folds found, as frozen values that the web process reads back from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ml.results import Estimate, Origin

MAIN_METRICS = ("accuracy", "balanced_accuracy", "f1_macro", "qwk", "ordinal_mae", "log_loss")
"""What families are compared by, the first being what people ask for first."""

ORDINAL_METRICS = frozenset({"qwk", "ordinal_mae"})
"""Those that mean something only where the classes have an order."""

OF_PROBABILITIES = frozenset({"log_loss"})
"""Those that no rule of decision changes: they look at the probabilities and not at the answer."""

CHANCE = 0.05
"""A difference whose Holm-adjusted p-value is not below is not told from chance."""


@dataclass(frozen=True)
class ComparisonRequest:
    """What a person asks of a comparison. Without `families` all are compared; without a budget all are run."""

    families: tuple[str, ...] = ()
    folds: int = 5
    repeats: int = 10
    seed: int = 582
    with_sensitive: bool = True
    drop_repeats: bool = False
    budget_minutes: float | None = None
    against: str = ""
    """The family that the others are tested against; else the champion's, else the best."""


@dataclass(frozen=True)
class Paired:
    """A candidate minus another over the same folds, with its 95 % interval and two p-values.

    `p_holm` is adjusted for all candidates that were tested together.
    """

    mean: float
    low: float
    high: float
    p_value: float
    p_holm: float


@dataclass(frozen=True)
class Line:
    """A family with a rule of decision: a line of the leaderboard."""

    family: str
    rule: str
    is_baseline: bool
    detail: str
    """For the single column, the column most often chosen; else empty."""
    metrics: Mapping[str, Estimate]
    against_reference: Mapping[str, Paired]
    """By metric; empty for the reference itself."""
    against_best: Mapping[str, Paired]
    """By metric; a metric that this line is the best in has none."""


@dataclass(frozen=True)
class Winner:
    """The best line by one metric, and what it is worth once the picking is corrected for."""

    metric: str
    family: str
    rule: str
    candidates: int
    """Lines that it was picked among."""
    apparent: float
    """Its figure on the rows that it was picked by, from all their out-of-fold answers together."""
    corrected: Estimate
    """The bootstrap bias-corrected figure and its interval."""
    picked_share: float
    """In what share of the resamples this line was the one picked."""


@dataclass(frozen=True)
class Cost:
    """What a family takes, in CPU seconds on the machine that compared: what else it had to do does not count."""

    family: str
    fit_seconds: float
    """Of one fit to a fold's training rows, in the mean."""
    row_seconds: float
    """Of the answer for one row, the median of several, scikit-learn's pipeline itself being asked."""
    size_bytes: int
    """Of the pipeline fitted to all rows, pickled."""
    was_kept: bool
    """Whether its answers were kept from an earlier comparison on the same folds."""


@dataclass(frozen=True)
class LeftOut:
    """A family that was asked for and not compared."""

    family: str
    reason: Literal["budget", "failed", "unsuited"]
    detail: str = ""


@dataclass(frozen=True)
class Place:
    """A line's name: its family and its rule."""

    family: str
    rule: str


@dataclass(frozen=True)
class Comparison:
    """Families and rules on the same folds."""

    request: ComparisonRequest
    origin: Origin
    rows: int
    key: str
    """Of the folder in which the answers are kept."""
    folds_sha256: str
    metrics: tuple[str, ...]
    lines: tuple[Line, ...]
    reference: Place
    reference_is: Literal["asked", "champion", "best"]
    winners: Mapping[str, Winner]
    """By the metric that it is picked by."""
    costs: tuple[Cost, ...]
    left_out: tuple[LeftOut, ...] = field(default=())
    seconds: float = 0.0

    def best(self, metric: str) -> Place:
        """The winner by a metric."""
        winner = self.winners[metric]
        return Place(winner.family, winner.rule)

    def find(self, place: Place) -> Line:
        """The line of that family and rule."""
        return next(line for line in self.lines if Place(line.family, line.rule) == place)

    def rivals(self) -> tuple[Line, ...]:
        """The lines that a winner is picked among: all but the baselines, where there are others."""
        return tuple(line for line in self.lines if not line.is_baseline) or self.lines

    def families(self) -> tuple[str, ...]:
        """The families among the rivals, each once."""
        return tuple(dict.fromkeys(line.family for line in self.rivals()))

    def undecided(self, metric: str) -> tuple[str, ...]:
        """The families that by this metric cannot be told from the best, the best itself among them."""
        return tuple(
            dict.fromkeys(line.family for line in self.rivals() if not is_told_apart(line.against_best.get(metric)))
        )

    def undecided_column(self, metric: str) -> Line | None:
        """The best single column where it cannot be told from the best either; None where it can, or is a rival."""
        for line in self.lines:
            if line.family == "single_column" and line not in self.rivals():
                return None if is_told_apart(line.against_best.get(metric)) else line
        return None


def is_told_apart(paired: Paired | None) -> bool:
    """Whether a difference is beyond chance; of a line from itself it never is."""
    return paired is not None and paired.p_holm < CHANCE


def metrics_for(*, is_ordinal: bool) -> tuple[str, ...]:
    """Return the metrics that mean something for such a target."""
    return tuple(name for name in MAIN_METRICS if is_ordinal or name not in ORDINAL_METRICS)
