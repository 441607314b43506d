"""Conformal sets: what each way of scoring a class reaches, marginally and class by class, on the same held-out shares.

    .venv/bin/python -m benchmarks.conformal_sets --raw FILE [--family logistic_regression] [--repeats 10]

Each fold is judged by thresholds from the other rows, as `ml.evaluate.conformal` does. docs/decisions/conformal-sets.md
says what was chosen.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ml.clean import clean_records
from ml.evaluate import evaluate_family
from ml.results import OutOfFold
from ml.settings import read_settings
from ml.source import obtain
from ml.spec import load_spec
from ml.train import find_family

Floats = npt.NDArray[np.float64]
LEVEL = 0.9


def score_lac(shares: Floats) -> Floats:
    """1 - share (Sadinle, Lei and Wasserman, JASA 114, 2019)."""
    return 1 - shares


def score_aps(shares: Floats) -> Floats:
    """The sum of all shares down to the class (Romano, Sesia and Candès, NeurIPS 2020, not randomised)."""
    order = np.argsort(-shares, axis=1, kind="stable")
    scores = np.empty_like(shares)
    np.put_along_axis(scores, order, np.take_along_axis(shares, order, axis=1).cumsum(axis=1), axis=1)
    return scores


def score_before(shares: Floats) -> Floats:
    """The sum of all shares before the class."""
    return score_aps(shares) - shares


def score_raps(shares: Floats) -> Floats:
    """APS with 0.05 added for every class after the second (Angelopoulos et al., ICLR 2021)."""
    rank = np.argsort(np.argsort(-shares, axis=1, kind="stable"), axis=1) + 1
    return score_aps(shares) + 0.05 * np.maximum(rank - 2, 0)


def score_contiguous(shares: Floats) -> Floats:
    """The sum of shares when the set grows from the likeliest class to its likelier neighbour: sets without gaps."""
    scores = np.zeros_like(shares)
    for row, scored in zip(shares, scores, strict=True):
        low = high = int(row.argmax())
        total = scored[low] = row[low]
        while high - low < len(row) - 1:
            is_down = high == len(row) - 1 or (low > 0 and row[low - 1] >= row[high + 1])
            low, high = (low - 1, high) if is_down else (low, high + 1)
            place = low if is_down else high
            total += row[place]
            scored[place] = total
    return scores


def score_from_median(shares: Floats) -> Floats:
    """How far the class's middle lies from the middle of the cumulated shares: for ordered classes."""
    return np.abs(shares.cumsum(axis=1) - shares / 2 - 0.5)


SCORES: Mapping[str, Callable[[Floats], Floats]] = {
    "1 - share (LAC)": score_lac,
    "shares down to it (APS)": score_aps,
    "shares before it": score_before,
    "regularised (RAPS)": score_raps,
    "contiguous": score_contiguous,
    "distance from the median": score_from_median,
}


def main() -> None:
    """Print coverage, the least coverage of a class and the mean size for every score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, required=True)
    parser.add_argument("--family", default="logistic_regression")
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    settings = replace(read_settings(), raw_data=options.raw)
    spec = load_spec(settings.spec_path)
    table = clean_records(obtain(spec, settings).frame, spec).table
    held_out = evaluate_family(
        find_family(options.family), table, spec, folds=5, repeats=options.repeats, seed=582
    )[1]  # fmt: skip
    print(f"{'score':26}{'thresholds':>12}{'coverage':>10}{'least class':>13}{'size':>7}")
    for name, score in SCORES.items():
        for is_by_class in (True, False):
            covered, size = judge(held_out, score, is_by_class=is_by_class)
            kind = "by class" if is_by_class else "one"
            least = min(covered[:, held_out.truth == label].mean() for label in np.unique(held_out.truth))
            print(f"{name:26}{kind:>12}{covered.mean():>10.3f}{least:>13.3f}{size:>7.2f}")


def judge(held_out: OutOfFold, score: Callable[[Floats], Floats], *, is_by_class: bool) -> tuple[Floats, float]:
    """Return whether each row's set holds its class, shape (repeats, rows), and the mean size of the sets."""
    scores, truth = np.array([score(shares) for shares in held_out.probabilities]), held_out.truth
    rows = np.arange(len(truth))
    members = np.zeros(scores.shape, dtype=bool)
    for repeat, fold in enumerate(held_out.fold):
        for number in range(fold.max() + 1):
            test = fold == number
            known = scores[:, ~test][:, np.arange((~test).sum()), truth[~test]]
            for label in range(scores.shape[2]):
                is_used = truth[~test] == label if is_by_class else np.ones((~test).sum(), dtype=bool)
                members[repeat, test, label] = scores[repeat, test, label] <= _threshold(known[:, is_used])
    empty = ~members.any(axis=2)
    members[empty, held_out.probabilities[empty].argmax(axis=1)] = True
    return members[:, rows, truth].astype(np.float64), float(members.sum(axis=2).mean())


def _threshold(known: Floats) -> float:
    count = known.shape[1]
    share = min(1.0, np.ceil((count + 1) * LEVEL - 1e-9) / count)
    return float(np.quantile(known, share, method="inverted_cdf"))


if __name__ == "__main__":
    main()
