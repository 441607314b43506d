"""The model card's page, and that a version without a whole card does not answer."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, update

from tests.builders.accounts import ADMIN, PASSWORD, visit
from tests.builders.pages import find_faults
from tests.builders.people import lacking, make_model_card, write_card
from tests.functional.conftest import RUNS
from webapp.accounts.actions import create_admin
from webapp.models.actions import Signed, promote_version
from webapp.models.gates import RefusedError
from webapp.models.queries import find_champion, find_version
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from tests.builders.accounts import Visitor
    from webapp.store.session import Store

NAME = "student_performance"
TAGS = mlflow.model_version_tags
CARD_TAG = (TAGS.c.version == 2, TAGS.c.key == "proctor.card_missing")


@pytest.fixture
def folder(settings: Settings, store: Store) -> Path:
    """The artifacts of the second version's run."""
    assert store
    return settings.artifact_root / NAME / RUNS[1] / "artifacts"


@pytest.fixture
def admin(app: Flask, store: Store) -> Visitor:
    create_admin(store, ADMIN, PASSWORD, 0)
    visitor = visit(app)
    visitor.sign_in()
    return visitor


def incomplete(store: Store, parts: str = "groups,audit") -> None:
    with store.write() as conn:
        conn.execute(update(TAGS).where(*CARD_TAG).values(value=parts))


def without_card(store: Store) -> None:
    with store.write() as conn:
        conn.execute(delete(TAGS).where(*CARD_TAG))


def champion(store: Store) -> int | None:
    with store.read() as conn:
        found = find_champion(conn, NAME)
    return found.version if found else None


def test_a_card_is_shown_in_the_readers_language(client: FlaskClient, folder: Path) -> None:
    write_card(folder)
    for language, title in (("en", "Model card: Student Performance"), ("es", "Ficha del modelo: Rendimiento")):
        page = client.get("/models/2/card", headers={"Accept-Language": language}).text
        assert title in page
        assert find_faults(page) == []
    assert "De quienes son Muy bueno o Excelente, reconoce al" in page


def test_a_cards_figures_stand_in_company(client: FlaskClient, folder: Path) -> None:
    write_card(folder)
    page = client.get("/models/2/card").text
    assert "0.523 [0.486, 0.560]" in page
    assert '<s class="training">0.900</s>' in page
    assert 'href="#groups"' in page


def test_the_files_that_there_are_can_be_kept(client: FlaskClient, folder: Path) -> None:
    write_card(folder)
    (folder / "model_card.es.md").write_text("# Ficha")
    page = client.get("/models/2/card").text
    assert f"/runs/{RUNS[1]}/artifacts/model_card.es.md" in page
    assert "model_card.en.md" not in page
    with client.get(f"/runs/{RUNS[1]}/artifacts/model_card.es.md") as answer:
        assert answer.text == "# Ficha"


def test_a_card_that_lacks_something_says_so_first(client: FlaskClient, folder: Path) -> None:
    write_card(folder, lacking(make_model_card(), "groups"))
    assert "Missing: For whom." in client.get("/models/2/card").text


@pytest.mark.parametrize("content", [None, "{}", "nonsense"])
def test_a_version_without_a_card_says_what_to_do(client: FlaskClient, folder: Path, content: str | None) -> None:
    if content is not None:
        (folder / "model_card.json").write_text(content)
    answer = client.get("/models/2/card")
    assert answer.status_code == 200
    assert "This version has no card to show" in answer.text
    assert find_faults(answer.text) == []


def test_there_is_no_card_of_no_version(client: FlaskClient, store: Store) -> None:
    assert store
    assert client.get("/models/9/card").status_code == 404


def test_what_was_named_by_others_is_text(client: FlaskClient, folder: Path) -> None:
    write_card(folder, make_model_card(author="<script>alert(1)</script>"))
    page = client.get("/models/2/card").text
    assert "<script>alert" not in page
    assert "<script>alert(1)</script>" in unescape(page)


def test_versions_and_runs_lead_to_their_card(client: FlaskClient, store: Store) -> None:
    assert store
    assert f'href="/models/{NAME}/2/card"' in client.get("/models").text
    assert 'href="/models/2/card"' in client.get(f"/runs/{RUNS[1]}").text


def test_a_version_whose_card_lacks_parts_is_not_promoted(admin: Visitor, store: Store) -> None:
    incomplete(store)
    answer = admin.send("/models/student_performance/2/promote", reason="it looks good")
    assert answer.status_code == 409
    assert "Its model card lacks: For whom; Audit." in answer.text
    assert champion(store) == 1


def test_a_version_of_an_older_proctor_has_no_card_and_is_not_promoted(admin: Visitor, store: Store) -> None:
    without_card(store)
    answer = admin.send("/models/student_performance/2/promote", reason="it looks good")
    assert answer.status_code == 409
    assert "This version has no model card" in answer.text
    assert champion(store) == 1


@pytest.mark.parametrize(("spoil", "word"), [(incomplete, "Incomplete"), (without_card, "No card")])
def test_the_table_says_so_and_offers_no_promotion(admin: Visitor, store: Store, spoil: object, word: str) -> None:
    assert "Make it the champion" in admin.get(f"/models/{NAME}/2").text
    assert callable(spoil)
    spoil(store)
    page = admin.get(f"/models/{NAME}/2").text
    assert word in page
    assert "Make it the champion" not in page


def test_files_that_are_lost_do_not_open_the_gate(store: Store, settings: Settings, folder: Path) -> None:
    incomplete(store, "figures")
    write_card(folder)
    with pytest.raises(RefusedError) as error:
        promote_version(store, NAME, 2, Signed(ADMIN, "the file is whole", 1), settings.artifact_roots)
    assert (error.value.code, error.value.about) == ("card_incomplete", ("figures",))


def test_an_empty_tag_is_a_whole_card(store: Store) -> None:
    with store.read() as conn:
        found = find_version(conn, NAME, 2)
    assert found
    assert found.card_missing == ()
