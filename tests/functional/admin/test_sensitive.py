"""What the training form says of the sensitive columns."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

from tests.builders.accounts import visit_with_role
from tests.builders.people import write_people
from tests.builders.tables import student_spec
from tests.functional.conftest import RUNS
from webapp.admin.sensitive import say_choice

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings
    from webapp.store.session import Store


def read_form(app: Flask) -> str:
    page = visit_with_role(app, "admin", name="ada").get("/admin").text
    return unescape(page).replace("\N{NO-BREAK SPACE}", " ")


def test_the_form_says_what_leaving_them_out_cost_the_last_time(
    app: Flask, settings: Settings, served_store: Store
) -> None:
    assert served_store
    write_people(settings.artifact_root / "student_performance" / RUNS[0] / "artifacts")
    said = read_form(app)
    assert "Gender, Admission category say who somebody is. Switched off, they are for audit only" in said
    assert "Last compared (version 1, logistic regression): Without the sensitive columns it is right 40 times" in said


def test_before_any_comparison_it_says_that_the_next_training_makes_one(app: Flask) -> None:
    assert "What that costs, the next training will say" in read_form(app)


def test_without_sensitive_columns_there_is_nothing_to_choose(app: Flask, settings: Settings) -> None:
    spec = replace(student_spec(), features=student_spec().features[2:])
    with app.test_request_context(), app.extensions["proctor_store"].read() as conn:
        said = say_choice(conn, spec, settings.artifact_root, "en")
    assert said == "This dataset has no sensitive columns."
