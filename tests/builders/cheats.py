"""Honest tables of every kind, and the ways to cheat on one, for the audit's tests and its false-alarm benchmark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.preprocessing import TargetEncoder

from ml.source import read_table

TARGET = "outcome"


@dataclass(frozen=True)
class Recipe:
    """How an honest table was drawn, to be named when a check cries wolf."""

    seed: int
    rows: int
    classes: int
    numeric: int
    categorical: int
    strength: float
    balance: str
    missing: float
    repeats: float
    order: str
    extra: str
    """What else honest tables have: an identifier, a constant, words that go together, a class that follows a rule."""


def draw_recipe(seed: int) -> Recipe:
    """Draw what kind of table it will be: small or large, weak or strong, clean or gappy, of numbers or of words."""
    random = np.random.default_rng([seed, 1])
    numeric, categorical = random.choice([(0, 4), (0, 9), (3, 0), (8, 0), (3, 3), (6, 5), (1, 2), (0, 2)], axis=0)
    return Recipe(
        seed=seed,
        rows=int(random.integers(60, 601)),
        classes=int(random.integers(2, 6)),
        numeric=int(numeric),
        categorical=int(categorical),
        strength=float(random.choice([0.0, 0.3, 1.0, 2.5, 6.0])),
        balance=str(random.choice(["even", "uneven", "exactly even"])),
        missing=float(random.choice([0.0, 0.0, 0.05, 0.3])),
        repeats=float(random.choice([0.0, 0.0, 0.05, 0.1])),
        order=str(random.choice(["shuffled", "by class", "by a column"])),
        extra=str(random.choice(["none", "none", "identifier", "constant", "alike", "rule"])),
    )


def draw_honest_table(recipe: Recipe) -> pd.DataFrame:
    """Draw labels, then features that depend on them through noise; some rows stand twice, some cells are missing."""
    random = np.random.default_rng([recipe.seed, 2])
    labels = _draw_labels(recipe, random)
    columns: dict[str, npt.NDArray[np.generic]] = {TARGET: np.array([f"class {label}" for label in labels])}
    for at in range(recipe.numeric):
        means = random.normal(0, recipe.strength, recipe.classes)
        values = means[labels] + random.normal(0, 1, labels.size)
        columns[f"n{at}"] = np.round(values * 10 + 50, int(random.integers(0, 6)))
    for at in range(recipe.categorical):
        levels = int(random.integers(2, 9))
        lean = random.normal(0, recipe.strength / 2, (recipe.classes, levels))
        chances = np.exp(lean) / np.exp(lean).sum(axis=1, keepdims=True)
        drawn = [random.choice(levels, p=chances[label]) for label in labels]
        columns[f"c{at}"] = np.array([f"v{value}" for value in drawn])
    return _roughen(_add_extra(pd.DataFrame(columns), recipe, random), recipe, random)


def _add_extra(table: pd.DataFrame, recipe: Recipe, random: np.random.Generator) -> pd.DataFrame:
    if recipe.extra == "identifier":
        return table.assign(number=random.permutation(len(table)) + 1000)
    if recipe.extra == "constant":
        return table.assign(place="here")
    if recipe.extra == "alike":
        likes = random.integers(0, 4, len(table))
        words = {f"a{at}": np.where(random.random(len(table)) < 0.1, 4, likes + at) for at in range(4)}
        return table.assign(**{name: [f"a{value}" for value in values] for name, values in words.items()})
    if recipe.extra == "rule":
        return _follow_rule(table, recipe, random)
    return table


def _follow_rule(table: pd.DataFrame, recipe: Recipe, random: np.random.Generator) -> pd.DataFrame:
    """Add columns of few values whose sum, by a rule without exception, is the class: as in a game or a legal form."""
    labels = pd.factorize(table[TARGET])[0]
    first = random.integers(0, 3 * recipe.classes, len(table))
    second = (labels - first) % recipe.classes + recipe.classes * random.integers(0, 2, len(table))
    return table.assign(first=first, second=second)


def _draw_labels(recipe: Recipe, random: np.random.Generator) -> npt.NDArray[np.int64]:
    if recipe.balance == "exactly even":
        return random.permutation(np.arange(recipe.rows) % recipe.classes)
    weight = np.full(recipe.classes, 8.0) if recipe.balance == "even" else np.full(recipe.classes, 1.5)
    labels = random.choice(recipe.classes, recipe.rows, p=random.dirichlet(weight))
    labels[: recipe.classes] = np.arange(recipe.classes)
    return random.permutation(labels)


def _roughen(table: pd.DataFrame, recipe: Recipe, random: np.random.Generator) -> pd.DataFrame:
    again = random.integers(0, len(table), int(recipe.repeats * len(table)))
    if recipe.balance != "exactly even":
        table = pd.concat([table, table.iloc[again]], ignore_index=True)
    features = table.drop(columns=TARGET).astype(object)
    table = pd.concat([table[[TARGET]], features.mask(random.random(features.shape) < recipe.missing)], axis=1)
    if recipe.order == "shuffled":
        return table.sample(frac=1, random_state=recipe.seed).reset_index(drop=True)
    return table.sort_values(TARGET if recipe.order == "by class" else table.columns[1], ignore_index=True)


# ── cheats ──────────────────────────────────────────────────────────────────
Cheat = Callable[[pd.DataFrame, str], pd.DataFrame]


def add_one_hot_target(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """One-hot encode everything, the target too, as `pd.get_dummies` of the whole table does."""
    return pd.concat([table[[target]], pd.get_dummies(table, dtype=float)], axis=1)


def add_renamed_target(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Add the target with other words for its classes, in another order."""
    words = {name: f"w{(at * 7 + 3) % 11}" for at, name in enumerate(pd.unique(table[target]))}
    return table.assign(remark=table[target].map(words))


def add_noisy_target(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Add the number of the class with a little noise on it."""
    noise = np.random.default_rng(3).normal(0, 0.01, len(table))
    return table.assign(level=pd.factorize(table[target])[0] + noise)


def mix_target_into_components(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Replace all columns by the principal components of a one-hot encoding that contains the target."""
    encoded = pd.get_dummies(table, dtype=float)
    encoded = encoded.fillna(encoded.mean())
    components = PCA(svd_solver="full").fit(encoded).transform(encoded)
    kept = components[:, components.std(axis=0) > 1e-6]
    names = [f"pc{at}" for at in range(kept.shape[1])]
    return pd.concat([table[[target]], pd.DataFrame(kept, columns=names)], axis=1)


def add_index_of_sorted(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Sort by class and let the row number become a feature."""
    ordered = table.sort_values(target, kind="stable", ignore_index=True)
    return ordered.assign(number=range(len(ordered)))


def oversample(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Draw rows of each class again until all are as large as the largest, before any split."""
    size = int(table[target].value_counts().max())
    parts = []
    for _, rows in table.groupby(target):
        parts += [rows, rows.sample(size - len(rows), replace=True, random_state=5)]
    return pd.concat(parts).sample(frac=1, random_state=5).reset_index(drop=True)


def scale_all(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Scale every column, one-hot where it is text, over all rows."""
    encoded = pd.get_dummies(table.drop(columns=target), dtype=float)
    encoded = encoded.loc[:, encoded.std() > 0]
    scaled = (encoded - encoded.mean()) / encoded.std()
    return pd.concat([table[[target]], scaled], axis=1)


def add_target_means(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Replace a column by the mean number of the class of its values, over all rows."""
    column = _widest(table, target)
    number = pd.Series(pd.factorize(table[target], sort=True)[0], index=table.index)
    key = table[column].astype(str)
    return table.drop(columns=column).assign(encoded=number.groupby(key).transform("mean"))


def encode_by_target(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Encode a column with scikit-learn's target encoder, fitted to all rows, smoothing and all."""
    cells = table[[_widest(table, target)]].astype(str)
    encoder = TargetEncoder(random_state=0).fit(cells, table[target])
    encoded = pd.DataFrame(encoder.transform(cells), index=table.index).add_prefix("encoded ")
    return pd.concat([table.drop(columns=cells.columns), encoded], axis=1)


def copy_rows(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Append a copy of half of the rows."""
    again = table.sample(frac=0.5, random_state=7)
    return pd.concat([table, again]).sample(frac=1, random_state=7).reset_index(drop=True)


CHEATS: Mapping[str, tuple[Cheat, str, str]] = {
    "one-hot target": (add_one_hot_target, "target_pieces", "cheat"),
    "renamed target": (add_renamed_target, "target_copy", "cheat"),
    "noisy target": (add_noisy_target, "target_copy", "cheat"),
    "target inside PCA": (mix_target_into_components, "target_mixture", "cheat"),
    "index of sorted rows": (add_index_of_sorted, "row_index", "cheat"),
    "oversampled": (oversample, "oversampled", "cheat"),
    "scaled": (scale_all, "scaled", "warning"),
    "target means": (add_target_means, "target_means", "cheat"),
    "target encoder": (encode_by_target, "target_means", "cheat"),
    "copied rows": (copy_rows, "copied_rows", "cheat"),
}
"""Each way to cheat, the finding that has to name it, and how gravely. Scaling over all rows hardly moves a score."""


def _widest(table: pd.DataFrame, target: str) -> str:
    """The column with the most values of those that repeat."""
    counts = table.drop(columns=target).nunique()
    return str(counts[counts <= len(table) / 4].idxmax())


# ── tables to cheat on ──────────────────────────────────────────────────────
def read_real_table(arff: Path) -> pd.DataFrame:
    """The published rows."""
    return read_table(arff)[0]


def draw_sites(rows: int = 400, seed: int = 1) -> pd.DataFrame:
    """Three kinds of soil, unevenly many, by measures that overlap, a crew of a dozen, and what grew there before."""
    random = np.random.default_rng(seed)
    label = random.choice(3, rows, p=[0.55, 0.3, 0.15])
    crew = random.integers(0, 12, rows)
    return pd.DataFrame(
        {
            "soil": np.array(["clay", "loam", "sand"])[label],
            "acidity": np.round(random.normal(6 + 0.4 * label, 0.8), 2),
            "depth": np.round(random.gamma(3 + label, 10), 1),
            "stones": random.poisson(3 + 2 * label),
            "crew": np.array([f"crew {number}" for number in crew]),
            "before": np.array(["rye", "oats", "none", "clover"])[(label + random.integers(0, 4, rows)) % 4],
        }
    )
