"""A version that answers by another rule than the most probable class: the page and the API answer by it and say so."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ml.rules import Decision
from ml.serve.export import export_model
from ml.serve.predictor import load_predictor
from ml.train import FAMILIES, fit_family
from tests.builders.accounts import visit
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.tables import student_spec, student_table

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

ROW = {column.name: column.categories[-1] for column in student_spec().features}


@pytest.fixture
def named(store: Store, settings: Settings) -> str:
    """Make a champion that names the class which is least probable for ROW; return its label."""
    spec = student_spec()
    pipeline = fit_family(FAMILIES["prior"], student_table().table, spec, 0)
    shares = load_predictor(export_model(pipeline, spec)).predict([ROW])[0]
    rarest = int(shares.argmin())
    prior = np.where(np.arange(len(shares)) == rarest, 0.01, 0.33)
    content = export_model(pipeline, spec, Decision("over_prior", tuple(prior.tolist())))
    with store.write() as conn:
        folder = write_trained_run(conn, settings.artifact_root, "c" * 32, make_evaluation())
        write_version(conn, 3, "c" * 32, content, folder)
        write_alias(conn, "champion", 3)
    return spec.target.categories[rarest]


def test_the_page_names_the_class_by_the_rule_and_says_so(app: Flask, named: str) -> None:
    fields = {f"column-{i}": ROW[column.name] for i, column in enumerate(student_spec().features)}
    page = unescape(visit(app).send("/predict", **fields).text)
    assert f"<strong>{student_spec().target.label_of(named, 'en')}</strong>" in page
    assert "does not always name the most probable class" in page
    assert "Most probable for its frequency" in page


def test_the_api_answers_by_the_rule_and_names_it(client: FlaskClient, named: str) -> None:
    answer = client.post("/api/v1/predictions", json={"rows": [ROW]}).get_json()
    assert (answer["rule"], answer["predictions"][0]["class"]) == ("over_prior", named)
    assert min(answer["predictions"][0]["probabilities"], key=answer["predictions"][0]["probabilities"].get) == named


@pytest.mark.usefixtures("store")
def test_nothing_is_said_of_the_usual_rule(app: Flask) -> None:
    fields = {f"column-{i}": ROW[column.name] for i, column in enumerate(student_spec().features)}
    assert "does not always name" not in visit(app).send("/predict", **fields).text
