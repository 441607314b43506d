"""Families and decision rules: every family on the same folds, answered by every rule.

    .venv/bin/python -m benchmarks.families --raw CEE_DATA.arff [--families a,b] [--tuned a,b] [--repeats 10]

Prints a Markdown table of means over folds. A tuned family is searched within every training fold.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.training import make_settings
from ml.clean import clean_records
from ml.evaluate.cross_validation import cross_validate
from ml.evaluate.rules import LABEL_METRICS, score_folds
from ml.evaluate.splits import find_groups, read_labels, repeat_folds
from ml.families import FAMILY_NAMES
from ml.results import OutOfFold, ignore_progress
from ml.rules import suited_rules
from ml.source import obtain
from ml.spec import DatasetSpec, Kind, load_spec
from ml.train import find_family, search_within

FOLDS = 5
SHOWN = (*LABEL_METRICS, "log_loss")


def main() -> None:
    """Cross-validate one family after the other and print its lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--families", default=",".join(FAMILY_NAMES))
    parser.add_argument("--tuned", default="")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--seed", type=int, default=582)
    options = parser.parse_args()
    families = [find_family(name) for name in options.families.split(",") if name]
    searches = [search_within(find_family(name)) for name in options.tuned.split(",") if name]
    print(f"| family | rule | {' | '.join(SHOWN)} | seconds |\n|---|---|{'---|' * (len(SHOWN) + 1)}")
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder), options.raw)
        spec = load_spec(settings.spec_path)
        table = clean_records(obtain(spec, settings).frame, spec).table
    truth, groups = read_labels(table, spec), find_groups(table[list(spec.feature_names)])
    fold = repeat_folds(truth, groups, FOLDS, options.repeats, options.seed)
    for family in (*families, *searches):
        began = time.perf_counter()
        found = cross_validate(
            [family], table, spec, fold, seed=options.seed, n_jobs=None, report=ignore_progress
        ).probabilities[0]
        name = f"{family.name}, searched" if family in searches else family.name
        seconds = time.perf_counter() - began
        for line in describe(name, OutOfFold(found, fold, truth), spec, seconds):
            print(line, flush=True)


def describe(name: str, out_of_fold: OutOfFold, spec: DatasetSpec, seconds: float) -> Iterator[str]:
    """Yield a line of the table for every rule."""
    for rule in suited_rules(is_ordinal=spec.target.kind is Kind.ORDINAL):
        scores = score_folds(out_of_fold, rule, spec.target.categories)
        cells = [f"{np.mean(scores[metric]):.4f}" for metric in SHOWN]
        yield f"| {name} | {rule} | {' | '.join(cells)} | {seconds:.0f} |"


if __name__ == "__main__":
    main()
