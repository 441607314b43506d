"""A run's page as a whole: the verdict first, then its sections; and the same as one file to keep."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest

from ml.examination.audit import AuditReport, Check, Finding
from tests.builders.examinations import make_examination, make_folds, write_examination
from tests.builders.pages import find_faults
from tests.builders.runs import write_trained_run
from tests.builders.stores import write_experiment
from tests.builders.tables import student_spec

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings

RUN = "a" * 32
SECTIONS = ("classes", "matrix", "curves", "why", "folds", "metrics", "record")


@pytest.fixture
def folder(app: Flask, settings: Settings) -> Path:
    with app.extensions["proctor_store"].write() as conn:
        write_experiment(conn)
        folder = write_trained_run(conn, settings.artifact_root, RUN, make_folds())
    write_examination(folder, make_examination(student_spec()))
    return folder


@pytest.fixture
def page(client: FlaskClient, folder: Path) -> str:
    return client.get(f"/runs/{RUN}").text


def test_sections_stand_in_order_and_are_led_to(page: str) -> None:
    assert tuple(re.findall(r'<section id="(\w+)">', page)) == SECTIONS
    assert tuple(re.findall(r'<a href="#(\w+)">', page)) == SECTIONS
    assert page.index("Right 52 times") < page.index('class="figures"') < page.index('<nav class="sections"')


def test_the_page_is_valid_in_both_languages(client: FlaskClient, folder: Path) -> None:
    for language in ("en", "es"):
        assert find_faults(client.get(f"/runs/{RUN}", headers={"Accept-Language": language}).text) == []


def test_a_run_without_examination_has_the_sections_of_its_evaluation(client: FlaskClient, folder: Path) -> None:
    (folder / "examination.json").unlink()
    page = client.get(f"/runs/{RUN}").text
    assert re.findall(r'<section id="(\w+)">', page) == ["classes", "matrix", "folds", "metrics", "record"]
    assert "The audit says" not in page


@pytest.mark.parametrize(
    ("severity", "kind", "word"),
    [("note", "good", "Clean"), ("warning", "look", "Look here"), ("cheat", "bad", "Not what it claims")],
)
def test_the_audit_stands_in_a_word_before_any_figure(
    client: FlaskClient, folder: Path, severity: str, kind: str, word: str
) -> None:
    found = AuditReport((Check("any"),), (Finding("any", severity),))  # type: ignore[arg-type]
    examination = make_examination(student_spec())
    write_examination(folder, type(examination)(audit=found))
    page = client.get(f"/runs/{RUN}").text
    lead = page[page.index("<h1>") : page.index('class="figures"')]
    assert f"verdict-{kind}" in lead
    assert word in lead


def test_the_matrix_is_there_in_three_ways_with_the_counts_beside_the_shares(page: str) -> None:
    matrix = page[page.index('<section id="matrix">') : page.index('<section id="curves">')]
    assert matrix.count('<input type="radio"') == 3
    ways = re.split(r'<div class="view view-', matrix)[1:]
    assert [way.split('"')[0] for way in ways] == ["counts", "by-row", "by-column"]
    assert re.search(r">8</td>", ways[0])
    assert re.search("80\N{NO-BREAK SPACE}% <small>8</small>", ways[1])  # of the 10 in the class
    assert re.search("80\N{NO-BREAK SPACE}% <small>8</small>", ways[2])  # of the 10 given the answer
    assert re.search("45\N{NO-BREAK SPACE}% <small>5</small>|55\N{NO-BREAK SPACE}% <small>6</small>", ways[2])


def test_areas_stand_beside_what_chance_gives(page: str) -> None:
    row = re.search(r"Excellent</th>(.*?)</tr>", page[page.index('<section id="curves">') :], re.DOTALL)
    assert row
    cells = re.findall(r">([\d.]+)(?: <span class=\"interval\">([\d.]+) – ([\d.]+)</span>)?</td>", row[1])
    auc, chance, precision, share = cells[:4]
    assert float(auc[1]) < float(auc[0]) < float(auc[2])
    assert chance[0] == "0.50"
    assert float(precision[1]) < float(precision[0]) < float(precision[2])
    assert share[0] == "0.25"


def test_the_pickers_work_by_links_alone_and_keep_each_others_choice(client: FlaskClient, folder: Path) -> None:
    column = student_spec().feature_names[2]
    page = client.get(f"/runs/{RUN}?metric=qwk&column={column}").text
    assert f'data-chart="/runs/{RUN}/figures/dependence.{column}.json"' in page
    assert f'data-chart="/runs/{RUN}/figures/folds.qwk.json"' in page
    assert page.count('aria-current="true"') == 2
    assert f"?column={column}&amp;metric=log_loss#folds" in page


def test_what_nobody_knows_shows_the_first(client: FlaskClient, folder: Path) -> None:
    page = client.get(f"/runs/{RUN}?metric=<script>&column=<script>").text
    assert f"dependence.{student_spec().feature_names[0]}.json" in page
    assert "folds.accuracy.json" in page
    assert "=<script>" not in page


def test_every_chart_has_its_figure_and_its_numbers(client: FlaskClient, page: str) -> None:
    charts = re.findall(r'data-chart="([^"]+)\.json"', page)
    assert len(charts) == 5
    for url in charts:
        assert client.get(f"{url}.json").get_json()["data"]
        assert "\n" in client.get(f"{url}.csv").text


def test_folds_say_how_much_luck_is_in_one_split(page: str) -> None:
    assert "In 4 of 10 folds the run is no better than the mean of the best single column, 0.510" in page


# ── the file to keep ─────────────────────────────────────────────────────────
@pytest.fixture
def export(client: FlaskClient, folder: Path) -> str:
    answer = client.get(f"/runs/{RUN}/report.html")
    assert answer.headers["Content-Disposition"] == "attachment; filename=run-aaaaaaaa.html"
    return answer.text


def test_the_file_has_every_section_and_every_figure(export: str) -> None:
    assert tuple(re.findall(r'<section id="(\w+)">', export)) == SECTIONS
    names = re.findall(r'id="chart-([^"]+)"', export)
    spec = student_spec()
    assert set(names) == {
        "roc", "precision-recall", "importance", *(f"dependence.{name}" for name in spec.feature_names),
        *(f"folds.{metric}" for metric in ("accuracy", "f1_macro", "qwk", "log_loss")),
    }  # fmt: skip


def test_the_file_holds_its_figures_and_its_numbers(export: str) -> None:
    for data in re.findall(r'data-chart="data:application/json;base64,([^"]+)"', export):
        assert set(json.loads(base64.b64decode(data))) == {"data", "layout"}
    csv = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', export)
    assert csv
    assert base64.b64decode(csv[1]).decode().startswith("False alarms,")


def test_the_file_asks_for_nothing_and_can_be_asked_nothing(export: str) -> None:
    document = re.sub(r"<script.*?</script>", "", export, flags=re.DOTALL)
    loads = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]*)"', document)
    assert loads == ["data:,"]
    assert "default-src 'none'" in document
    for tag in ("<form", '<nav class="rail"', 'href="/', "/login"):
        assert tag not in document
    assert f'href="http://localhost/runs/{RUN}"' in document  # where it came from


def test_the_file_is_in_the_readers_language(client: FlaskClient, folder: Path) -> None:
    export = client.get(f"/runs/{RUN}/report.html", headers={"Accept-Language": "es"}).text
    assert '<html lang="es"' in export
    assert "Pliegue a pliegue" in export


@pytest.mark.parametrize("run_id", ["b" * 32, "nonsense"])
def test_there_is_no_file_of_a_run_without_report(client: FlaskClient, folder: Path, run_id: str) -> None:
    assert client.get(f"/runs/{run_id}/report.html").status_code == 404
