"""Fit a family to a clean table."""

from __future__ import annotations

import pandas as pd
from sklearn.pipeline import Pipeline

from ml.spec import DatasetSpec
from ml.train.families import Family


def fit_family(family: Family, table: pd.DataFrame, spec: DatasetSpec, seed: int) -> Pipeline:
    """Return the family's pipeline, fitted to every row of `table`.

    Its `predict_proba` takes the feature columns of a clean table. `classes_` holds those classes of the spec that
    `table` has, sorted as text: `ml.evaluate.align_probabilities` brings them into the spec's order.
    """
    features, labels = table[list(spec.feature_names)], table[spec.target.name].to_numpy(dtype=object)
    return family.build(spec, seed).fit(features, labels)
