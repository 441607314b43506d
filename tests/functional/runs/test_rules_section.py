"""The decision rules on a run's page."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ml.examination import Examination
from ml.examination.rules import RuleFigures, RulesReport
from ml.results import Baseline, Difference, Estimate, to_json
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_experiment

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

RUN = "a" * 32


def figures(rule: str, f1: float, p_value: float = 0.001) -> RuleFigures:
    values = {"accuracy": 0.52, "f1_macro": f1, "ordinal_mae": 0.6 - f1 / 10}
    metrics = {name: Estimate(value, value - 0.03, value + 0.03) for name, value in values.items()}
    differences = {name: Difference(value - 0.5, value - 0.52, value - 0.48, p_value) for name, value in values.items()}
    return RuleFigures(rule, metrics, {} if rule == "argmax" else differences)


REPORT = RulesReport("median", (figures("argmax", 0.49), figures("median", 0.47, 0.4), figures("over_prior", 0.52)))


def write_examined(app: Flask, settings: Settings, gain: float, report: RulesReport | None = REPORT) -> None:
    evaluation = make_evaluation()
    single: Baseline = evaluation.baselines["single_column"]
    difference = {"f1_macro": Difference(gain, gain - 0.01, gain + 0.01, 0.01)}
    single = replace(single, differences={**single.differences, **difference})
    evaluation = replace(evaluation, baselines={**evaluation.baselines, "single_column": single})
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        folder = write_trained_run(conn, settings.artifact_root, RUN, evaluation)
    (folder / "examination.json").write_text(json.dumps(to_json(Examination(rules=report))))


def test_what_the_rule_moves_is_said_first_and_held_against_the_model(
    app: Flask, settings: Settings, client: FlaskClient
) -> None:
    write_examined(app, settings, gain=0.02)
    page = client.get(f"/runs/{RUN}").text
    assert "moves macro F1 by up to 0.050, with the same model" in page
    assert "That is more than what the model adds to Admission category alone (0.020)" in page
    assert "This run answers by: middle of the probabilities" in page


def test_a_model_that_adds_more_is_given_its_due(app: Flask, settings: Settings, client: FlaskClient) -> None:
    write_examined(app, settings, gain=0.09)
    assert (
        "That is less than what the model adds to Admission category alone (0.090)" in client.get(f"/runs/{RUN}").text
    )


def test_a_difference_is_judged_in_a_word(app: Flask, settings: Settings, client: FlaskClient) -> None:
    write_examined(app, settings, gain=0.02)
    page = client.get(f"/runs/{RUN}").text
    section = page[page.index('id="rules"') :]
    words = [section.count(f", {word}</small>") for word in ("better", "worse", "not beyond chance")]
    assert words == [2, 1, 3]  # of three metrics each: one rule beyond chance, its error larger; one not


@pytest.mark.parametrize("report", [None, RulesReport("argmax", REPORT.rules[:1])])
def test_nothing_to_compare_shows_no_section(
    app: Flask, settings: Settings, client: FlaskClient, report: RulesReport | None
) -> None:
    write_examined(app, settings, gain=0.02, report=report)
    assert 'id="rules"' not in client.get(f"/runs/{RUN}").text


def test_the_section_in_spanish(app: Flask, settings: Settings, client: FlaskClient) -> None:
    write_examined(app, settings, gain=0.02)
    page = client.get(f"/runs/{RUN}", headers={"Accept-Language": "es"}).text
    assert "mueve la F1 macro hasta 0,050" in page
