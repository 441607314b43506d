"""The part of a run's page that says for whom it is worth what."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from ml.examination.people import People
from tests.builders.pages import find_faults
from tests.builders.people import make_people, write_people
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_experiment

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings

RUN = "a" * 32


@pytest.fixture
def folder(app: Flask, settings: Settings) -> Path:
    with app.extensions["proctor_store"].write() as conn:
        write_experiment(conn)
        return write_trained_run(conn, settings.artifact_root, RUN, make_evaluation())


def read(client: FlaskClient, language: str = "en") -> str:
    html = client.get(f"/runs/{RUN}", headers={"Accept-Language": language}).text
    assert find_faults(html) == []
    section = re.search(r'<section id="people">.*?</section>', html, re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", section[0]).split())) if section else ""


def test_it_answers_in_words_first(client: FlaskClient, folder: Path) -> None:
    write_people(folder)
    assert read(client).startswith(
        "For whom Of those who are Very good or Excellent, it recognises 71 in 100 among General (no reserved places),"
        " 32 among Other Backward Classes (OBC): a difference of +34 to +44 points. The model reads Gender, Admission"
        " category."
    )


def test_it_answers_in_spanish(client: FlaskClient, folder: Path) -> None:
    write_people(folder)
    said = read(client, "es")
    assert said.startswith("Para quién De quienes son Muy bueno o Excelente, reconoce a 71 de cada 100")
    assert "General (sin plazas reservadas) 329 46 % [41–51]" in said


def test_every_figure_has_its_interval_and_small_groups_are_hidden(client: FlaskClient, folder: Path) -> None:
    write_people(folder)
    said = read(client)
    assert "Everybody 666 52 % [47–57] 60 % [55–65] · 333 20 % [15–25] +4 [−1, +9]" in said
    assert "Scheduled Castes (SC) hidden too few too few too few too few" in said
    assert "Male 355 50 % [45–55] too few 20 % [15–25]" in said


def test_with_and_without_stand_side_by_side(client: FlaskClient, folder: Path) -> None:
    write_people(folder)
    said = read(client)
    assert "it is right 40 times in 100 instead of 52 (−18 to −6 points). Of all answers, 36 % change." in said
    assert "Accuracy 0.523 [0.473, 0.573] 0.403 [0.353, 0.453] −0.120 [−0.180, −0.060]" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"p_value": 0.4}, "no difference beyond chance"),
        (
            {"are_used": False},
            "The model does not read Gender, Admission category: they were kept for this audit only.",
        ),
    ],
)
def test_the_words_follow_the_figures(client: FlaskClient, folder: Path, change: dict[str, float], says: str) -> None:
    write_people(folder, make_people(**change))  # type: ignore[arg-type]
    assert says in read(client)


def test_proxies_stand_against_chance(client: FlaskClient, folder: Path) -> None:
    write_people(folder)
    said = read(client)
    assert "still say more than chance about Admission category." in said
    assert "Admission category 666 62 % [57–67] 50 % Language of instruction 58 % [53–63]" in said


def test_a_baseline_has_slices_alone(client: FlaskClient, folder: Path) -> None:
    write_people(folder, replace(make_people(), leaving_out=None, proxies=()))
    said = read(client)
    assert "For whom" in said
    assert "With and without" not in said


@pytest.mark.parametrize("people", [None, People((), are_used=False)])
def test_where_nobody_looked_there_is_no_such_part(client: FlaskClient, folder: Path, people: People | None) -> None:
    if people:
        write_people(folder, people)
    assert read(client) == ""


def test_a_column_that_the_spec_no_longer_has_is_called_by_its_name(client: FlaskClient, folder: Path) -> None:
    people = make_people()
    old = replace(people.slices[0], columns=("former",))
    write_people(folder, replace(people, columns=("former",), slices=(old,), proxies=(), leaving_out=None))
    assert "The model reads former." in read(client)


def test_the_figure_is_there_to_draw_and_to_keep(client: FlaskClient, folder: Path) -> None:
    write_people(folder)
    figure = json.loads(client.get(f"/runs/{RUN}/figures/people.json").text)
    assert [len(trace["x"]) for trace in figure["data"]] == [4, 3]
    assert "General (no reserved places),329,0.46," in client.get(f"/runs/{RUN}/figures/people.csv").text
