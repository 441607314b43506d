"""Predictions of others: of rows held out they pass, of training rows they do not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from ml.audit.errors import AuditInputError
from ml.audit.look import Look, look_at
from ml.audit.matrix import read_matrix
from ml.audit.predictions import check_folds, check_rules, read_predictions
from tests.builders.cheats import copy_rows, draw_sites

TABLE = draw_sites()


@pytest.fixture(scope="module")
def look() -> Look:
    return look_at(read_matrix(TABLE, "soil", 582), with_forest=True)


@pytest.fixture(scope="module")
def encoded() -> pd.DataFrame:
    return pd.get_dummies(TABLE.drop(columns="soil"), dtype=float)


def as_text(names: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"prediction": names})


def test_predictions_of_training_rows_are_a_cheat(look: Look, encoded: pd.DataFrame) -> None:
    model = RandomForestClassifier(50, random_state=0).fit(encoded, TABLE["soil"])
    found = read_predictions(as_text(model.predict(encoded)), look.matrix)
    assert [(f.check, f.severity) for f in check_rules(found, look.matrix, look.rules)] == [("memorised", "cheat")]


def test_predictions_of_held_out_rows_are_none(look: Look, encoded: pd.DataFrame) -> None:
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    named = cross_val_predict(RandomForestClassifier(50, random_state=0), encoded, TABLE["soil"], cv=folds)
    assert check_rules(read_predictions(as_text(named), look.matrix), look.matrix, look.rules) == ()


@pytest.mark.parametrize(("is_copied", "severity"), [(True, "cheat"), (False, None)])
def test_copies_on_both_sides_of_a_fold(is_copied: bool, severity: str | None) -> None:  # noqa: FBT001
    table = copy_rows(TABLE, "soil") if is_copied else TABLE
    look = look_at(read_matrix(table, "soil", 582))
    fold = np.arange(len(table)) % 5
    found = check_folds(np.arange(len(table)), fold, look.matrix, look.bound, look.copies)
    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_a_file_may_number_rows_and_give_probabilities_only(look: Look) -> None:
    frame = pd.DataFrame({"row": ["2", "0"], "p.clay": ["0.2", "1"], "p.loam": ["0.5", "0"], "p.sand": ["0.3", "0"]})
    found = read_predictions(frame, look.matrix)
    assert found.rows.tolist() == [2, 0]
    assert [look.matrix.classes[code] for code in found.predicted] == ["loam", "clay"]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"prediction": ["clay"]}), "1 predictions for 400 rows"),
        (pd.DataFrame({"row": ["0"], "prediction": ["granite"]}), "neither a column `prediction`"),
        (pd.DataFrame({"row": ["400"], "prediction": ["clay"]}), "names row 400"),
        (pd.DataFrame({"row": ["1", "1"], "prediction": ["clay", "clay"]}), "each once"),
        (pd.DataFrame({"row": ["1"], "p.clay": ["2"], "p.loam": ["0"], "p.sand": ["0"]}), "no number from 0 to 1"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(frame: pd.DataFrame, words: str, look: Look) -> None:
    with pytest.raises(AuditInputError, match=words):
        read_predictions(frame, look.matrix)
