"""How many bits a column says about the target, and how many luck would say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.special import xlogy

from ml.exploration import Information
from ml.explore.coding import Counts, Crosstabs

SHUFFLES = 9_999


def entropy(counts: npt.ArrayLike) -> float:
    """Shannon's entropy of a distribution given by counts: −Σ p log₂ p, in bits."""
    known = np.asarray(counts, dtype=np.float64)
    total = known.sum()
    return float(-xlogy(known / total, known / total).sum() / np.log(2)) if total else 0.0


def mutual_information(tables: Counts) -> npt.NDArray[np.float64]:
    """I(X; Y) = Σ p(x,y) log₂ p(x,y)/(p(x) p(y)), in bits, of one table or of a stack of them with the same margins."""
    cells = tables.reshape(*tables.shape[:-2], -1)
    first = tables.reshape(-1, *tables.shape[-2:])[0]
    margins = first.sum(axis=1), first.sum(axis=0)
    n = first.sum()
    nats = _log_powers(cells).sum(axis=-1) - sum(xlogy(margin, margin).sum() for margin in margins) + xlogy(n, n)
    return np.asarray(np.maximum(nats, 0) / max(n, 1) / np.log(2))


def _log_powers(counts: Counts) -> npt.NDArray[np.float64]:
    """Return x ln x of each count, looked up where there are more counts than values that they can have."""
    values = np.arange(int(counts.max(initial=0)) + 1)
    return np.asarray(xlogy(values, values)[counts] if values.size < counts.size else xlogy(counts, counts))


def inform_columns(tables: Crosstabs, names: Sequence[str], target: str, seed: int) -> tuple[Information, ...]:
    """Inform about every column, most bits first, with p-values adjusted by Holm over all of them."""
    found = [_inform(name, tables.of(name, target), seed + place) for place, name in enumerate(names)]
    adjusted = adjust_by_holm([item[-1] for item in found])
    informed = [Information(*item, p_adjusted=p) for item, p in zip(found, adjusted, strict=True)]
    return tuple(sorted(informed, key=lambda item: -item.bits))


def adjust_by_holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that may be read one by one: the i-th smallest times (m − i + 1), never falling, at most 1."""
    order = np.argsort(p_values)
    scaled = np.asarray(p_values, dtype=np.float64)[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return [float(value) for value in adjusted]


def _inform(name: str, table: Counts, seed: int) -> tuple[str, int, float, float, float, float]:
    seen = table[table.any(axis=1)][:, table.any(axis=0)]
    if min(seen.shape) < 2:  # noqa: PLR2004 - a constant says nothing, and Patefield's draws need two of each
        return name, int(seen.sum()), 0.0, 0.0, 0.0, 1.0
    bits = float(mutual_information(seen))
    by_chance = _shuffle_labels(seen, seed)
    p_value = (1 + int((by_chance >= bits - 1e-12).sum())) / (1 + SHUFFLES)
    return name, int(seen.sum()), bits, float(by_chance.mean()), float(np.quantile(by_chance, 0.95)), p_value


def _shuffle_labels(table: Counts, seed: int) -> npt.NDArray[np.float64]:
    """Bits of `SHUFFLES` random reorderings of the labels.

    A reordering keeps both margins, and Patefield's algorithm (AS 159, 1981) draws tables from just that
    distribution, so that a million rows cost hardly more than a hundred.
    """
    tables = stats.random_table(table.sum(axis=1), table.sum(axis=0), seed=seed)
    return mutual_information(tables.rvs(size=SHUFFLES, method="patefield").astype(np.int64, copy=False))
