"""What the audit says of a run, first on its page and in its JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ml.audit.words import ENGLISH
from ml.examination import Examination
from ml.examination.audit import AuditReport, Check, Finding
from tests.builders.audits import LEAK, SORTED, STRONG, make_audit
from tests.builders.pages import find_faults
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_run, write_tag

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

RUN = "a" * 32
PRAISE = "Right 52 times in 100"


def write_audited(store: Store, settings: Settings, audit: AuditReport | None) -> None:
    with store.write() as conn:
        write_trained_run(conn, settings.artifact_root, RUN, make_evaluation(), Examination(audit=audit))


def read(client: FlaskClient, language: str = "en") -> str:
    return client.get(f"/runs/{RUN}", headers={"Accept-Language": language}).text


def chips(page: str) -> set[tuple[str, str]]:
    return set(re.findall(r'<span class="verdict verdict-(\w+)">.*?</svg>([^<]+)</span>', page))


@pytest.mark.parametrize(
    ("findings", "kind", "word"),
    [((), "good", "Clean"), ((SORTED,), "good", "Clean"), ((STRONG, SORTED), "look", "Look here")],
)
def test_a_run_says_its_verdict_in_a_word(
    client: FlaskClient, store: Store, settings: Settings, findings: tuple[Finding, ...], kind: str, word: str
) -> None:
    write_audited(store, settings, make_audit(*findings))
    page = read(client)
    assert chips(page) == {(kind, word)}
    assert PRAISE in page


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_failed_audit_stands_in_red_words_before_all_else(
    client: FlaskClient, store: Store, settings: Settings, language: str
) -> None:
    write_audited(store, settings, make_audit(LEAK, SORTED))
    page = read(client, language)
    title = {"en": "This score is not what it claims", "es": "Esta cifra no vale lo que dice"}[language]
    assert f"<h1>{title}</h1>" in page
    assert re.search(r'</h1>\s*<p class="lead state-bad".*?<a href="#audit">', page, re.DOTALL)
    assert PRAISE not in page
    assert find_faults(page) == []


def test_the_section_says_what_was_found_where_and_what_to_do(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    write_audited(store, settings, make_audit(LEAK, SORTED))
    section = re.search(r'<section id="audit">.*?</section>', read(client), re.DOTALL)
    assert section
    said = section[0]
    assert "4 checks were made of 666 rows, 11 columns and 4 classes" in said
    assert "more than 97.6\N{NO-BREAK SPACE}% of these very rows" in said
    assert "between 42\N{NO-BREAK SPACE}% and 60\N{NO-BREAK SPACE}%" in said
    assert "Admission category is the target under another name: in all 666 rows" in said
    assert ENGLISH.target_copy_do in said
    assert said.index(ENGLISH.target_copy) < said.index(ENGLISH.row_order)
    assert "Not made: No score was claimed." in said
    assert f'{ENGLISH.check_target}</th><td class="state-bad">' in said
    assert f'{ENGLISH.check_twins}</th><td class="state-good">' in said


def test_a_run_that_nobody_examined_says_so(client: FlaskClient, store: Store, settings: Settings) -> None:
    write_audited(store, settings, None)
    page = read(client)
    assert chips(page) == {("unknown", "Not examined")}
    assert 'id="audit"' not in page


def test_a_run_that_others_logged_says_that_nobody_examined_it(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_run(conn, RUN, name="from elsewhere")
    assert chips(read(client)) == {("unknown", "Not examined")}


def test_the_tag_outlives_the_examination(client: FlaskClient, store: Store, settings: Settings) -> None:
    write_audited(store, settings, None)
    with store.write() as conn:
        write_tag(conn, RUN, "proctor.audit", "cheat")
    page = read(client)
    assert "<h1>This score is not what it claims</h1>" in page
    assert find_faults(page) == []


def test_what_another_release_found_is_shown_as_far_as_it_can_be(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    later = AuditReport((Check("tomorrow"),), (Finding("tomorrow_found", "cheat", ("Caste",)),))
    write_audited(store, settings, later)
    page = read(client)
    assert "tomorrow_found" in page
    assert find_faults(page) == []


def test_the_api_has_the_verdict_and_the_findings_in_words(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    write_audited(store, settings, make_audit(LEAK))
    audit = client.get(f"/api/v1/runs/{RUN}").get_json()["audit"]
    assert audit["verdict"] == "cheat"
    assert audit["findings"][0]["check"] == "target_copy"
    assert audit["findings"][0]["evidence"] == {"rows": 666.0}
    assert audit["findings"][0]["advice"] == ENGLISH.target_copy_do
    assert audit["checks"][-1] == {"code": "claim", "skipped": "no_claim", "name": ENGLISH.check_claim}
