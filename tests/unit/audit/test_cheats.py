"""Each way to cheat, planted on the real rows and on others, is found by its check and as gravely as it is."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.audit.look import look_at
from ml.audit.matrix import read_matrix
from ml.examination.audit import Finding
from tests.builders.cheats import CHEATS, TARGET, Cheat, draw_honest_table, draw_recipe, draw_sites, read_real_table

SEED = 582


@pytest.fixture(params=["real", "sites"])
def honest(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, str]:
    if request.param == "sites":
        return draw_sites(), "soil"
    path: Path = request.getfixturevalue("uci_arff")
    return read_real_table(path), "Performance"


def find(table: pd.DataFrame, target: str) -> tuple[Finding, ...]:
    return look_at(read_matrix(table, target, SEED)).findings


@pytest.mark.parametrize(("cheat", "check", "severity"), CHEATS.values(), ids=CHEATS)
def test_a_planted_cheat_is_found(cheat: Cheat, check: str, severity: str, honest: tuple[pd.DataFrame, str]) -> None:
    found = find(cheat(*honest), honest[1])
    assert (check, severity) in {(finding.check, finding.severity) for finding in found}


def test_the_honest_tables_behind_them_are_clean(honest: tuple[pd.DataFrame, str]) -> None:
    assert {finding.severity for finding in find(*honest)} <= {"note"}


def test_the_columns_are_named() -> None:
    table = draw_sites()
    found = find(table.assign(remark=table["soil"].str.upper() + "!"), "soil")
    assert [finding.where for finding in found if finding.severity == "cheat"] == [("remark",)]


def test_one_column_that_the_class_settles_is_no_cheat_alone() -> None:
    """A mammal gives milk; that half of the class is known says nothing of how."""
    table = draw_sites()
    found = find(table.assign(fertile=(table["soil"] == "loam").astype(int)), "soil")
    assert [(f.check, f.severity, f.where) for f in found] == [("target_part", "warning", ("fertile",))]


@pytest.mark.parametrize("scale", [1.0, 0.001])
def test_an_index_that_does_not_follow_the_class_is_only_an_index(scale: float) -> None:
    table = draw_sites()
    found = find(table.assign(number=np.arange(len(table)) * scale), "soil")
    assert [(f.check, f.severity) for f in found] == [("id_like", "warning")]


def test_a_missing_label_is_told_from_a_class_called_none() -> None:
    table = draw_sites()
    gone = table.assign(soil=table["soil"].where(table.index >= 3, "NaN"))
    called = table.assign(soil=table["soil"].replace("sand", "none"))
    assert [f.evidence for f in find(gone, "soil") if f.check == "missing_labels"] == [{"rows": 3, "spellings": "NaN"}]
    assert "none" in read_matrix(called, "soil", SEED).classes


def count_cheats(seeds: range) -> list[str]:
    cries = []
    for seed in seeds:
        recipe = draw_recipe(seed)
        found = find(draw_honest_table(recipe), TARGET)
        cries += [f"{recipe}: {finding}" for finding in found if finding.severity == "cheat"]
    return cries


def test_no_honest_table_is_called_a_cheat() -> None:
    assert count_cheats(range(15)) == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_not_one_of_two_hundred_honest_tables_is_called_a_cheat() -> None:
    assert count_cheats(range(200, 400)) == []


@pytest.mark.parametrize("spoil", [lambda t: t.drop(columns="outcome"), lambda t: t[["outcome"]], lambda t: t.head(1)])
def test_what_cannot_be_audited_says_why(spoil: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    with pytest.raises(ValueError, match="outcome"):
        read_matrix(spoil(draw_honest_table(draw_recipe(1))), TARGET, SEED)
