"""Tests together, many confusion matrices at once, and the price of picking, each against an independent oracle."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as oracle

from ml.evaluate.compare import Candidate, compare_candidates
from ml.evaluate.confusions import score_confusions
from ml.evaluate.pairing import pair_with
from ml.evaluate.winner import Answers, correct_winners
from ml.examination.comparison import MAIN_METRICS, Place

ROWS, CLASSES, REPEATS, FOLDS = 240, 3, 2, 4


def random_answers(random: np.random.Generator, rows: int = ROWS, repeats: int = REPEATS) -> Answers:
    probabilities = random.dirichlet(np.ones(CLASSES), size=(repeats, rows))
    return Answers(probabilities, probabilities.argmax(axis=2))


def draw_folds(random: np.random.Generator) -> np.ndarray:
    return np.array([random.permutation(np.arange(ROWS) % FOLDS) for _ in range(REPEATS)])


def test_a_pair_is_the_corrected_t_test_of_its_differences() -> None:
    random = np.random.default_rng(3)
    scores = {"a": random.normal(0.5, 0.03, 8), "b": random.normal(0.52, 0.03, 8)}
    differences = scores["b"] - scores["a"]
    error = np.sqrt((1 / 8 + 1 / 3) * differences.var(ddof=1))
    found = pair_with(scores, "a", FOLDS)
    assert found.keys() == {"b"}
    assert found["b"].p_holm == found["b"].p_value
    assert found["b"].p_value == pytest.approx(2 * stats.t.sf(abs(differences.mean()) / error, 7))
    assert (found["b"].low, found["b"].high) == pytest.approx(
        stats.t.interval(0.95, 7, loc=differences.mean(), scale=error)
    )


def test_many_confusions_are_scored_as_scikit_learn_scores_each() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, CLASSES, (20, 60))
    answer = random.integers(0, CLASSES, (20, 60))
    truth[0], answer[1] = 1, 2
    answer[2] = truth[2]
    counts = [oracle.confusion_matrix(t, a, labels=range(CLASSES)) for t, a in zip(truth, answer, strict=True)]
    found = score_confusions(np.array(counts, dtype=float))
    for number, (t, a) in enumerate(zip(truth, answer, strict=True)):
        recalls = oracle.recall_score(t, a, labels=np.unique(t), average="macro", zero_division=0)
        expected = {
            "accuracy": oracle.accuracy_score(t, a),
            "balanced_accuracy": recalls,
            "f1_macro": oracle.f1_score(t, a, labels=range(CLASSES), average="macro", zero_division=0),
            "qwk": oracle.cohen_kappa_score(t, a, weights="quadratic", labels=range(CLASSES)),
            "ordinal_mae": np.abs(t - a).mean(),
        }
        assert {name: values[number] for name, values in found.items()} == pytest.approx(expected, abs=1e-12)


def test_a_resample_without_answers_scores_nothing_rather_than_failing() -> None:
    found = score_confusions(np.zeros((1, 2, 2)))
    assert all(np.isfinite(values).all() for values in found.values())


def test_the_corrected_figure_is_that_of_a_plain_loop() -> None:
    """Row by row, as the paper writes it, with scikit-learn's metrics: one repeat, so that nothing is averaged."""
    random = np.random.default_rng(7)
    truth = random.integers(0, CLASSES, 60)
    groups = np.arange(60) // 2
    candidates = [random_answers(random, 60, 1) for _ in range(4)]
    found = correct_winners(candidates, truth, groups, ["accuracy", "log_loss"], seed=5, resamples=50)
    weights = np.random.default_rng([5, 50]).multinomial(30, np.full(30, 1 / 30), size=50)[:, groups]
    right, loss = [], []
    for drawn in weights:
        rows, spared = np.repeat(np.arange(60), drawn), np.flatnonzero(drawn == 0)
        accuracy = [oracle.accuracy_score(truth[rows], item.predicted[0, rows]) for item in candidates]
        best = candidates[int(np.argmax(accuracy))]
        right.append(oracle.accuracy_score(truth[spared], best.predicted[0, spared]))
        losses = [oracle.log_loss(truth[rows], c.probabilities[0, rows], labels=range(CLASSES)) for c in candidates]
        best = candidates[int(np.argmin(losses))]
        loss.append(oracle.log_loss(truth[spared], best.probabilities[0, spared], labels=range(CLASSES)))
    for metric, values in (("accuracy", right), ("log_loss", loss)):
        corrected = found[metric].corrected
        assert corrected.mean == pytest.approx(np.mean(values))
        assert (corrected.low, corrected.high) == pytest.approx(np.percentile(values, [2.5, 97.5]))


def guess(random: np.random.Generator, rows: int) -> Answers:
    predicted = random.integers(0, CLASSES, rows)
    return Answers(np.eye(CLASSES)[predicted][None], predicted[None])


def test_the_best_of_many_that_only_guess_is_worth_a_guess() -> None:
    """Twenty know nothing: the best of them looks better than a third; over many tables it is worth a third."""
    random = np.random.default_rng(11)
    looks, worth = [], []
    for seed in range(40):
        truth = random.integers(0, CLASSES, 150)
        candidates = [guess(random, 150) for _ in range(20)]
        found = correct_winners(candidates, truth, np.arange(150), ["accuracy"], seed=seed, resamples=60)["accuracy"]
        looks.append(max(found.apparent))
        worth.append(found.corrected.mean)
    assert np.mean(looks) > 0.39
    assert np.mean(worth) == pytest.approx(1 / 3, abs=0.02)


def test_whole_groups_are_drawn() -> None:
    """Equal rows with equal answers, drawn apart, would tell of each other: then guessers would look good."""
    random = np.random.default_rng(2)
    groups = np.repeat(np.arange(30), 5)
    worth: dict[str, list[float]] = {"together": [], "apart": []}
    for seed in range(40):
        truth = random.integers(0, CLASSES, 30)[groups]
        guesses = [guess(random, 30) for _ in range(20)]
        candidates = [Answers(item.probabilities[:, groups], item.predicted[:, groups]) for item in guesses]
        for how, numbers in (("together", groups), ("apart", np.arange(150))):
            found = correct_winners(candidates, truth, numbers, ["accuracy"], seed=seed, resamples=60)
            worth[how].append(found["accuracy"].corrected.mean)
    assert np.mean(worth["together"]) == pytest.approx(1 / 3, abs=0.04)
    assert np.mean(worth["apart"]) > 0.42


def test_a_seed_fixes_the_correction() -> None:
    random = np.random.default_rng(4)
    truth = random.integers(0, CLASSES, ROWS)
    candidates = [random_answers(random) for _ in range(3)]
    first, again, other = (
        correct_winners(candidates, truth, np.arange(ROWS), ["qwk"], seed=seed, resamples=20) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def compare(candidates: list[Candidate], truth: np.ndarray, reference: Place | None = None):  # noqa: ANN201
    fold = draw_folds(np.random.default_rng(0))
    return compare_candidates(
        candidates, truth, np.arange(ROWS), fold, metrics=MAIN_METRICS, reference=reference, seed=1
    )


@pytest.fixture(scope="module")
def field() -> tuple[list[Candidate], np.ndarray]:
    """One that knows much, one that knows a little, with a second rule that answers otherwise, and a baseline."""
    random = np.random.default_rng(8)
    truth = random.integers(0, CLASSES, ROWS)
    known = np.eye(CLASSES)[truth]
    noise = random.dirichlet(np.ones(CLASSES), size=(3, REPEATS, ROWS))
    much, little, none = (weight * known + (1 - weight) * noise[i] for i, weight in enumerate((0.5, 0.1, 0.0)))
    return [
        Candidate(Place("none", "argmax"), Answers(none, none.argmax(axis=2)), is_baseline=True, detail="a column"),
        Candidate(Place("little", "argmax"), Answers(little, little.argmax(axis=2))),
        Candidate(Place("little", "other"), Answers(little, little.argmin(axis=2))),
        Candidate(Place("much", "argmax"), Answers(much, much.argmax(axis=2))),
    ], truth


def test_the_best_is_told_from_the_others_and_not_from_itself(field: tuple[list[Candidate], np.ndarray]) -> None:
    standing = compare(*field)
    lines = {(line.family, line.rule): line for line in standing.lines}
    assert {(winner.family, winner.rule) for winner in standing.winners.values()} == {("much", "argmax")}
    assert lines["much", "argmax"].against_best == {}
    assert lines["little", "argmax"].against_best["accuracy"].p_holm < 0.05
    assert lines["little", "argmax"].against_best["accuracy"].mean < 0


def test_a_baseline_is_tested_and_never_picked(field: tuple[list[Candidate], np.ndarray]) -> None:
    standing = compare(*field)
    assert standing.winners["accuracy"].candidates == 3
    assert standing.lines[0].against_best["accuracy"].p_holm < 0.05
    assert standing.lines[0].detail == "a column"


def test_rules_share_what_their_probabilities_are_worth(field: tuple[list[Candidate], np.ndarray]) -> None:
    standing = compare(*field)
    lines = {(line.family, line.rule): line for line in standing.lines}
    one, other = lines["little", "argmax"], lines["little", "other"]
    assert one.metrics["log_loss"] == other.metrics["log_loss"]
    assert one.against_best["log_loss"] == other.against_best["log_loss"]
    assert one.against_best["accuracy"] != other.against_best["accuracy"]
    assert standing.winners["log_loss"].candidates == 2


def test_the_reference_is_the_one_asked_for_or_else_the_best(field: tuple[list[Candidate], np.ndarray]) -> None:
    asked = Place("little", "argmax")
    assert compare(*field, reference=asked).reference == asked
    assert compare(*field, reference=Place("absent", "argmax")).reference == Place("much", "argmax")
    assert compare(*field, reference=asked).lines[1].against_reference == {}


def test_the_figures_of_a_line_are_means_over_folds(field: tuple[list[Candidate], np.ndarray]) -> None:
    candidates, truth = field
    fold = draw_folds(np.random.default_rng(0))
    answers = candidates[3].answers
    scores = [
        oracle.f1_score(truth[row == n], answers.predicted[repeat, row == n], average="macro")
        for repeat, row in enumerate(fold)
        for n in range(FOLDS)
    ]
    assert compare(*field).lines[3].metrics["f1_macro"].mean == pytest.approx(np.mean(scores))
