"""For whom a run is worth what, put together."""

from __future__ import annotations

import pandas as pd

from ml.evaluate.leaving_out import compare_without
from ml.evaluate.proxies import find_proxy
from ml.evaluate.slices import describe_everybody, find_outcomes, measure_rows, slice_rows
from ml.examination.people import People
from ml.results import OutOfFold, TrainingRequest
from ml.spec import DatasetSpec
from ml.train import Family


def examine_people(
    family: Family, table: pd.DataFrame, spec: DatasetSpec, out_of_fold: OutOfFold, request: TrainingRequest
) -> People:
    """Look at a run by its sensitive columns, whether the model read them or not.

    Parameters
    ----------
    table, spec
        With every column, also those that the model was not given.
    out_of_fold
        Of the run; a baseline is sliced too, but not fitted anew.
    """
    sensitive = [column for column in spec.features if column.is_sensitive]
    names = tuple(column.name for column in sensitive)
    if not sensitive:
        return People(names, are_used=False)
    outcomes = find_outcomes(spec)
    rows = measure_rows(out_of_fold, outcomes, spec.target.categories, request.rule)
    is_comparable = not family.is_baseline and len(sensitive) < len(spec.features)
    found = [find_proxy(table, column, spec, request.seed) for column in sensitive] if is_comparable else []
    return People(
        columns=names,
        are_used=request.with_sensitive,
        outcomes=outcomes,
        everybody=describe_everybody(rows),
        slices=slice_rows(table, sensitive, rows),
        leaving_out=compare_without(
            family,
            table,
            spec,
            out_of_fold,
            folds=request.folds,
            seed=request.seed,
            are_used=request.with_sensitive,
            rule=request.rule,
        )
        if is_comparable
        else None,
        proxies=tuple(proxy for proxy in found if proxy is not None),
    )
