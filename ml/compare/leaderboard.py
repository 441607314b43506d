"""From what families answered to a comparison: each family with each rule of decision is a line of it."""

from __future__ import annotations

from collections import Counter

from ml.compare.ground import Ground
from ml.compare.keeping import Kept
from ml.compare.running import Ran
from ml.evaluate.compare import Candidate, compare_candidates
from ml.evaluate.rules import decide_folds
from ml.evaluate.splits import hash_folds
from ml.evaluate.winner import Answers
from ml.examination.comparison import Comparison, ComparisonRequest, Cost, Place, metrics_for
from ml.results import Origin, OutOfFold
from ml.rules import ARGMAX, suited_rules
from ml.spec import Kind
from ml.train import FAMILIES


def weigh(ran: Ran, ground: Ground, request: ComparisonRequest, origin: Origin, champion: Place | None) -> Comparison:
    """Score what was run, test it, and correct for the picking.

    Parameters
    ----------
    champion
        What the others are tested against unless the request names a family; None where there is none.
    """
    metrics = metrics_for(is_ordinal=ground.spec.target.kind is Kind.ORDINAL)
    wanted = Place(request.against, ARGMAX) if request.against else champion
    standing = compare_candidates(
        make_candidates(ran, ground),
        ground.truth,
        ground.groups,
        ground.fold,
        metrics=metrics,
        reference=wanted,
        seed=request.seed,
    )
    is_wanted = standing.reference == wanted
    return Comparison(
        request=request,
        origin=origin,
        rows=len(ground.table),
        key="",
        folds_sha256=hash_folds(ground.fold, ground.truth),
        metrics=metrics,
        lines=standing.lines,
        reference=standing.reference,
        reference_is=("asked" if request.against else "champion") if is_wanted else "best",
        winners=standing.winners,
        costs=list_costs(ran),
        left_out=ran.left_out,
    )


def make_candidates(ran: Ran, ground: Ground) -> list[Candidate]:
    """Return the candidates in the order in which the families were run, each with every rule that suits the target.

    Baselines answer the most probable class only: they are what the others are held against.
    """
    rules = suited_rules(is_ordinal=ground.spec.target.kind is Kind.ORDINAL)
    return [
        Candidate(
            place=Place(name, rule),
            answers=Answers(
                kept.probabilities, decide_folds(OutOfFold(kept.probabilities, ground.fold, ground.truth), rule)
            ),
            is_baseline=FAMILIES[name].is_baseline,
            detail=Counter(kept.columns).most_common(1)[0][0],
        )
        for name, kept in ran.answers.items()
        for rule in ((ARGMAX,) if FAMILIES[name].is_baseline else rules)
    ]


def list_costs(ran: Ran) -> tuple[Cost, ...]:
    """Return what each family took."""
    return tuple(_cost(name, kept, was_kept=name in ran.kept) for name, kept in ran.answers.items())


def _cost(name: str, kept: Kept, *, was_kept: bool) -> Cost:
    return Cost(name, kept.fit_seconds, kept.row_seconds, kept.size_bytes, was_kept)
