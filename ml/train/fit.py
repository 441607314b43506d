"""Fit a family to a clean table."""

from __future__ import annotations

import pandas as pd
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from ml.spec import DatasetSpec
from ml.train.family import Family
from ml.train.search import found_pipeline


def fit_family(family: Family, table: pd.DataFrame, spec: DatasetSpec, seed: int) -> Pipeline:
    """Return the family's pipeline, fitted to every row of `table` by one thread, so that cores change no figure.

    Its `predict_proba` takes the feature columns of a clean table. `classes_` holds those classes of the spec that
    `table` has, sorted as text: `ml.evaluate.align_probabilities` brings them into the spec's order.
    """
    with threadpool_limits(1):
        return fit_pipeline(family, table, spec, seed)


def fit_pipeline(family: Family, table: pd.DataFrame, spec: DatasetSpec, seed: int) -> Pipeline:
    """Do as `fit_family` for a caller that limits the threads of the whole process itself."""
    features, labels = table[list(spec.feature_names)], table[spec.target.name].to_numpy(dtype=object)
    return found_pipeline(family.build(spec, seed).fit(features, labels))
