"""How sure one answer is: whether its shares can be believed, which sets hold the truth, what more rows would bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml.results import Difference, Estimate


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers whose stated share lies in (`low`, `high`]."""

    low: float
    high: float
    rows: float
    """In the mean over repeats: every row is predicted once a repeat."""
    stated: float
    """Mean share that the model gave."""
    found: float
    """Share that came true, with the ends of its 95 % interval."""
    found_low: float
    found_high: float


@dataclass(frozen=True)
class CalibrationError:
    """An expected calibration error beside those that a perfectly calibrated model would show on as many rows."""

    value: float
    perfect: float
    """Mean over simulated labels, with the ends of the middle 95 %."""
    perfect_low: float
    perfect_high: float
    p_value: float
    """Share of simulated errors that are as large as `value`."""


@dataclass(frozen=True)
class Reliability:
    """A reliability diagram and its calibration error."""

    label: str
    """The class whose shares are looked at, one against the rest; empty for the share of the class that is answered."""
    bins: tuple[ReliabilityBin, ...]
    """Those with rows."""
    error: CalibrationError


@dataclass(frozen=True)
class CalibrationMethod:
    """A family calibrated in one way, or in none."""

    method: str
    log_loss: Estimate
    difference: Difference | None
    """Its log-loss minus that of no calibration; None for no calibration itself."""


@dataclass(frozen=True)
class CalibrationTrial:
    """What calibrating inside the folds does to log-loss, on the folds of one repeat."""

    methods: tuple[CalibrationMethod, ...]
    """No calibration first."""
    folds: int
    inner_folds: int


@dataclass(frozen=True)
class ConformalSets:
    """Class-conditional conformal sets as they are served, and what holding each fold out shows of such sets."""

    level: float
    least: Mapping[str, float]
    """For each class the smallest share with which it belongs to the set; 0 where too few rows say more."""
    coverage: Estimate
    class_coverage: Mapping[str, Estimate]
    size: Estimate
    """Classes a set, in the mean."""
    sizes: tuple[float, ...]
    """Share of rows whose set has 1, 2, … classes."""
    empty: float
    """Share of rows where no class reached its least share, so that the most probable stands alone."""


@dataclass(frozen=True)
class CurvePoint:
    """A score at some count of training rows."""

    rows: float
    score: Estimate


@dataclass(frozen=True)
class Extrapolation:
    """The inverse power law a - b n^-c through the points of a learning curve; for a loss its mirror, a + b n^-c."""

    limit: float
    scale: float
    exponent: float
    curve: tuple[CurvePoint, ...]
    """From the fewest training rows to twice all."""
    now: CurvePoint
    """At all rows, on which the model is trained."""
    twice: CurvePoint
    gain: Estimate
    """How much better the score gets from all rows to twice as many; never negative, for the law cannot fall."""


@dataclass(frozen=True)
class LearningCurve:
    """A score by training rows."""

    metric: str
    points: tuple[CurvePoint, ...]
    rise: Difference
    """How much better the score is with most rows than with fewest."""
    extrapolation: Extrapolation | None
    """None where the points do not say how the curve goes on."""


@dataclass(frozen=True)
class Sure:
    """The uncertainty of one answer. Parts that cost fits are not made for baselines."""

    rows: int
    calibration: str
    """How the model is calibrated: `none` or one of the methods."""
    reliability: tuple[Reliability, ...]
    """That of the answer first, then every class."""
    sets: ConformalSets
    trial: CalibrationTrial | None = None
    curves: tuple[LearningCurve, ...] = ()
    """Of the family before any calibration."""
