"""Rows of a file, answered together, get what each would get alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.batch import answering
from ml.batch.answering import Answerer, Floats, name_sets
from ml.batch.coding import Coded
from ml.rules import RULES, Decision
from ml.serve.contract import SetRule
from ml.serve.export import export_model, random_rows
from ml.serve.predictor import Predictor, load_predictor
from tests.builders.models import fit_pipeline, mixed_spec, mixed_table
from tests.builders.sureness import make_sure

SPEC = mixed_spec()
TABLE = mixed_table(SPEC)
SETS = replace(make_sure().sets, level=0.9, least={"low": 0.3, "mid": 0.5, "high": 0.4})


@pytest.fixture(scope="module", params=RULES)
def predictor(request: pytest.FixtureRequest) -> Predictor:
    pipeline = fit_pipeline("logistic_regression", SPEC, TABLE)
    content = export_model(pipeline, SPEC, Decision(request.param, (0.2, 0.5, 0.3)), SETS)
    return load_predictor(content)


def encode(predictor: Predictor, count: int) -> Floats:
    return np.array([predictor.encode(row) for row in random_rows(SPEC, np.random.default_rng(count), count)])


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("bad", [(), (0, 7)])
@pytest.mark.parametrize("repeats_once", [True, False])
def test_each_row_is_answered_as_if_it_were_alone(
    predictor: Predictor, repeats: int, bad: tuple[int, ...], *, repeats_once: bool
) -> None:
    cells = np.tile(encode(predictor, 60), (repeats, 1))
    coded = Coded(tuple(column.tolist() for column in cells.T), dict.fromkeys(bad, ()))
    part = Answerer(predictor, repeats_once=repeats_once).answer(coded, len(cells))
    assert list(part.good) == [at for at in range(len(cells)) if at not in bad]
    assert part.sets is not None
    assert predictor.sets
    found = zip(part.good, part.of_row, strict=True)
    names = name_sets(part.sets, predictor.classes)
    for at, place in found:
        alone = predictor.predict_cells(cells[at : at + 1])
        assert np.array_equal(part.cells[place], cells[at], equal_nan=True)
        assert part.shares[place] == pytest.approx(alone[0], abs=1e-15)
        assert predictor.classes[part.named[place]] == predictor.decide(alone)[0]
        assert names[place] == tuple(predictor.classes[i] for i in predictor.sets.choose(alone[0].tolist()))


@pytest.mark.parametrize("most_known", [3, 1000])
def test_a_row_that_repeats_is_asked_for_once_while_it_is_remembered(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch, most_known: int
) -> None:
    asked: Counter[bytes] = Counter()

    class Counting:
        columns, classes, decision, sets = predictor.columns, predictor.classes, predictor.decision, predictor.sets

        def predict_cells(self, cells: Floats) -> Floats:
            asked.update(row.tobytes() for row in cells)
            return predictor.predict_cells(cells)

    monkeypatch.setattr(answering, "MOST_KNOWN", most_known)
    answerer = Answerer(Counting())  # type: ignore[arg-type]
    cells = np.repeat(encode(predictor, 10), 4, axis=0)
    coded = Coded(tuple(column.tolist() for column in cells.T), {})
    parts = [answerer.answer(coded, len(cells)) for _ in range(2)]
    assert set(asked.values()) == ({1} if most_known == 1000 else {2})
    assert np.array_equal(parts[0].shares, parts[1].shares)


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=20),
    st.tuples(*[st.floats(0, 1)] * 3),
)
def test_the_sets_of_many_rows_are_those_of_each(shares: list[list[float]], least: tuple[float, float, float]) -> None:
    rule = SetRule(0.9, least)
    together = rule.choose_all(np.array(shares))
    assert [tuple(np.flatnonzero(row).tolist()) for row in together] == [rule.choose(row) for row in shares]
