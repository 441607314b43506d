from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import OneHotEncoder

from ml.features import MIN_FREQUENCY, MISSING, build_preprocessor
from tests.builders.models import make_column, make_spec, mixed_spec, mixed_table
from tests.builders.tables import student_spec, student_table


def test_a_table_of_categories_is_what_one_hot_makes_of_it_with_missing_cells_named() -> None:
    spec, table = student_spec(), student_table().table.copy()
    table.loc[::7, spec.feature_names[3]] = None
    features = table[list(spec.feature_names)]
    expected = OneHotEncoder(
        min_frequency=MIN_FREQUENCY, handle_unknown="infrequent_if_exist", sparse_output=False
    ).fit_transform(features.where(features.notna(), MISSING))
    assert np.array_equal(build_preprocessor(spec).fit_transform(features), expected)


@pytest.mark.parametrize("column", ["colour", "size"])
def test_a_category_is_missing_however_that_is_written(column: str) -> None:
    spec = mixed_spec()
    table = mixed_table(spec)
    fitted = build_preprocessor(spec).fit(table)
    none, nan = table.iloc[[1]].astype({column: object}), table.iloc[[1]].astype({column: object})
    none[column], nan[column] = None, np.nan
    assert np.array_equal(fitted.transform(none), fitted.transform(nan))
    assert not np.array_equal(fitted.transform(none), fitted.transform(table.iloc[[1]]))


def test_a_category_unknown_to_training_counts_as_rare() -> None:
    spec = mixed_spec()
    table = mixed_table(spec)
    fitted = build_preprocessor(spec).fit(table)
    rare, unknown = table.iloc[[1]].copy(), table.iloc[[1]].copy()
    rare["colour"], unknown["colour"] = "rare", "violet"
    assert np.array_equal(fitted.transform(rare), fitted.transform(unknown))


def test_numbers_are_scaled_about_their_mean_after_filling_with_the_median() -> None:
    spec = mixed_spec()
    table = mixed_table(spec)
    names = build_preprocessor(spec).fit(table).get_feature_names_out().tolist()
    encoded = build_preprocessor(spec).fit_transform(table)
    age = table["age"].fillna(table["age"].median()).to_numpy()
    assert encoded[:, names.index("numbers__age")] == pytest.approx((age - age.mean()) / age.std())
    assert np.array_equal(encoded[:, names.index("missing__missingindicator_age")], table["age"].isna())


def test_a_column_without_any_value_disturbs_nobody() -> None:
    spec = make_spec(make_column("colour", "red", "green"), make_column("age"))
    table = mixed_table(mixed_spec())[["colour", "age"]].copy()
    table["age"], table["colour"] = np.nan, None
    encoded = build_preprocessor(spec).fit_transform(table)
    assert np.isfinite(encoded).all()
    assert np.ptp(encoded, axis=0).max() == 0


def test_the_table_it_is_given_stays_as_it_was() -> None:
    spec = mixed_spec()
    table = mixed_table(spec)
    before = table.copy(deep=True)
    build_preprocessor(spec).fit_transform(table)
    assert table.equals(before)
