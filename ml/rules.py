"""From the probabilities of the classes to the one that is answered.

Arrays are used by their methods alone: who only names the rules, or reads one from a file, imports no NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ARGMAX, MEDIAN, OVER_PRIOR = "argmax", "median", "over_prior"
DEFAULT_RULE = ARGMAX
RULES = (ARGMAX, MEDIAN, OVER_PRIOR)
"""In the order in which people are offered them."""

_HALF = 0.5 - 1e-9
"""Shares that add up to a half may come out a rounding error below it."""
_SMALLEST = 1e-12


class RuleError(ValueError):
    """There is no such rule, or it makes no sense for the target; the message says what to do."""


@dataclass(frozen=True)
class Decision:
    """How a model answers: the name of a rule, and the class shares among the rows that it was fitted to."""

    rule: str = DEFAULT_RULE
    prior: tuple[float, ...] = ()

    def decide(self, probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the position of the class that is answered for each row, the first of equals.

        `argmax` names the most probable class, which errs least often (Bayes' rule for equal costs). `median` names the
        lowest class that at least half of the probability lies at or below, which is off by the fewest classes in the
        mean: the median minimises the expected absolute error. `over_prior` names the class whose probability is
        largest for how frequent it is, which is Bayes' rule where all classes are to count the same: it maximises the
        expected balanced accuracy (Menon et al., ICML 2013).

        Parameters
        ----------
        probabilities
            Shape (rows, classes), in the spec's order.
        """
        worth: npt.NDArray[np.generic] = probabilities
        if self.rule == MEDIAN:
            worth = probabilities.cumsum(axis=1) >= _HALF
        elif self.rule == OVER_PRIOR:
            shares = probabilities[:1].copy()
            shares[:] = self.prior
            worth = probabilities / shares.clip(min=_SMALLEST)
        places: npt.NDArray[np.int64] = worth.argmax(axis=1)
        return places


def check_rule(rule: str, *, is_ordinal: bool) -> None:
    """See that there is such a rule and that it suits the target.

    Raises
    ------
    RuleError
        Where it does not.
    """
    if rule not in RULES:
        raise RuleError(f"there is no decision rule {rule!r}; choose one of {', '.join(RULES)}")
    if rule == MEDIAN and not is_ordinal:
        raise RuleError("the rule 'median' needs classes that are in order: choose argmax or over_prior")


def suited_rules(*, is_ordinal: bool) -> tuple[str, ...]:
    """Return the rules that make sense for the target."""
    return RULES if is_ordinal else (ARGMAX, OVER_PRIOR)
