"""The section of a run's page that says how sure one answer is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from ml.examination import Examination
from ml.results import to_json
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_experiment
from tests.builders.sureness import HELPS, make_curve, make_reliability, make_sure, make_trial
from tests.functional.test_spanish import SPANISH

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from ml.examination.sure import Sure
    from ml.settings import Settings

RUN = "a" * 32


@pytest.fixture
def show(app: Flask, settings: Settings, client: FlaskClient) -> Callable[..., str]:
    """Write a run so examined, and fetch its page."""

    def fetch(sure: Sure, **headers: str) -> str:
        with app.extensions["proctor_store"].write() as conn:
            write_experiment(conn)
            folder = write_trained_run(conn, settings.artifact_root, RUN, make_evaluation())
        (folder / "examination.json").write_text(json.dumps(to_json(Examination(sure=sure))))
        return read(client.get(f"/runs/{RUN}", headers=headers).text)

    return fetch


def read(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_a_model_that_is_as_sure_as_it_should_be(show: Callable[..., str]) -> None:
    page = show(make_sure())
    assert "can be believed as far as 666 rows can tell: calibration error 0.044; a perfectly calibrated" in page
    assert "model would show 0.034 [0.026–0.048]" in page
    assert "the best, Sigmoid (Platt), changes log-loss by −0.004 [−0.016, +0.008]" in page
    assert "holds the true class in 90.8 % of answers [87.5–94.2]" in page
    assert "names 2.41 classes on average [2.33–2.50]" in page
    assert "least covered is Good: 88.1 % [83.1–93.1]" in page
    assert "With twice the rows (1,332 instead of 666), expect accuracy 0.56 [0.51–0.61]" in page


def test_a_model_whose_shares_are_off_is_said_to_be(show: Callable[..., str]) -> None:
    page = show(make_sure(reliability=(make_reliability("", p_value=0.001), *make_sure().reliability[1:])))
    assert "further from what comes true than chance explains" in page
    assert page.count("beyond chance") >= 1


def test_a_calibration_that_helps_is_named(show: Callable[..., str]) -> None:
    page = show(make_sure(trial=make_trial(HELPS)))
    assert (
        "Calibrating helps: of 3 ways tried inside the folds, Sigmoid (Platt) changes log-loss most, by −0.040" in page
    )


def test_a_calibrated_model_says_so(show: Callable[..., str]) -> None:
    assert "This model is calibrated: Isotonic." in show(make_sure(calibration="isotonic"))


def test_a_curve_that_says_nothing_gets_no_figure(show: Callable[..., str]) -> None:
    page = show(make_sure(curves=(make_curve("accuracy", 0.5, is_open=True),)))
    assert "More rows, accuracy: the measured points do not say how the curve goes on" in page
    assert "With twice the rows (" not in page


def test_a_baseline_shows_what_cost_no_fits(show: Callable[..., str]) -> None:
    page = show(replace(make_sure(), trial=None, curves=()))
    assert "Which classes can it be?" in page
    assert "Would calibrating help?" not in page
    assert "Would more rows help?" not in page


def test_the_section_in_spanish(show: Callable[..., str]) -> None:
    page = show(make_sure(), **SPANISH)
    assert "¿Qué tan segura es una respuesta?" in page
    assert "Con el doble de filas (1332 en lugar de 666) cabe esperar: exactitud 0,56 [0,51–0,61]" in page


def test_a_run_that_was_not_examined_has_no_such_section(app: Flask, settings: Settings, client: FlaskClient) -> None:
    with app.extensions["proctor_store"].write() as conn:
        write_experiment(conn)
        write_trained_run(conn, settings.artifact_root, RUN, make_evaluation())
    assert "How sure is one answer?" not in client.get(f"/runs/{RUN}").text


def test_its_figures_can_be_kept(show: Callable[..., str], client: FlaskClient) -> None:
    show(make_sure())
    assert client.get(f"/runs/{RUN}/figures/reliability.json").get_json()["data"]
    lines = client.get(f"/runs/{RUN}/figures/set-sizes.csv").text.splitlines()
    assert lines[:2] == ["Classes in the set,Share of sets (%)", "1,17.0"]
