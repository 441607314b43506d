"""Anybody may choose the language; it stays with the session, signed in or not."""

import pytest
from flask import Flask

from tests.builders.accounts import add_admin, visit


def test_language_is_remembered(app: Flask) -> None:
    visitor = visit(app)
    answer = visitor.send("/language", language="es", next="/login")

    assert (answer.status_code, answer.location) == (303, "/login")
    assert '<html lang="es">' in visitor.get("/login").text


def test_language_survives_signing_in_and_out(app: Flask) -> None:
    add_admin(app)
    visitor = visit(app)
    visitor.send("/language", language="es")
    visitor.sign_in()
    visitor.send("/logout")

    assert '<html lang="es">' in visitor.get("/login").text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("es", "es"),
        ("es-MX,en;q=0.5", "es"),
        ("en-GB,es;q=0.5", "en"),
        ("fr,es;q=0.3", "es"),
        ("fr", "en"),
        ("es;q=0", "en"),
        ("*", "en"),
        (",;q=x", "en"),
    ],
)
def test_browser_chooses_until_a_person_does(app: Flask, accepted: str, language: str) -> None:
    assert f'<html lang="{language}">' in visit(app).get("/login", headers={"Accept-Language": accepted}).text


@pytest.mark.parametrize("language", ["", "fr", "ES", "../es"])
def test_unknown_language_is_refused(app: Flask, language: str) -> None:
    assert visit(app).send("/language", language=language).status_code == 400


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example", ""])
def test_switch_leads_nowhere_else(app: Flask, wanted: str) -> None:
    assert visit(app).send("/language", language="es", next=wanted).location == "/"


def test_switch_needs_its_form_token(app: Flask) -> None:
    assert visit(app).client.post("/language", data={"language": "es"}).status_code == 400


def test_switch_is_no_link(app: Flask) -> None:
    assert visit(app).get("/language?language=es").status_code == 405
