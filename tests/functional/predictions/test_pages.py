"""The pages about logged answers: what was true, the live figure, and the admin's way to find, export and erase."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.builders.accounts import Visitor, visit, visit_with_role
from tests.builders.pages import find_faults
from tests.builders.tables import student_spec
from webapp.accounts.queries import User
from webapp.predictions.actions import record_truth
from webapp.predictions.queries import find_request

if TYPE_CHECKING:
    from flask import Flask

    from webapp.store.session import Store

SPEC = student_spec()
ROW = {column.name: column.categories[-1] for column in SPEC.features}
CLASSES = SPEC.target.categories
LABELS = [SPEC.target.label_of(name, "en") for name in CLASSES]


def predict(visitor: Visitor, count: int = 1) -> str:
    """Have some rows answered, and return the id under which they are logged."""
    answer = visitor.client.post("/api/v1/predictions", json={"rows": [ROW] * count})
    return str(answer.get_json()["request_id"])


@pytest.fixture
def reader(app: Flask, store: Store) -> Visitor:
    assert store
    return visit_with_role(app, "reader", name="grace")


@pytest.fixture
def admin(app: Flask, store: Store) -> Visitor:
    assert store
    return visit_with_role(app, "admin", name="ada")


def test_the_forms_answer_leads_to_its_row_in_the_log(app: Flask, store: Store, reader: Visitor) -> None:
    page = visit(app).send("/predict", **{f"column-{i}": ROW[column.name] for i, column in enumerate(SPEC.features)})
    found = re.search(r'href="/predict/([0-9a-f]{32})"', page.text)
    assert found
    with store.read() as conn:
        kept = find_request(conn, found[1])
    assert kept
    assert (kept.channel, len(kept.rows)) == ("form", 1)
    assert reader.get(f"/predict/{found[1]}").status_code == 200


def test_somebody_says_what_was_true_and_corrects_it(reader: Visitor) -> None:
    request_id = predict(reader)
    before = unescape(reader.get(f"/predict/{request_id}").text)
    assert find_faults(before) == []
    assert "What turned out to be true?" in before
    assert reader.send(f"/predict/{request_id}/truth", row="1", truth=CLASSES[1]).status_code == 303
    assert f"True: {LABELS[1]}." in unescape(reader.get(f"/predict/{request_id}").text)
    reader.send(f"/predict/{request_id}/truth", row="1", truth="")
    assert "What turned out to be true?" in unescape(reader.get(f"/predict/{request_id}").text)


def test_of_several_rows_one_is_chosen(reader: Visitor) -> None:
    request_id = predict(reader, 3)
    reader.send(f"/predict/{request_id}/truth", row="3", truth=CLASSES[0])
    assert "What turned out to be true?" in reader.get(f"/predict/{request_id}?row=2").text
    assert f"True: {LABELS[0]}." in unescape(reader.get(f"/predict/{request_id}?row=3").text)


@pytest.mark.parametrize("row", ["0", "4", "x", "-1", "9" * 30])
def test_a_row_that_is_not_there_is_said_to_be_none(reader: Visitor, row: str) -> None:
    page = reader.get(f"/predict/{predict(reader, 3)}?row={row}")
    assert (page.status_code, "This request has no such row" in page.text) == (200, True)


def test_a_class_that_is_none_is_refused(reader: Visitor) -> None:
    assert reader.send(f"/predict/{predict(reader)}/truth", row="1", truth="Best").status_code == 422


def test_sensitive_answers_are_not_shown_and_the_page_says_why(reader: Visitor) -> None:
    page = unescape(reader.get(f"/predict/{predict(reader)}").text)
    sensitive = [column.label.en for column in SPEC.features if column.is_sensitive]
    assert f"Not kept, as they say who somebody is: {', '.join(sensitive)}." in page


def test_an_id_that_somebody_kept_leads_there(reader: Visitor) -> None:
    request_id = predict(reader)
    found = reader.get(f"/predict/answers?id={request_id[:8]}-{request_id[8:]} ")
    assert found.location == f"/predict/{request_id}"
    assert "The log has no request with this id" in reader.get("/predict/answers?id=x", follow_redirects=True).text


@pytest.mark.parametrize("address", ["/predict/x", f"/predict/{'f' * 32}", "/predict/%00"])
def test_an_id_that_the_log_has_not_is_not_found(reader: Visitor, address: str) -> None:
    assert reader.get(address).status_code == 404


def label(store: Store, reader: Visitor, *truths: str) -> None:
    request_id = predict(reader, len(truths))
    for row, truth in enumerate(truths, 1):
        record_truth(store, request_id, row, truth, User(1, "grace", "reader"), 5)


@pytest.mark.parametrize("address", ["/predict", f"/models/{SPEC.name}/1"])
def test_the_live_figure_stands_beside_the_estimate_with_its_baseline(
    store: Store, reader: Visitor, address: str
) -> None:
    answer = reader.client.post("/api/v1/predictions", json={"rows": [ROW]}).get_json()["predictions"][0]["class"]
    other = next(name for name in CLASSES if name != answer)
    label(store, reader, *[answer] * 8, *[other] * 12)
    page = unescape(reader.get(address).text).replace("\N{NO-BREAK SPACE}", " ")
    assert "Live: right for 40 % of 20 answers whose true result is known" in page
    assert "[22–61]" in page
    assert "Estimated at training: 52 %. Always naming the commonest true class: 60 %." in page


def test_of_few_answers_no_figure_is_given(store: Store, reader: Visitor) -> None:
    label(store, reader, *[CLASSES[0]] * 9)
    page = reader.get("/predict").text
    assert "Live: the true results of 9 answers are known; a figure is shown from 10 on." in page
    assert "Live: right" not in page


def test_a_true_result_counts_on_the_form_at_once(reader: Visitor) -> None:
    request_id = predict(reader)
    assert "Live:" not in reader.get("/predict").text
    reader.send(f"/predict/{request_id}/truth", row="1", truth=CLASSES[0])
    assert "the true result of 1 answer is known" in reader.get("/predict").text
    reader.client.put(f"/api/v1/predictions/{request_id}/1/truth", json={"truth": None})
    assert "Live:" not in reader.get("/predict").text


def test_an_admin_finds_a_request_and_exports_it(admin: Visitor, reader: Visitor) -> None:
    request_id = predict(reader, 2)
    page = admin.get(f"/admin/predictions?id={request_id}")
    assert find_faults(page.text) == []
    assert "grace" in page.text
    answer = admin.send(f"/admin/predictions/{request_id}/export")
    assert (answer.get_json()["request_id"], len(answer.get_json()["predictions"])) == (request_id, 2)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="prediction-{request_id}.json"'
    assert (
        f"exported request {request_id} from the log of predictions <small>2 rows</small>" in admin.get("/admin").text
    )


def test_erasing_takes_a_tick(admin: Visitor, reader: Visitor) -> None:
    request_id = predict(reader)
    refused = admin.send(f"/admin/predictions/{request_id}/erase")
    assert (refused.status_code, "Tick this to erase the request." in refused.text) == (422, True)
    assert admin.send(f"/admin/predictions/{request_id}/erase", sure="y").status_code == 303
    assert reader.get(f"/predict/{request_id}").status_code == 404
    assert f"erased request {request_id}" in admin.get("/admin").text


@pytest.mark.parametrize("query", ["", "?id=x", f"?id={'f' * 32}"])
def test_what_the_log_has_not_is_said(admin: Visitor, query: str) -> None:
    page = admin.get(f"/admin/predictions{query}")
    assert (page.status_code, "The log has no request" in page.text) == (200, bool(query))
    assert admin.send("/admin/predictions/x/erase", sure="y").status_code == 404
    assert admin.send("/admin/predictions/x/export").status_code == 404
