"""Every number against an independent way to it."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest
from scipy import stats
from scipy.stats.contingency import association
from sklearn.metrics import mutual_info_score

from ml.exploration import ExplorationError, read_exploration
from ml.explore.association import cramers_v
from ml.explore.coding import Coded, code_numbers, cross_tabulate
from ml.explore.information import SHUFFLES, adjust_by_holm, entropy, inform_columns, mutual_information
from ml.explore.numeric import describe_numbers, find_outliers
from ml.explore.twins import agree, bound_best_accuracy, number_profiles
from ml.results import to_json
from tests.builders.explorations import explore, make_spec, mixed_exploration


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_crosstabs_agree_with_counting_row_by_row(rng: np.random.Generator) -> None:
    first, second = rng.integers(0, 4, 70_000), rng.integers(0, 3, 70_000)  # more than one chunk
    tables = cross_tabulate([Coded("a", 3, first), Coded("b", 2, second)])
    counted = [[int(((first == i) & (second == j)).sum()) for j in range(3)] for i in range(4)]
    assert tables.of("a", "b", with_missing=True).tolist() == counted
    assert tables.of("a", "b").tolist() == [row[:2] for row in counted[:3]]


def test_information_agrees_with_scikit_learn(rng: np.random.Generator) -> None:
    first = rng.integers(0, 4, 500)
    second = np.where(rng.random(500) < 0.5, first, rng.integers(0, 4, 500))
    table = cross_tabulate([Coded("a", 4, first), Coded("b", 4, second)]).of("a", "b")
    assert float(mutual_information(table)) == pytest.approx(mutual_info_score(first, second) / np.log(2))


def test_entropy_agrees_with_scipy() -> None:
    assert entropy([157, 210, 198, 101]) == pytest.approx(stats.entropy([157, 210, 198, 101], base=2))
    assert entropy([0, 0]) == 0


def test_p_value_agrees_with_shuffling_labels_one_by_one(rng: np.random.Generator) -> None:
    feature = rng.integers(0, 3, 80)
    labels = np.where(rng.random(80) < 0.25, feature, rng.integers(0, 3, 80))
    tables = cross_tabulate([Coded("t", 3, labels), Coded("f", 3, feature)])
    (found,) = inform_columns(tables, ["f"], "t", seed=3)
    observed = mutual_info_score(feature, labels)
    shuffled = np.array([mutual_info_score(feature, rng.permutation(labels)) for _ in range(1_500)])
    by_hand = (1 + (shuffled >= observed - 1e-12).sum()) / 1_501
    error = 4 * np.sqrt(by_hand * (1 - by_hand) * (1 / 1_500 + 1 / SHUFFLES))
    assert found.p_value == pytest.approx(by_hand, abs=error)
    assert found.chance == pytest.approx(shuffled.mean() / np.log(2), rel=0.1)
    assert found.chance_high == pytest.approx(np.quantile(shuffled, 0.95) / np.log(2), rel=0.15)


def test_a_constant_column_says_nothing() -> None:
    tables = cross_tabulate([Coded("t", 2, np.array([0, 1, 0, 1])), Coded("f", 2, np.zeros(4, dtype=np.int64))])
    (found,) = inform_columns(tables, ["f"], "t", seed=3)
    assert (found.bits, found.p_value) == (0, 1)


def test_holm_agrees_with_the_worked_example() -> None:
    assert adjust_by_holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_cramers_v_corrects_scipys_by_bergsmas_formula(rng: np.random.Generator) -> None:
    table = rng.integers(1, 30, (3, 4))
    n, (r, c) = table.sum(), table.shape
    phi2 = association(table, method="cramer") ** 2 * min(r - 1, c - 1)
    corrected = max(0, phi2 - (r - 1) * (c - 1) / (n - 1))
    width = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    assert cramers_v(table) == pytest.approx(np.sqrt(corrected / width))


def test_cramers_v_of_equal_columns_is_one_and_of_independent_ones_zero() -> None:
    assert cramers_v(np.diag([50, 30, 20])) == pytest.approx(1)
    assert cramers_v(np.full((2, 2), 25)) == 0
    assert cramers_v(np.array([[3, 4], [0, 0]])) is None


def test_profiles_survive_more_levels_than_an_integer_holds(rng: np.random.Generator) -> None:
    columns = [rng.integers(0, 1_000, 300) for _ in range(12)]
    for column in columns:
        column[200:] = column[:100]  # the last hundred rows repeat the first
    assert number_profiles(columns, 300).max() + 1 == 200


def test_agreement_counts_pairs() -> None:
    by_class = np.array([[2, 1], [0, 2], [1, 0], [3, 0]])
    rows = [(group, label) for group, row in enumerate(by_class) for label, n in enumerate(row) for _ in range(n)]
    pairs = [a[1] == b[1] for a, b in combinations(rows, 2) if a[0] == b[0]]
    share, low, high = agree(by_class)
    assert share == pytest.approx(np.mean(pairs))
    assert low is not None
    assert high is not None
    assert low < np.mean(pairs) < high
    assert agree(np.array([[1, 0], [0, 1]])) == (None, None, None)


def test_best_accuracy_solves_cover_and_harts_bound() -> None:
    low, high = bound_best_accuracy(0.417, 4)
    best_error = 1 - high
    assert best_error * (2 - 4 / 3 * best_error) == pytest.approx(1 - 0.417)
    assert low == 0.417
    assert bound_best_accuracy(1.0, 4) == (1.0, 1.0)


def test_deciles_hold_a_tenth_each_and_a_spike_stays_whole() -> None:
    even = code_numbers(np.arange(100, dtype=np.float64), "x")
    assert np.bincount(even.codes).tolist() == [10] * 10
    spiked = code_numbers(np.array([0.0] * 90 + list(range(1, 11))), "x")
    assert len(set(spiked.codes[:90].tolist())) == 1
    gappy = code_numbers(np.array([np.nan, 1.0, 2.0]), "x")
    assert gappy.codes.tolist() == [gappy.levels, 0, gappy.levels - 1]


def test_boxes_and_fences_agree_with_numpy(rng: np.random.Generator) -> None:
    values = np.append(rng.normal(10, 2, 99), 500.0)
    found = describe_numbers("x", values, np.zeros(100, dtype=np.int64), ("a",), 0)
    q1, median, q3 = np.percentile(values, [25, 50, 75])
    box = found.boxes[0]
    assert (box.first_quartile, box.median, box.third_quartile) == pytest.approx((q1, median, q3))
    assert found.upper_fence == pytest.approx(q3 + 1.5 * (q3 - q1))
    assert box.upper_whisker == values[values <= q3 + 1.5 * (q3 - q1)].max()
    assert found.outliers[0].rule == "far_above"
    assert sum(map(sum, found.counts)) == 100


def test_fences_tell_near_from_far() -> None:
    known = np.array([*range(11), 18.0, 40.0, -9.0])
    q1, q3 = np.percentile(known, [25, 75])
    rules = {item.value: item.rule for item in find_outliers(known)}
    expected = {
        value: "far_above" if value > q3 + 3 * (q3 - q1) else "above_fence" if value > 0 else "below_fence"
        for value in known
        if value > q3 + 1.5 * (q3 - q1) or value < q1 - 1.5 * (q3 - q1)
    }
    assert rules == expected
    assert "far_above" in rules.values()


def test_contradictory_twins_cap_what_anybody_can_know() -> None:
    spec = make_spec(["no", "yes"], {"f": ["a", "b"]})
    found = explore(spec, {"result": ["no", "no", "yes", "yes"], "f": ["a", "a", "a", "b"]}).repeats
    assert (found.ceiling, found.contradictory_profiles, found.rows_in_contradiction) == (0.75, 1, 3)
    assert (found.repeated_rows, found.pairs, found.agreement) == (1, 3, pytest.approx(1 / 3))
    assert found.largest[0].cells == ("a",)
    assert found.largest[0].counts == (2, 1)


def test_numbers_of_one_decile_are_no_twins() -> None:
    spec = make_spec(["no", "yes"], {"x": None})
    cells = {"result": ["no", "yes"] * 50, "x": [str(n / 7) for n in range(100)]}
    assert explore(spec, cells).repeats.distinct_profiles == 100


def test_raw_is_compared_with_cleaned_cell_by_cell() -> None:
    _, found = mixed_exploration()
    colour = next(item for item in found.raw if item.column == "colour")
    assert (colour.spellings, colour.values, colour.cells_changed, colour.cells_empty) == (3, 2, 1, 1)
    assert [(item.raw, item.became) for item in colour.commonest] == [(" RED ", "red")]


def test_rows_that_were_rejected_shift_nothing() -> None:
    spec = make_spec(["no", "yes"], {"f": ["a", "b"]})
    found = explore(spec, {"result": ["", "no", "yes", "", "yes"], "f": ["b", "a", " B", "a", "b"]})
    f = next(item for item in found.raw if item.column == "f")
    assert [(item.raw, item.became, item.cells) for item in f.commonest] == [(" B", "b", 1)]
    assert f.cells_lost == 0


def test_missing_cells_have_a_row_of_their_own() -> None:
    _, found = mixed_exploration()
    (colour,) = found.categorical
    assert sum(colour.missing) == 1
    assert sum(map(sum, colour.counts)) == 59
    assert {item.column: item.cells for item in found.missing} == {"colour": 1, "height": 0}


def test_numbers_come_back_from_json_as_they_were() -> None:
    _, found = mixed_exploration()
    assert read_exploration(json.loads(json.dumps(to_json(found)))) == found


@pytest.mark.parametrize("tree", [None, [], {}, {"rows": 1}])
def test_other_json_is_refused(tree: object) -> None:
    with pytest.raises(ExplorationError, match="exploration"):
        read_exploration(tree)


def test_a_number_of_the_wrong_kind_is_named() -> None:
    _, found = mixed_exploration()
    tree = to_json(found)
    tree["repeats"]["ceiling"] = "high"
    with pytest.raises(ExplorationError, match=r"exploration\.repeats\.ceiling"):
        read_exploration(tree)
