"""Predictions held against each other, and surroundings against surroundings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.examination.reproduction import Change
from ml.report.predictions import (
    UnreadablePredictionsError,
    predictions_npz,
    predictions_sha256,
    read_csv,
    read_npz,
)
from ml.report.tables import out_of_fold_csv
from ml.reproduction.compare import hold_against
from ml.reproduction.original import Original, ReproductionError, read_request
from ml.reproduction.surroundings import Surroundings, is_same_code, list_changes, read_surroundings
from ml.results import OutOfFold, TrainingRequest, to_json

CLASSES = ("low", "high, or so")
HERE = Surroundings(
    "c" * 40, "d", "s", "3.11.2", "Linux", "openblas 1 Zen", {"numpy": "2"}, {"numpy": "2", "rich": "9"}
)


def make_predictions(seed: int = 1, rows: int = 8) -> OutOfFold:
    random = np.random.default_rng(seed)
    first = random.uniform(size=(2, rows))
    return OutOfFold(
        np.stack([first, 1 - first], axis=2), random.integers(0, 3, (2, rows)), random.integers(0, 2, rows)
    )


def make_original(out_of_fold: OutOfFold, *, is_exact: bool = True, recorded: str = "") -> Original:
    answers = out_of_fold.probabilities.argmax(axis=2)
    return Original("a" * 32, "calm", TrainingRequest("prior"), {}, HERE, out_of_fold, answers, is_exact, recorded)


def nudge(out_of_fold: OutOfFold, by: float) -> OutOfFold:
    probabilities = out_of_fold.probabilities.copy()
    probabilities[1, 3, 0] += by
    return replace(out_of_fold, probabilities=probabilities)


def test_a_checksum_tells_the_last_bit_and_each_part_apart() -> None:
    one = make_predictions()
    last_bit = nudge(one, 0)
    last_bit.probabilities[0, 0, 0] = np.nextafter(one.probabilities[0, 0, 0], 2)
    others = [last_bit, replace(one, fold=one.fold + 1), replace(one, truth=1 - one.truth)]
    shaped = OutOfFold(one.probabilities.reshape(2, 4, 4), one.fold, one.truth)
    sums = {predictions_sha256(item) for item in (one, *others, shaped)}
    assert len(sums) == 5
    fortran = replace(one, probabilities=np.asfortranarray(one.probabilities), fold=one.fold.astype(np.int32))
    assert predictions_sha256(fortran) == predictions_sha256(one)


def write_csv(predictions: OutOfFold) -> bytes:
    return out_of_fold_csv(predictions, CLASSES, predictions.probabilities.argmax(axis=2)).encode()


def test_both_files_give_back_what_was_written() -> None:
    one = make_predictions()
    assert predictions_sha256(read_npz(predictions_npz(one))) == predictions_sha256(one)
    rounded, answers = read_csv(write_csv(one), CLASSES)
    assert np.abs(rounded.probabilities - one.probabilities).max() <= 0.5e-6
    assert (rounded.fold == one.fold).all()
    assert (rounded.truth == one.truth).all()
    assert (answers == one.probabilities.argmax(axis=2)).all()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04", predictions_npz(make_predictions())[:200]])
def test_what_is_no_file_of_ours_is_not_read(content: bytes) -> None:
    with pytest.raises(UnreadablePredictionsError):
        read_npz(content)
    with pytest.raises(UnreadablePredictionsError):
        read_csv(content, CLASSES)


def test_a_csv_of_other_classes_is_not_read() -> None:
    content = write_csv(make_predictions())
    with pytest.raises(UnreadablePredictionsError, match="its columns are"):
        read_csv(content, CLASSES[::-1])


def test_equal_predictions_are_identical_and_one_bit_is_enough_to_differ() -> None:
    one = make_predictions()
    same = hold_against(make_original(one), make_predictions(), HERE)
    assert (same.verdict, same.predictions, same.largest_difference, same.changes) == ("identical", 16, 0.0, ())
    other = hold_against(make_original(one), nudge(one, 1e-12), HERE)
    assert other.verdict == "differs"
    assert other.largest_difference == pytest.approx(1e-12, rel=1e-3)
    assert other.changed_answers == 0


def test_the_difference_is_measured() -> None:
    one = make_predictions()
    flipped = one.probabilities.copy()
    flipped[0, :4] = flipped[0, :4, ::-1]
    moved = one.fold.copy()
    moved[1, 0] += 1
    found = hold_against(make_original(one), replace(one, probabilities=flipped, fold=moved), HERE)
    assert found.largest_difference == np.abs(flipped - one.probabilities).max()
    assert (found.changed_answers, found.changed_folds) == (4 / 16, 1 / 16)


def test_rounded_predictions_are_compared_to_their_digits() -> None:
    one = make_predictions()
    rounded, _ = read_csv(write_csv(one), CLASSES)
    original = make_original(rounded, is_exact=False)
    assert hold_against(original, one, HERE).verdict == "identical"
    assert hold_against(original, nudge(one, 2e-6), HERE).verdict == "differs"
    assert hold_against(original, replace(one, fold=one.fold + 1), HERE).verdict == "differs"
    assert hold_against(original, replace(one, truth=1 - one.truth), HERE).verdict == "differs"


def test_predictions_of_other_rows_cannot_be_set_against_each_other() -> None:
    found = hold_against(make_original(make_predictions()), make_predictions(rows=7), HERE)
    assert (found.verdict, found.predictions, found.original_predictions) == ("differs", 14, 16)
    assert (found.largest_difference, found.changed_answers, found.changed_folds) == (None, None, None)


def test_a_file_that_is_not_what_was_logged_is_named() -> None:
    one = make_predictions()
    recorded = predictions_sha256(one)
    assert hold_against(make_original(one, recorded=recorded), one, HERE).changes == ()
    found = hold_against(make_original(nudge(one, 0.1), recorded=recorded), one, HERE)
    assert found.changes == (Change("predictions", recorded, predictions_sha256(nudge(one, 0.1))),)


def test_changes_are_listed_with_the_code_first() -> None:
    there = Surroundings("e" * 40, "D", "s", "3.12.1", "Linux", "openblas 1 Haswell", {"numpy": "1"}, {"numpy": "1"})
    assert list_changes(there, HERE) == (
        Change("code", "e" * 40, "c" * 40),
        Change("data", "D", "d"),
        Change("python", "3.12.1", "3.11.2"),
        Change("blas", "openblas 1 Haswell", "openblas 1 Zen"),
        Change("library", "1", "2", "numpy"),
        Change("package", "", "9", "rich"),
    )


def test_a_library_that_an_older_release_did_not_record_is_not_one_that_was_not_there() -> None:
    older = replace(HERE, libraries={}, packages={})
    newer = replace(HERE, libraries={"numpy": "2", "skops": "1"})
    assert list_changes(older, newer) == ()
    assert list_changes(HERE, newer) == ()


def test_what_the_original_did_not_record_is_not_held_against_anybody() -> None:
    silent = Surroundings(HERE.code, "", "", "", "", "", {}, {})
    assert list_changes(silent, HERE) == ()


@pytest.mark.parametrize(
    ("before", "now", "is_same"),
    [
        ("abc", "abc", True),
        ("abc", "abd", False),
        ("abc+0123", "abc+0123", True),
        ("abc+0123", "abc+4567", False),
        ("abc+", "abc+", False),
        ("unknown", "unknown", False),
        ("", "", False),
    ],
)
def test_code_is_the_same_only_where_that_is_sure(before: str, now: str, *, is_same: bool) -> None:
    assert is_same_code(before, now) is is_same


def test_surroundings_are_read_from_tags_and_from_the_listing() -> None:
    listing = "# Python 3.11.2 on Linux-6.1-x86_64\nnumpy==2.4.6\nRich==9\n"
    tags = {"proctor.versions": '{"numpy": "2.4.6"}', "proctor.code_version": "abc"}
    found = read_surroundings(tags, listing)
    assert found == Surroundings(
        "abc", "", "", "3.11.2", "Linux-6.1-x86_64", "", {"numpy": "2.4.6"}, {"numpy": "2.4.6", "Rich": "9"}
    )
    assert read_surroundings({"proctor.versions": "[not json"}, "").libraries == {}


def test_a_request_is_read_with_what_older_and_newer_releases_know() -> None:
    wish = TrainingRequest("random_forest", folds=3, seed=9, with_sensitive=False, user="ada")
    document = to_json(wish)
    assert read_request(document, "r") == (wish, {})
    older = {name: document[name] for name in ("family", "folds", "repeats", "seed")}
    assert read_request(older, "r")[0] == TrainingRequest("random_forest", folds=3, seed=9)
    assert read_request(document | {"of_tomorrow": [1]}, "r") == (wish, {"of_tomorrow": "[1]"})


@pytest.mark.parametrize("document", [None, [], {}, {"family": "prior", "folds": "many"}])
def test_what_is_no_request_is_refused(document: object) -> None:
    with pytest.raises(ReproductionError, match="does not say what was asked for"):
        read_request(document, "r")
