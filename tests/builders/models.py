"""Specs, tables and fitted pipelines in which every kind of column and of cell occurs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ml.spec import Column, DatasetSpec, Kind, Text

WORDS = Text(en="words", es="palabras")


def make_column(name: str, *categories: str, low: float | None = None, high: float | None = None) -> Column:
    """Make a nominal column, or a numeric one where no category is given."""
    kind = Kind.NOMINAL if categories else Kind.NUMERIC
    return Column(name=name, kind=kind, label=WORDS, categories=categories, low=low, high=high)


def make_spec(*features: Column, classes: tuple[str, ...] = ("low", "mid", "high")) -> DatasetSpec:
    return DatasetSpec(
        name="mixed", title=WORDS, short_title="mixed", row_noun=WORDS, row_noun_plural=WORDS, notice=WORDS,
        target=make_column("outcome", *classes), features=features, sha256="0" * 64,
    )  # fmt: skip


def mixed_spec(classes: tuple[str, ...] = ("low", "mid", "high")) -> DatasetSpec:
    """Text and numbers; `size` has a category that no row of `mixed_table` has."""
    return make_spec(
        make_column("colour", "red", "green", "blue", "rare"),
        make_column("size", "S", "M", "L", "never seen"),
        make_column("age", low=0, high=100),
        make_column("height"),
        classes=classes,
    )


def mixed_table(spec: DatasetSpec, rows: int = 300, seed: int = 1) -> pd.DataFrame:
    """Draw a clean table in which the age decides, with missing cells in every column and few rare colours."""
    random = np.random.default_rng(seed)
    age = random.integers(0, 50, rows) * 2.0
    classes = spec.target.categories
    code = np.clip((age + random.normal(0, 20, rows)) * len(classes) // 100, 0, len(classes) - 1).astype(int)
    table = pd.DataFrame(
        {
            "outcome": pd.Series([classes[i] for i in code], dtype=object),
            "colour": pd.Series(random.choice(["red", "green", "blue"], rows).tolist(), dtype=object),
            "size": pd.Series(random.choice(["S", "M", "L"], rows).tolist(), dtype=object),
            "age": age,
            "height": random.normal(170, 10, rows),
        }
    )
    table.loc[3:7, "colour"] = "rare"
    for step, name in enumerate(spec.feature_names, 7):
        table.loc[::step, name] = None
    return table


ESTIMATORS = {
    "prior": lambda: DummyClassifier(strategy="prior"),
    "logistic_regression": lambda: LogisticRegression(C=0.3, max_iter=2000),
    "random_forest": lambda: RandomForestClassifier(40, min_samples_leaf=3, random_state=1),
}


def fit_pipeline(family: str, spec: DatasetSpec, table: pd.DataFrame) -> Pipeline:
    """Fit one of scikit-learn's own estimators behind grouped one-hot codes and scaled numbers."""
    text = [column.name for column in spec.features if column.kind is not Kind.NUMERIC]
    numbers = [column.name for column in spec.features if column.kind is Kind.NUMERIC]
    encode = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10)
    scale = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    preprocess = ColumnTransformer([("text", encode, text), ("numbers", scale, numbers)])
    pipeline = Pipeline([("preprocess", preprocess), ("estimate", ESTIMATORS[family]())])
    return pipeline.fit(table[list(spec.feature_names)], table[spec.target.name])
