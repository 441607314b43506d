"""A file's whole way: looked through, answered as a job, fetched by whoever sent it; the same answers as elsewhere."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from ml.batch.results import open_sink
from ml.source import read_table
from tests.builders.accounts import Visitor, visit, visit_with_role
from tests.builders.pages import find_faults
from tests.builders.runs import write_alias
from tests.builders.tables import student_spec
from tests.builders.workbooks import SHEET, altered, workbook
from webapp.clock import now_ms
from webapp.jobs.child import do_work
from webapp.jobs.claims import claim_oldest
from webapp.jobs.queue import Job, list_jobs
from webapp.jobs.states import State
from webapp.jobs.uploads import clear_uploads
from webapp.jobs.work import WORK
from webapp.predict.files.actions import MOST_WAITING
from webapp.predict.files.places import A_DAY, clear_results

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import TestResponse

    from ml.settings import Settings
    from webapp.store.session import Store

SPEC = student_spec()
HEADER = ",".join(column.name for column in SPEC.features)
GOOD = ",".join(column.categories[0] for column in SPEC.features)
BAD = ",".join(["nobody", *(column.categories[0] for column in SPEC.features[1:])])


@pytest.fixture
def reader(app: Flask, store: Store) -> Visitor:
    return visit_with_role(app, "reader", "rita")


def send(visitor: Visitor, content: bytes | str, name: str = "rows.csv", **fields: str) -> TestResponse:
    content = content.encode() if isinstance(content, str) else content
    data: dict[str, Any] = {"csrf_token": visitor.token(), "form": "csv", **fields, "file": (io.BytesIO(content), name)}
    return visitor.client.post("/predict/files", data=data, content_type="multipart/form-data")


def work(store: Store, settings: Settings) -> Job:
    """Do the oldest job here, as its child process would."""
    claimed = claim_oldest(store, "w", now_ms())
    assert claimed
    claim, found = claimed
    do_work(store, settings, claim, found, WORK[found.kind])
    return last(store)


def last(store: Store) -> Job:
    with store.read() as conn:
        return list_jobs(conn, 1)[0]


def read_csv(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def lines(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def test_a_file_comes_back_with_its_answers(reader: Visitor, store: Store, settings: Settings) -> None:
    address = str(send(reader, f"id,{HEADER}\n=1+1,{GOOD}\n7,{GOOD}\n").location)
    waiting = reader.get(address)
    assert "The first rows" in waiting.text
    assert "The file waits for its turn" in waiting.text
    done = work(store, settings)
    assert done.state is State.DONE, done.failure
    page = reader.get(address).text
    assert "<h1>2 rows are answered</h1>" in page
    rows = read_csv(reader.get(f"{address}/result", buffered=True))
    assert [row["id"] for row in rows] == ["'=1+1", "7"]
    assert {row["model_version"] for row in rows} == {"student_performance v1"}
    assert rows[0]["prediction"] in SPEC.target.categories
    assert sum(float(rows[0][f"p.{name}"]) for name in SPEC.target.categories) == pytest.approx(1)
    assert [find_faults(text) for text in (waiting.text, page, reader.get("/predict/files").text)] == [[], [], []]
    assert not (settings.data_dir / "answers" / done.id / "result.part").exists()
    clear_uploads(store, settings.data_dir, now_ms())
    assert list((settings.data_dir / "uploads").iterdir()) == []


def test_answers_stand_beside_what_their_version_is_worth(reader: Visitor, store: Store, settings: Settings) -> None:
    address = str(send(reader, lines(GOOD)).location)
    work(store, settings)
    assert re.search(r"is right for \d+\s%.*Guessing the commonest class", reader.get(address).text, re.DOTALL)


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_every_real_row_is_answered_as_the_api_does(
    reader: Visitor, store: Store, settings: Settings, uci_arff: Path, form: str
) -> None:
    frame, _content = read_table(uci_arff)
    out = io.BytesIO()
    {"csv": frame.to_csv, "parquet": frame.to_parquet, "xlsx": frame.to_excel}[form](out, index=False)
    address = str(send(reader, out.getvalue(), f"real.{form}", form=form).location)
    assert work(store, settings).state is State.DONE
    content = reader.get(f"{address}/result", buffered=True).data
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}[form]
    found = read(io.BytesIO(content), **({} if form == "parquet" else {"keep_default_na": False}))
    assert len(found) == len(frame) == 666
    clean = clean_rows(frame)
    answered = reader.client.post("/api/v1/predictions", json={"rows": clean}).get_json()["predictions"]
    assert found["prediction"].tolist() == [row["class"] for row in answered]
    for name in SPEC.target.categories:
        shares = [row["probabilities"][name] for row in answered]
        assert found[f"p.{name}"].astype(float).tolist() == pytest.approx(shares, abs=1e-12)


def clean_rows(frame: pd.DataFrame) -> list[dict[str, str | None]]:
    """The features as the API takes them, cleaned by the training's own code."""
    from ml.clean import clean_records  # noqa: PLC0415

    table = clean_records(frame, SPEC).table
    return [
        {name: None if pd.isna(row[name]) else row[name] for name in SPEC.feature_names}
        for row in table.to_dict("records")
    ]


def test_problems_are_listed_with_row_and_column_and_nothing_is_kept(
    reader: Visitor, store: Store, settings: Settings
) -> None:
    answer = send(reader, lines(GOOD, BAD))
    assert answer.status_code == 422
    assert "1 problem in the file" in answer.text
    assert SPEC.features[0].name in answer.text
    assert "“nobody” is none of its categories." in answer.text
    assert find_faults(answer.text) == []
    with store.read() as conn:
        assert list_jobs(conn, 9) == ()
    assert list((settings.data_dir / "uploads").iterdir()) == []


def test_good_rows_are_answered_where_that_is_asked_for(reader: Visitor, store: Store, settings: Settings) -> None:
    address = str(send(reader, lines(BAD, GOOD), skip_bad="y").location)
    work(store, settings)
    rows = read_csv(reader.get(f"{address}/result", buffered=True))
    assert [bool(row["prediction"]) for row in rows] == [False, True]
    assert "row 1" in rows[0]["problem"]
    assert "“nobody”" in reader.get(address).text


def test_every_answered_row_is_in_the_log_once(reader: Visitor, store: Store, settings: Settings) -> None:
    from sqlalchemy import func, select  # noqa: PLC0415

    from webapp.store.tables import job, prediction, prediction_request  # noqa: PLC0415

    address = str(send(reader, lines(GOOD, GOOD, GOOD)).location)
    work(store, settings)
    with store.write() as conn:  # the word of its end was lost, and another worker takes it up
        conn.execute(job.update().values(state=State.QUEUED, result=None))
    work(store, settings)
    rows = read_csv(reader.get(f"{address}/result", buffered=True))
    with store.read() as conn:
        count = select(func.count()).where(prediction.c.request_id == rows[0]["request_id"])
        assert conn.execute(count).scalar_one() == 3
        channels = conn.execute(select(prediction_request.c.channel, prediction_request.c.rows)).all()
    assert sorted(tuple(row) for row in channels) == [("file", 3), ("file", 3)]  # the preview, and the file


def test_a_promotion_meanwhile_changes_nothing(reader: Visitor, store: Store, settings: Settings) -> None:
    address = str(send(reader, lines(GOOD)).location)
    with store.write() as conn:
        from webapp.store.mlflow_tables import registered_model_aliases as aliases  # noqa: PLC0415

        conn.execute(aliases.delete())
        write_alias(conn, "champion", 2)
    work(store, settings)
    assert read_csv(reader.get(f"{address}/result", buffered=True))[0]["model_version"] == "student_performance v1"


def test_only_who_sent_it_and_admins_see_it(app: Flask, reader: Visitor, store: Store, settings: Settings) -> None:
    address = str(send(reader, lines(GOOD)).location)
    work(store, settings)
    other, admin = visit_with_role(app, "reader", "otto"), visit_with_role(app, "admin", "ada")
    for path in (address, f"{address}/result", address.replace("/predict", "/api/v1")):
        assert [v.get(path, buffered=True).status_code for v in (reader, admin, other, visit(app))] == [
            200,
            200,
            404,
            404,
        ]
    assert "rows.csv" not in other.get("/predict/files").text


def test_a_visitor_keeps_access_by_cookie(app: Flask, store: Store, settings: Settings) -> None:
    visitor = visit(app)
    address = str(send(visitor, lines(GOOD)).location)
    work(store, settings)
    assert visitor.get(f"{address}/result", buffered=True).status_code == 200
    assert visit(app).get(f"{address}/result", buffered=True).status_code == 404
    assert "rows.csv" in visitor.get("/predict/files").text


def test_deleting_and_time_take_the_files_away(reader: Visitor, store: Store, settings: Settings) -> None:
    folder = settings.data_dir / "answers"
    address = str(send(reader, lines(GOOD)).location)
    work(store, settings)
    assert reader.send(f"{address}/delete").status_code == 303
    assert (reader.get(address).status_code, list(folder.iterdir())) == (404, [])
    address = str(send(reader, lines(GOOD)).location)
    work(store, settings)
    clear_results(store, settings.data_dir, 90, now_ms() + 6 * A_DAY)
    assert len(list(folder.iterdir())) == 1
    clear_results(store, settings.data_dir, 90, now_ms() + 8 * A_DAY)
    assert list(folder.iterdir()) == []
    assert "not kept any more" in reader.get(address).text
    assert reader.get(f"{address}/result", buffered=True).status_code == 404


def test_the_sender_cancels_it(reader: Visitor, store: Store, settings: Settings) -> None:
    address = str(send(reader, lines(GOOD)).location)
    reader.send(f"{address}/cancel")
    assert last(store).state is State.CANCELLED
    clear_results(store, settings.data_dir, 90, now_ms())
    assert list((settings.data_dir / "answers").iterdir()) == []


def test_only_so_many_wait_at_one_time(reader: Visitor, settings: Settings) -> None:
    for _ in range(MOST_WAITING):
        assert send(reader, lines(GOOD)).status_code == 303
    assert send(reader, lines(GOOD)).status_code == 429
    assert len(list((settings.data_dir / "uploads").iterdir())) == MOST_WAITING


def test_a_file_that_takes_too_much_memory_is_refused_in_words(reader: Visitor) -> None:
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>' + b"x" * 150_000_000 + b"</t></is></c></row>"
    content = altered(workbook(tuple(HEADER.split(","))), SHEET, b"</sheetData>", row)
    answer = send(reader, content, "rows.xlsx")
    assert answer.status_code == 422
    assert "Reading it took more time or memory than there is for a file." in unescape(answer.text)


def test_answers_that_look_like_a_formula_are_none_in_a_csv(tmp_path: Path) -> None:
    sink = open_sink(tmp_path / "t.csv", "csv", ("a",), None, (("prediction", str), ("p.=1", float)))
    sink.write([("x",)], [("=1+1", -0.5)])
    sink.close()
    assert (tmp_path / "t.csv").read_text().splitlines()[1] == "x,'=1+1,-0.5"


def test_the_template_is_a_file_that_is_answered(reader: Visitor) -> None:
    template = reader.get("/predict/files/template.csv").text
    assert send(reader, template).status_code == 303


def post(visitor: Visitor, content: str, name: str = "rows.csv", **fields: str) -> TestResponse:
    data: dict[str, Any] = {**fields, "file": (io.BytesIO(content.encode()), name)}
    return visitor.client.post("/api/v1/files", data=data, content_type="multipart/form-data")


def test_the_api_takes_a_file_and_gives_its_answers(app: Flask, store: Store, settings: Settings) -> None:
    visitor = visit(app)
    answer = post(visitor, lines(GOOD), form="csv")
    assert answer.status_code == 202
    links = answer.get_json()["links"]
    assert visitor.get(links["job"]).get_json()["state"] == "queued"
    work(store, settings)
    shown = visitor.get(links["self"]).get_json()
    assert (shown["state"], shown["answered"], shown["model_version"]) == ("done", 1, 1)
    assert (
        read_csv(visitor.get(links["result"], buffered=True))[0]["prediction"] == shown["preview"]["rows"][0]["class"]
    )
    assert visitor.client.delete(links["self"]).status_code == 204
    assert visitor.get(links["result"], buffered=True).status_code == 404


def test_the_api_says_what_is_wrong_where(app: Flask, store: Store) -> None:
    answer = post(visit(app), lines(GOOD, BAD, BAD))
    assert answer.status_code == 422
    problem = answer.get_json()
    assert (problem["error_count"], problem["bad_rows"], problem["rows"]) == (2, 2, 3)
    first = problem["errors"][0]
    assert (first["row"], first["column"], first["reason"]) == (2, SPEC.features[0].name, "unknown_category")


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("rows.exe", {}, 415),
        ("rows.csv", {"form": "pdf"}, 422),
        ("rows.csv", {"skip_bad": "maybe"}, 422),
        ("rows.csv", {"colour": "red"}, 422),
    ],
)
def test_the_api_refuses_in_words(app: Flask, store: Store, name: str, fields: dict[str, str], status: int) -> None:
    answer = post(visit(app), lines(GOOD), name, **fields)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


@pytest.mark.parametrize(
    "strays",
    [['form-data; name="a"'], ["form-data", 'form-data; name="a"'], ['form-data; name="form"; filename="x.csv"']],
    ids=["unknown", "without a name", "a file"],
)
def test_the_api_refuses_a_part_that_it_does_not_know(app: Flask, strays: list[str]) -> None:
    parts = [('form-data; name="file"; filename="rows.csv"', lines(GOOD)), *((head, "csv") for head in strays)]
    body = "".join(f"--x\r\nContent-Disposition: {head}\r\n\r\n{text}\r\n" for head, text in parts) + "--x--\r\n"
    answer = visit(app).client.post("/api/v1/files", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert answer.get_json()["detail"].startswith("Unknown field ")
