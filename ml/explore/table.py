"""The recipe: code the columns once, count every pair once, and ask each question of the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ml.exploration import CategoryCounts, Exploration, MissingCells, NumericDistribution
from ml.explore.association import associate_pairs
from ml.explore.coding import CleanCells, Coded, Codes, Crosstabs, code_column, code_exactly, cross_tabulate
from ml.explore.information import SHUFFLES, entropy, inform_columns
from ml.explore.numeric import describe_numbers
from ml.explore.spellings import compare_spellings
from ml.explore.twins import find_repeats
from ml.results import CleaningReport
from ml.spec import Column, DatasetSpec, Kind

if TYPE_CHECKING:
    from ml.clean import CleanedTable


def explore_table(raw: pd.DataFrame, cleaned: CleanedTable, spec: DatasetSpec, seed: int) -> Exploration:
    """Explore a cleaned table beside the raw one it came from.

    Parameters
    ----------
    raw
        Every cell as text, as it was got.
    seed
        Of the shuffles behind the p-values.
    """
    table = cleaned.table
    coded = [code_column(table[column.name], column) for column in spec.columns]
    tables, labels = cross_tabulate(coded), coded[0].codes
    names = tuple(column.name for column in spec.columns)
    exact = _exact_cells(table, spec, coded)
    class_counts = np.bincount(labels, minlength=len(spec.target.categories))
    return Exploration(
        rows=len(table),
        seed=seed,
        shuffles=SHUFFLES,
        classes=spec.target.categories,
        class_counts=tuple(class_counts.tolist()),
        target_bits=entropy(class_counts),
        categorical=tuple(_count_categories(c, spec, tables) for c in spec.features if c.kind is not Kind.NUMERIC),
        numeric=_describe_numeric_columns(table, labels, spec, cleaned.report),
        missing=tuple(MissingCells(item.name, int((item.codes == item.levels).sum())) for item in coded[1:]),
        association_columns=names,
        association=associate_pairs(tables, names),
        information=inform_columns(tables, spec.feature_names, spec.target.name, seed),
        repeats=find_repeats([exact[name] for name in spec.feature_names], labels, len(class_counts)),
        raw=compare_spellings(raw, exact, cleaned.report),
    )


def _count_categories(column: Column, spec: DatasetSpec, tables: Crosstabs) -> CategoryCounts:
    counts = tables.of(column.name, spec.target.name, with_missing=True)[:, : len(spec.target.categories)]
    *rows, missing = (tuple(row) for row in counts.tolist())
    return CategoryCounts(column.name, column.categories, tuple(rows), missing)


def _describe_numeric_columns(
    table: pd.DataFrame, labels: Codes, spec: DatasetSpec, report: CleaningReport
) -> tuple[NumericDistribution, ...]:
    out_of_range = {count.column: count.cells for count in report.missing if count.what == "out_of_range"}
    return tuple(
        describe_numbers(
            column.name, table[column.name].to_numpy(dtype=np.float64), labels, spec.target.categories,
            out_of_range.get(column.name, 0),
        )
        for column in spec.features
        if column.kind is Kind.NUMERIC
    )  # fmt: skip


def _exact_cells(table: pd.DataFrame, spec: DatasetSpec, coded: list[Coded]) -> dict[str, CleanCells]:
    """Every column with codes that tell all its values apart: two numbers of one decile are no repeat."""
    return {
        column.name: code_exactly(table[column.name].to_numpy(dtype=np.float64))
        if column.kind is Kind.NUMERIC
        else CleanCells(item.codes, column.categories)
        for column, item in zip(spec.columns, coded, strict=True)
    }
