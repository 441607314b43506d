"""Whoever reads Spanish gets Spanish: pages, plurals, and forms made before anybody asked."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import gettext, ngettext

from tests.builders.accounts import visit
from tests.builders.runs import make_evaluation
from tests.builders.tables import student_spec
from webapp.admin.pages import describe_event
from webapp.admin.queries import Event
from webapp.languages import load_catalogue
from webapp.runs.sentences import say_worth

SPANISH = {"Accept-Language": "es-CO,es;q=0.9,en;q=0.5"}
PAGES = (
    "/",
    "/data",
    "/explore",
    "/runs",
    "/experiments",
    "/compare",
    "/models",
    "/predict",
    "/audit",
    "/login",
    "/no-such-page",
)


def read(html: str) -> str:
    """What a page says, attributes that are read out included."""
    spoken = re.findall(r'(?:aria-label|title|placeholder|data-failed)="([^"]*)"', html)
    return unescape(" ".join([re.sub(r"<[^>]+>", "\n", html), *spoken]))


@pytest.mark.parametrize("path", PAGES)
def test_no_english_sentence_is_left_on_a_page(client: FlaskClient, path: str) -> None:
    said = read(client.get(path, headers=SPANISH).text)
    english = [text for text in load_catalogue("es")._catalog if isinstance(text, str) and text.count(" ") > 1]  # noqa: SLF001 - it has no other way to list them
    assert len(english) > 100
    assert [text for text in english if text in said] == []
    assert "Saltar al contenido" in said


def test_the_same_page_is_english_to_others(client: FlaskClient) -> None:
    client.get("/runs", headers=SPANISH)
    assert "Skip to the content" in read(client.get("/runs").text)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", ["0 filas", "1 fila", "2 filas", "1.000.000 filas"]),
        ("en", ["0 rows", "1 row", "2 rows", "1,000,000 rows"]),
    ],
)
def test_plurals(app: Flask, language: str, said: list[str]) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert [ngettext("%(num)s row", "%(num)s rows", number) for number in (0, 1, 2, 1_000_000)] == said


def test_percent_signs_and_letters_beyond_ascii(app: Flask) -> None:
    with app.test_request_context(headers=SPANISH):
        assert gettext("95 %% interval %(low)s to %(high)s", low=1, high=2) == "intervalo del 95 % de 1 a 2"
        assert gettext("Share of rows (%)") == "Proporción de filas (%)"


def test_a_form_speaks_the_language_of_each_request(app: Flask) -> None:
    visitor = visit(app)
    assert "Type your password." in read(visitor.send("/login").text)
    visitor.send("/language", language="es")
    wrong = read(visitor.send("/login").text)
    assert "Escribir la contraseña." in wrong
    assert "Type your password." not in wrong
    visitor.send("/language", language="en")
    assert "Type your password." in read(visitor.send("/login").text)


def test_what_a_run_is_worth(app: Flask) -> None:
    with app.test_request_context(headers=SPANISH):
        worth = say_worth(make_evaluation(0.523), "random_forest", student_spec(), "es")
    assert worth.headline == "Acierta 52 veces de cada 100, apenas más que mirando solo “Categoría de admisión”"
    assert worth.right == "Bosque aleatorio: acierta en el 52\N{NO-BREAK SPACE}% de aspirantes que no ha visto"


@pytest.mark.parametrize(
    ("action", "subject", "english", "spanish"),
    [
        ("job_submitted", "job 12", "asked for job 12", "pidió la tarea 12"),
        ("job_cancelled", "job 12", "cancelled job 12", "canceló la tarea 12"),
        ("promote", "pumps v3", "promoted pumps v3", "promovió pumps v3"),
        (
            "promote_despite_audit",
            "pumps v3",
            "promoted pumps v3 although its audit failed",
            "promovió pumps v3 aunque no superó la auditoría",
        ),
        ("account_created", "ada", "account ada was made", "se creó la cuenta ada"),
    ],
)
def test_what_somebody_did(app: Flask, action: str, subject: str, english: str, spanish: str) -> None:
    happened = Event(1_750_000_000_000, "ada", action, subject, '{"kind": "prepare"}')
    for language, said in (("en", english), ("es", spanish)):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert describe_event(happened).what == said
