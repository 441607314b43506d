"""From what several candidates answered on the same folds to a leaderboard, its tests, and what its best is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.evaluate.confusions import score_confusions
from ml.evaluate.intervals import estimate_mean
from ml.evaluate.metrics import count_confusion, log_loss
from ml.evaluate.pairing import pair_with
from ml.evaluate.winner import Answers, correct_winners
from ml.examination.comparison import OF_PROBABILITIES, Line, Paired, Place, Winner
from ml.results import LOWER_IS_BETTER

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Candidate:
    """A family with a rule of decision, and what it answered. `detail` is what `Line.detail` says."""

    place: Place
    answers: Answers
    is_baseline: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Standing:
    """The leaderboard by no metric in particular, the line that all are tested against, and the winners by metric."""

    lines: tuple[Line, ...]
    reference: Place
    winners: Mapping[str, Winner]


_Scores = Mapping[Place, Mapping[str, Floats]]
"""Every metric of every fold, repeat by repeat, of each candidate."""


def compare_candidates(
    candidates: Sequence[Candidate],
    truth: Integers,
    groups: Integers,
    fold: Integers,
    *,
    metrics: tuple[str, ...],
    reference: Place | None,
    seed: int,
) -> Standing:
    """Score every candidate, test them all against the reference and against the best, and correct for the picking.

    The best by each metric is picked among the candidates that are no baselines, where there are any, and by that very
    metric: whoever sorts the leaderboard does the same. A metric of the probabilities counts each family once.

    Parameters
    ----------
    truth, groups
        Shape (rows,): the class of each row, and the number of its feature vector.
    fold
        Shape (repeats, rows): where each row was held out.
    reference
        The place that the others are tested against; where it is None or did not run, the best by the first metric.
    """
    scores = {item.place: _score_folds(item.answers, truth, fold, metrics) for item in candidates}
    rivals = [item for item in candidates if not item.is_baseline] or list(candidates)
    winners = _find_winners(rivals, scores, truth, groups, metrics, seed)
    best = {metric: Place(winner.family, winner.rule) for metric, winner in winners.items()}
    chosen = reference if reference in scores else best[metrics[0]]
    against_reference = {metric: _pair(scores, metric, chosen, fold) for metric in metrics}
    against_best = {metric: _pair(scores, metric, best[metric], fold) for metric in metrics}
    lines = tuple(
        Line(
            family=item.place.family,
            rule=item.place.rule,
            is_baseline=item.is_baseline,
            detail=item.detail,
            metrics={name: estimate_mean(values, _folds(fold)) for name, values in scores[item.place].items()},
            against_reference=_of_place(against_reference, item.place),
            against_best=_of_place(against_best, item.place),
        )
        for item in candidates
    )
    return Standing(lines, chosen, winners)


def _score_folds(answers: Answers, truth: Integers, fold: Integers, metrics: tuple[str, ...]) -> dict[str, Floats]:
    """Return the metrics of every fold, repeat by repeat."""
    classes = answers.probabilities.shape[2]
    held = [(repeat, row == number) for repeat, row in enumerate(fold) for number in range(row.max() + 1)]
    confusions = [count_confusion(truth[mask], answers.predicted[repeat, mask], classes) for repeat, mask in held]
    losses = [log_loss(truth[mask], answers.probabilities[repeat, mask]) for repeat, mask in held]
    scores = score_confusions(np.array(confusions, dtype=np.float64)) | {"log_loss": np.array(losses)}
    return {metric: scores[metric] for metric in metrics}


def _pair(scores: _Scores, metric: str, reference: Place, fold: Integers) -> dict[Place, Paired]:
    """Test every place against one; a metric of the probabilities has one test a family, which its rules share."""
    values = {place: found[metric] for place, found in scores.items()}
    if metric not in OF_PROBABILITIES:
        return pair_with(values, reference, _folds(fold))
    first: dict[str, Place] = {}
    for place in values:
        first.setdefault(place.family, place)
    once = {place: values[place] for place in first.values()}
    found = pair_with(once, first[reference.family], _folds(fold))
    return {place: found[first[place.family]] for place in values if first[place.family] in found}


def _find_winners(
    rivals: Sequence[Candidate],
    scores: _Scores,
    truth: Integers,
    groups: Integers,
    metrics: tuple[str, ...],
    seed: int,
) -> dict[str, Winner]:
    """Find the best by each metric, metrics of the answers and of the probabilities apart."""
    once = list({item.place.family: item for item in reversed(rivals)}.values())[::-1]
    winners: dict[str, Winner] = {}
    for among, names in (
        (rivals, [name for name in metrics if name not in OF_PROBABILITIES]),
        (once, [name for name in metrics if name in OF_PROBABILITIES]),
    ):
        corrections = correct_winners([item.answers for item in among], truth, groups, names, seed=seed)
        for metric, correction in corrections.items():
            means = [float(scores[item.place][metric].mean()) for item in among]
            number = int(np.argmin(means) if metric in LOWER_IS_BETTER else np.argmax(means))
            winners[metric] = Winner(
                metric=metric,
                family=among[number].place.family,
                rule=among[number].place.rule,
                candidates=len(among),
                apparent=correction.apparent[number],
                corrected=correction.corrected,
                picked_share=correction.picked[number],
            )
    return {metric: winners[metric] for metric in metrics}


def _of_place(found: Mapping[str, Mapping[Place, Paired]], place: Place) -> dict[str, Paired]:
    return {metric: pairs[place] for metric, pairs in found.items() if place in pairs}


def _folds(fold: Integers) -> int:
    return int(fold.max()) + 1
