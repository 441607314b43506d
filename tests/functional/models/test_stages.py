"""From candidate to retired and back: each step with who, when and why, and nothing by half."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, update

from ml.places import ArtifactRoots
from tests.builders.accounts import visit_with_role
from tests.builders.pages import find_faults
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.functional.conftest import RUNS
from webapp.models.actions import Signed, make_challenger, promote_version, retire_version, roll_back, set_alias
from webapp.models.gates import RefusedError
from webapp.models.history import find_previous, list_decisions
from webapp.models.listing import find_model
from webapp.models.queries import find_champion, find_version
from webapp.store import mlflow_tables as mlflow
from webapp.store.tables import event

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from tests.builders.accounts import Visitor
    from webapp.store.session import Store

NAME = "student_performance"
HOME = f"/models/{NAME}"
SIGNED = Signed("ada", "looked at it for a week", 10)


@pytest.fixture
def admin(app: Flask, store: Store) -> Visitor:
    assert store
    return visit_with_role(app, "admin", "ada")


@pytest.fixture
def roots(settings: Settings) -> ArtifactRoots:
    return settings.artifact_roots


@pytest.fixture
def third(store: Store, roots: ArtifactRoots) -> int:
    """A third version, which nobody has decided about."""
    with store.write() as conn:
        folder = write_trained_run(conn, roots.root, "c" * 32, make_evaluation())
        write_version(conn, 3, "c" * 32, b"never loaded", folder)
    return 3


def aliases(store: Store) -> dict[str, int]:
    found = mlflow.registered_model_aliases
    with store.read() as conn:
        return {row.alias: row.version for row in conn.execute(select(found.c.alias, found.c.version))}


def previous(store: Store) -> int | None:
    with store.read() as conn:
        model, champion = find_model(conn, NAME), find_champion(conn, NAME)
        assert model
        assert champion
        found = find_previous(conn, model, champion)
    return found.version if found else None


def actions(store: Store) -> list[str]:
    with store.read() as conn:
        return [*conn.scalars(select(event.c.action).order_by(event.c.id))]


def tag(store: Store, version: int, key: str, value: str) -> None:
    with store.write() as conn:
        row = {"workspace": mlflow.DEFAULT_WORKSPACE, "name": NAME, "version": version}
        conn.execute(insert(mlflow.model_version_tags).values(**row, key=key, value=value))


def refusal(error: pytest.ExceptionInfo[RefusedError]) -> str:
    return error.value.code


# ── challenger ───────────────────────────────────────────────────────────────
def test_a_challenger_is_chosen_and_stands_beside_the_champion(admin: Visitor, store: Store) -> None:
    assert admin.send(f"{HOME}/2/challenger", reason="fewer columns").status_code == 302
    assert aliases(store) == {"champion": 1, "challenger": 2}
    page = admin.get("/models").text
    assert "made version 2 the challenger" in page
    assert "fewer columns" in page
    assert find_faults(page) == []


def test_the_champion_is_no_challenger(store: Store) -> None:
    with pytest.raises(RefusedError) as error:
        make_challenger(store, NAME, 1, SIGNED)
    assert refusal(error) == "is_champion"


# ── roll back ────────────────────────────────────────────────────────────────
def test_a_roll_back_returns_step_by_step_and_not_to_what_was_left(
    store: Store, roots: ArtifactRoots, third: int
) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    promote_version(store, NAME, third, SIGNED, roots)
    assert previous(store) == 2
    roll_back(store, NAME, 2, SIGNED, roots)
    assert (aliases(store)["champion"], previous(store)) == (2, 1)
    roll_back(store, NAME, 1, SIGNED, roots)
    assert (aliases(store)["champion"], previous(store)) == (1, None)


def test_it_passes_over_what_was_retired_meanwhile(store: Store, roots: ArtifactRoots, third: int) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    promote_version(store, NAME, third, SIGNED, roots)
    retire_version(store, NAME, 2, SIGNED)
    assert previous(store) == 1


def test_without_a_note_of_who_was_before_the_log_is_asked(store: Store, roots: ArtifactRoots, third: int) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    promote_version(store, NAME, third, SIGNED, roots)
    with store.write() as conn:
        conn.execute(
            delete(mlflow.model_version_tags).where(mlflow.model_version_tags.c.key == "proctor.champion_before")
        )
    assert previous(store) == 2


def test_one_tap_names_the_version_and_asks_why(admin: Visitor, store: Store, roots: ArtifactRoots) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    assert "Roll back to version 1" in admin.get("/models").text
    assert admin.send(f"{HOME}/1/roll-back", reason=" ").status_code == 422
    assert admin.send(f"{HOME}/1/roll-back", reason="it errs more than it said").status_code == 302
    assert (aliases(store)["champion"], actions(store)) == (1, ["promote", "roll_back"])


def test_only_what_answered_before_is_rolled_back_to(store: Store, roots: ArtifactRoots, third: int) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    with pytest.raises(RefusedError) as error:
        roll_back(store, NAME, third, SIGNED, roots)
    assert refusal(error) == "not_previous"


def test_a_card_is_not_asked_for_again(store: Store, roots: ArtifactRoots) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    with store.write() as conn:
        conn.execute(delete(mlflow.model_version_tags).where(mlflow.model_version_tags.c.key == "proctor.card_missing"))
    roll_back(store, NAME, 1, SIGNED, roots)
    assert aliases(store)["champion"] == 1


def test_an_audit_that_nobody_answered_for_stops_it(store: Store, roots: ArtifactRoots) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    tag(store, 1, "proctor.audit", "cheat")
    with pytest.raises(RefusedError) as error:
        roll_back(store, NAME, 1, SIGNED, roots)
    assert (refusal(error), aliases(store)["champion"]) == ("audit_failed", 2)


def test_an_audit_that_somebody_answered_for_does_not_and_the_log_says_so(
    store: Store, roots: ArtifactRoots, third: int
) -> None:
    tag(store, 2, "proctor.audit", "cheat")
    promote_version(store, NAME, 2, SIGNED, roots, despite_audit=True)
    promote_version(store, NAME, third, SIGNED, roots)
    roll_back(store, NAME, 2, Signed("ada", "back", 11), roots)
    assert actions(store)[-1] == "roll_back_despite_audit"


def test_a_file_that_is_gone_stops_promotion_and_roll_back(
    store: Store, roots: ArtifactRoots, served_file: Path
) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    served_file.unlink()
    for change in (promote_version, roll_back):
        with pytest.raises(RefusedError) as error:
            change(store, NAME, 1, SIGNED, roots)
        assert refusal(error) == "no_file"


# ── retire and restore ───────────────────────────────────────────────────────
def test_a_retired_version_loses_its_aliases_and_is_folded_away(
    admin: Visitor, store: Store, roots: ArtifactRoots
) -> None:
    with store.write() as conn:
        write_alias(conn, "challenger", 2)
        write_alias(conn, "blue", 2)
    assert admin.send(f"{HOME}/2/retire", reason="worse").status_code == 302
    assert aliases(store) == {"champion": 1}
    page = admin.get("/models").text
    assert "1 retired version" in page
    assert "by ada: worse" in page
    with pytest.raises(RefusedError) as error:
        promote_version(store, NAME, 2, SIGNED, roots)
    assert refusal(error) == "retired"
    with pytest.raises(RefusedError) as error:
        set_alias(store, NAME, 2, "blue", SIGNED)
    assert refusal(error) == "retired"


def test_it_is_restored_as_a_candidate(admin: Visitor, store: Store) -> None:
    retire_version(store, NAME, 2, SIGNED)
    assert "Version 2 is retired" in admin.get(f"{HOME}/2").text
    assert admin.send(f"{HOME}/2/restore", reason="too soon").status_code == 302
    assert "Version 2 is a candidate" in admin.get(f"{HOME}/2").text


def test_the_champion_is_not_retired_by_the_way(admin: Visitor, store: Store) -> None:
    answer = admin.send(f"{HOME}/1/retire", reason="wrong")
    assert answer.status_code == 409
    assert "tick that nothing is to answer" in answer.text
    assert find_faults(answer.text) == []
    assert (aliases(store), actions(store)) == ({"champion": 1}, [])


def test_nothing_answers_where_that_is_what_was_decided(admin: Visitor, client: FlaskClient, store: Store) -> None:
    admin.send(f"{HOME}/1/retire", reason="wrong for half of them", answer_nothing="y")
    page = client.get("/models").text
    assert "No model answers yet" in page
    assert "ada retired version 1. wrong for half of them" in page
    assert (aliases(store), actions(store)) == ({}, ["retire_champion"])
    assert client.get("/predict").status_code == 200


def test_what_answers_after_nothing_did_can_be_rolled_back_past_it(
    store: Store, roots: ArtifactRoots, third: int
) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    retire_version(store, NAME, 2, SIGNED, answer_nothing=True)
    promote_version(store, NAME, third, SIGNED, roots)
    assert previous(store) == 1
    with store.read() as conn:
        model = find_model(conn, NAME)
    assert model
    assert model.silent is None


def test_a_retired_version_that_others_made_champion_is_shown_as_what_it_is(admin: Visitor, store: Store) -> None:
    retire_version(store, NAME, 2, SIGNED)
    with store.write() as conn:
        write_alias(conn, "champion", 2)
    page = admin.get(f"{HOME}/2").text
    assert "Version 2 answers today" in page
    assert "Retired on" in page


# ── two at once ──────────────────────────────────────────────────────────────
def test_the_second_of_two_admins_is_told(admin: Visitor, store: Store, third: int) -> None:
    admin.send(f"{HOME}/2/promote", reason="fewer columns", seen="1")
    answer = admin.send(f"{HOME}/{third}/promote", reason="better calibrated", seen="1")
    assert answer.status_code == 409
    assert "version 2 stands there now" in answer.text
    assert 'value="better calibrated"' in answer.text
    assert (aliases(store)["champion"], actions(store)) == (2, ["promote"])
    assert 'name="seen" type="hidden" value="2"' in answer.text


def test_a_description_that_was_changed_meanwhile_is_not_overwritten(admin: Visitor, store: Store) -> None:
    assert admin.send(f"{HOME}/2/describe", text="for the spring intake").status_code == 302
    answer = admin.send(f"{HOME}/2/describe", text="for the autumn intake", seen="0123456789abcdef")
    assert answer.status_code == 409
    assert "for the autumn intake" in answer.text
    with store.read() as conn:
        found = find_version(conn, NAME, 2)
    assert found
    assert found.description == "for the spring intake"


def test_the_model_is_described(admin: Visitor, client: FlaskClient) -> None:
    assert admin.send(f"{HOME}/describe", text="Result by what is known beforehand.").status_code == 302
    assert "Result by what is known beforehand." in client.get("/models").text
    assert admin.send(f"{HOME}/describe", text="x" * 5001).status_code == 422


# ── aliases ──────────────────────────────────────────────────────────────────
def test_an_alias_is_set_moved_and_taken_away(admin: Visitor, store: Store) -> None:
    admin.send(f"{HOME}/1/alias", alias="@blue", reason="the nightly job")
    assert aliases(store)["blue"] == 1
    admin.send(f"{HOME}/2/alias", alias="blue", reason="the nightly job")
    assert "until now at version 1" in admin.get(f"{HOME}/2").text
    admin.send(f"{HOME}/2/unalias", alias="blue", reason="no more jobs")
    assert "blue" not in aliases(store)
    assert "took “blue” from version 2" in admin.get("/models").text


@pytest.mark.parametrize("alias", ["latest", "V3", "Champion", "challenger", "a b", "a/b", "x" * 256, "blue\n", "a\0"])
def test_an_alias_that_cannot_be_is_refused(admin: Visitor, store: Store, alias: str) -> None:
    status = admin.send(f"{HOME}/2/alias", alias=alias, reason="why not").status_code
    assert (status in {409, 422}) or alias == "blue\n"
    assert set(aliases(store)) <= {"champion", "blue"}


def test_the_champions_alias_is_not_taken_away(admin: Visitor, store: Store) -> None:
    assert admin.send(f"{HOME}/1/unalias", alias="champion", reason="why not").status_code == 409
    assert aliases(store) == {"champion": 1}


# ── deletion ─────────────────────────────────────────────────────────────────
def test_a_version_is_deleted_by_typing_its_name(admin: Visitor, client: FlaskClient, store: Store) -> None:
    assert admin.send(f"{HOME}/2/delete", reason="by mistake", typed="2").status_code == 409
    assert admin.send(f"{HOME}/2/delete", reason="by mistake", typed="v2").status_code == 302
    answer = client.get(f"{HOME}/2")
    assert answer.status_code == 410
    assert "by mistake" in answer.text
    assert "Version 2" not in client.get("/models").text
    assert client.get("/models/2/card").status_code == 404
    assert actions(store) == ["delete_version"]


def test_the_champion_is_not_deleted(admin: Visitor, store: Store) -> None:
    assert admin.send(f"{HOME}/1/delete", reason="by mistake", typed="v1").status_code == 409
    assert aliases(store) == {"champion": 1}


# ── what is no change ────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["2/explode", "9/retire", "0/retire", "99999999999/retire"])
def test_there_is_no_such_change(admin: Visitor, path: str) -> None:
    assert admin.send(f"{HOME}/{path}", reason="why not").status_code == 404


def test_a_reader_is_offered_no_change(client: FlaskClient, store: Store) -> None:
    assert store
    assert '<details class="change"' not in client.get(f"{HOME}/2").text


def test_a_reason_that_no_database_keeps_is_refused(admin: Visitor, store: Store) -> None:
    assert admin.send(f"{HOME}/2/retire", reason="a\0b").status_code == 422
    assert actions(store) == []


def test_history_of_another_model_that_had_the_name_before_is_not_ours(store: Store, roots: ArtifactRoots) -> None:
    promote_version(store, NAME, 2, SIGNED, roots)
    with store.write() as conn:
        conn.execute(update(mlflow.registered_models).values(creation_time=SIGNED.now + 1))
    with store.read() as conn:
        model = find_model(conn, NAME)
        assert model
        assert list_decisions(conn, model) == ()


def test_marks_are_tags_that_others_can_read(store: Store) -> None:
    retire_version(store, NAME, 2, SIGNED)
    with store.read() as conn:
        found = find_version(conn, NAME, 2)
    assert found
    assert json.loads(found.tags["proctor.retired"]) == {"at": 10, "by": "ada", "why": "looked at it for a week"}
    assert found.run_id == RUNS[1]
