"""Hold a new run's out-of-fold predictions against those of the run that it reproduces."""

from __future__ import annotations

import numpy as np

from ml.examination.reproduction import Change, Reproduction
from ml.report.predictions import DIGITS, predictions_sha256
from ml.reproduction.original import Original
from ml.reproduction.surroundings import Surroundings, list_changes
from ml.results import OutOfFold

_ROUNDING = 0.5 * 10**-DIGITS + 1e-12
"""Half of the last digit kept, and what writing it in binary adds."""


def hold_against(original: Original, out_of_fold: OutOfFold, now: Surroundings) -> Reproduction:
    """Compare predictions to the bit, or, with an older run, to the digits that it kept; list what else differs."""
    before, after = original.out_of_fold, out_of_fold
    fits = before.probabilities.shape == after.probabilities.shape
    return Reproduction(
        original=original.run_id,
        original_name=original.name,
        is_identical=_are_identical(original, out_of_fold) if fits else False,
        is_exact=original.is_exact,
        predictions=after.fold.size,
        original_predictions=before.fold.size,
        largest_difference=float(np.abs(before.probabilities - after.probabilities).max()) if fits else None,
        changed_answers=float((original.answers != after.probabilities.argmax(axis=2)).mean()) if fits else None,
        changed_folds=float((before.fold != after.fold).mean()) if fits else None,
        changes=(*list_changes(original.surroundings, now), *_list_wishes(original), *_list_tampering(original)),
    )


def _are_identical(original: Original, now: OutOfFold) -> bool:
    if original.is_exact:
        return original.found_sha256 == predictions_sha256(now)
    before = original.out_of_fold
    return bool(
        (before.fold == now.fold).all()
        and (before.truth == now.truth).all()
        and (np.abs(before.probabilities - now.probabilities) <= _ROUNDING).all()
    )


def _list_wishes(original: Original) -> tuple[Change, ...]:
    return tuple(Change("request", value, "", name) for name, value in original.unknown_wishes.items())


def _list_tampering(original: Original) -> tuple[Change, ...]:
    """Say whether the original's predictions are no longer those that were logged."""
    recorded = original.recorded_sha256
    is_whole = not recorded or not original.is_exact or recorded == original.found_sha256
    return () if is_whole else (Change("predictions", recorded, original.found_sha256),)
