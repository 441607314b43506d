"""A version whose audit failed answers only where an admin says so and why, and that is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from tests.builders.accounts import visit_with_role
from tests.builders.pages import find_faults
from tests.builders.stores import write_tag
from webapp.models.actions import Signed, promote_version
from webapp.models.gates import RefusedError
from webapp.models.queries import find_champion, list_versions
from webapp.store import mlflow_tables as mlflow
from webapp.store.tables import event

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings
    from tests.builders.accounts import Visitor
    from webapp.store.session import Store

NAME = "student_performance"
PAGE = f"/models/{NAME}/2"
REASON = "the leaking column is known before the exam"
DESPITE = "Promote although the audit failed"


@pytest.fixture
def admin(app: Flask, store: Store) -> Visitor:
    """On a site whose second version failed its audit."""
    tag_version(store, "cheat")
    return visit_with_role(app, "admin", "ada")


def tag_version(store: Store, verdict: str, version: int = 2) -> None:
    row = {"workspace": mlflow.DEFAULT_WORKSPACE, "name": NAME, "version": version}
    with store.write() as conn:
        conn.execute(insert(mlflow.model_version_tags).values(**row, key="proctor.audit", value=verdict))


def champion(store: Store) -> int:
    with store.read() as conn:
        found = find_champion(conn, NAME)
    assert found
    return found.version


def actions(store: Store) -> list[str]:
    with store.read() as conn:
        return [*conn.scalars(select(event.c.action).where(event.c.subject == f"{NAME} v2"))]


def test_it_is_not_promoted_by_a_reason_alone(admin: Visitor, store: Store) -> None:
    answer = admin.send("/models/student_performance/2/promote", reason=REASON)
    assert answer.status_code == 409
    assert "not what it claims. Read the findings" in answer.text
    assert (champion(store), actions(store)) == (1, [])


def test_it_is_not_promoted_by_a_word(admin: Visitor, store: Store) -> None:
    answer = admin.send("/models/student_performance/2/promote", reason="because", despite_audit="y")
    assert answer.status_code == 409
    assert "in 20 characters or more" in answer.text
    assert (champion(store), actions(store)) == (1, [])


def test_the_page_of_a_refusal_keeps_what_was_typed_and_leads_to_it(admin: Visitor) -> None:
    page = admin.send("/models/student_performance/2/promote", reason="because", despite_audit="y").text
    assert find_faults(page) == []
    assert '<a href="#promote-reason">' in page
    assert re.search(r'id="promote-reason"[^>]* name="reason"[^>]* value="because"', page)
    assert re.search(r'<input checked id="promote-despite_audit" name="despite_audit"', page)


def test_it_is_promoted_by_saying_so_and_why_and_the_record_says_so(admin: Visitor, store: Store) -> None:
    assert admin.send("/models/student_performance/2/promote", reason=REASON, despite_audit="y").status_code == 302
    assert (champion(store), actions(store)) == (2, ["promote_despite_audit"])
    page = admin.get("/models").text
    assert re.search(rf'Although the audit failed</span></p>\s*<p class="history-why">{REASON}', page)
    assert f"promoted {NAME} v2 although its audit failed" in admin.get("/admin").text


@pytest.mark.parametrize("verdict", ["clean", "look"])
def test_what_did_not_fail_is_promoted_as_ever(app: Flask, store: Store, verdict: str) -> None:
    tag_version(store, verdict)
    admin = visit_with_role(app, "admin", "ada")
    assert DESPITE not in admin.get(PAGE).text
    assert admin.send("/models/student_performance/2/promote", reason="better", despite_audit="y").status_code == 302
    assert actions(store) == ["promote"]


def test_a_version_that_nobody_examined_is_promoted_and_says_so(app: Flask, store: Store) -> None:
    admin = visit_with_role(app, "admin", "ada")
    assert admin.get("/models").text.count("Not examined") == 2
    assert admin.send("/models/student_performance/2/promote", reason="older").status_code == 302


def test_the_runs_tag_stands_in_for_the_versions(store: Store, settings: Settings) -> None:
    with store.read() as conn:
        run_id = next(found.run_id for found in list_versions(conn, NAME) if found.version == 2)
    with store.write() as conn:
        write_tag(conn, str(run_id), "proctor.audit", "cheat")
    with pytest.raises(RefusedError) as error:
        promote_version(store, NAME, 2, Signed("ada", REASON, 1), settings.artifact_roots)
    assert error.value.code == "audit_failed"


def test_every_version_has_its_verdict_in_a_word(admin: Visitor) -> None:
    assert "Not what it claims" in admin.get("/models").text
    assert find_verdicts(admin.get(PAGE).text) == [("bad", "Not what it claims")]
    assert find_verdicts(admin.get(f"/models/{NAME}/1").text) == [("good", "Champion"), ("unknown", "Not examined")]


def find_verdicts(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<span class="verdict verdict-(\w+)">.*?</svg>([^<]+)</span>', page)


@pytest.mark.parametrize("path", ["/", "/models", "/predict"])
def test_a_champion_that_failed_is_not_praised(admin: Visitor, store: Store, path: str) -> None:
    tag_version(store, "cheat", version=1)
    page = admin.get(path).text
    assert "The audit failed" in page
    assert "Right 52 times" not in page
    assert "is right for 52" not in page
    assert find_faults(page) == []
