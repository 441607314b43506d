"""`/runs/export.…`: what the table of the same address finds, as a file that cannot be taken for whole if it is not."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pyarrow.parquet as pq
import pytest

from tests.builders.servers import serve_app
from tests.builders.stores import write_experiment, write_metric, write_param, write_run
from webapp.runs.export.routes import EXTENSION
from webapp.runs.export.sending import MOST_AT_ONCE, BrokenExportError, run_writer

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

TODAY = r"\d{4}-\d\d-\d\d"


@pytest.fixture
def store(app: Flask) -> Store:
    """Thirty runs, more than a page shows, one with a formula for a name; and one that is archived."""
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        for number in range(30):
            run_id = f"{number:032x}"
            write_run(conn, run_id, name="=1+1" if number == 7 else f"run {number}", start_time=number)
            write_metric(conn, run_id, "auc", (number * 7 % 30) / 30)
            write_param(conn, run_id, "model", "rf" if number % 3 else "svm")
        write_run(conn, "f" * 32, name="archived", lifecycle_stage="deleted")
    return store


@pytest.fixture
def files(client: FlaskClient, store: Store) -> FlaskClient:
    return client


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("query", ["", "sort=metrics.auc", "q=run+1&sort=name"])
def test_the_file_has_the_runs_of_all_pages_in_the_order_of_the_table(files: FlaskClient, query: str) -> None:
    shown: list[str] = []
    address = f"/runs?{query}"
    while address:
        page = files.get(address).text
        shown += re.findall(r'name="run" value="(\w{32})"', page)
        following = re.search(r'id="page-next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    answer = files.get(f"/runs/export.csv?{query}&size=25&panel=export&after={'3'.zfill(32)}")
    assert [row["run_id"] for row in read_csv(answer.text)] == shown
    assert "f" * 32 not in shown


def test_a_file_says_what_it_is(files: FlaskClient) -> None:
    answer = files.get("/runs/export.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert re.fullmatch(rf"attachment; filename=proctor-runs-{TODAY}\.csv", answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Length" not in answer.headers


def test_a_run_that_is_named_like_a_formula_is_none_in_csv_and_itself_in_json(files: FlaskClient) -> None:
    query = "?q=" + "7".zfill(32)
    assert read_csv(files.get(f"/runs/export.csv{query}").text)[0]["name"] == "'=1+1"
    (row,) = json.loads(files.get(f"/runs/export.json{query}&all=1").data)
    assert row["name"] == "=1+1"
    assert (row["metrics.auc"], row["params.model"]) == (19 / 30, "rf")


def test_parquet_comes_from_a_process_apart(files: FlaskClient) -> None:
    answer = files.get("/runs/export.parquet?sort=metrics.auc&column=params.model")
    table = pq.read_table(io.BytesIO(answer.data))
    assert table.column_names == ["run_id", "name", "experiment", "status", "started_at", "params.model"]
    assert table["run_id"].to_pylist() == [
        row["run_id"] for row in read_csv(files.get("/runs/export.csv?sort=metrics.auc").text)
    ]


def test_parquet_that_cannot_be_written_is_no_file(settings: Settings) -> None:
    with pytest.raises(BrokenExportError), run_writer(settings, "nonsense") as output:
        assert output.read() == b""


def test_groups_are_exported_as_groups(files: FlaskClient) -> None:
    answer = files.get("/runs/export.csv?group=params.model&column=metrics.auc")
    assert [(row["params.model"], row["runs"]) for row in read_csv(answer.text)] == [("rf", "20"), ("svm", "10")]
    assert "filename=proctor-run-groups-" in answer.headers["Content-Disposition"]


def test_the_tools_offer_the_file_of_what_the_table_shows(files: FlaskClient) -> None:
    page = files.get("/runs?q=run&sort=name&panel=export").text
    form = re.search(r'<form method="get" action="/runs/export.csv">.*?</form>', page, re.DOTALL)
    assert form
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]) == [("q", "run"), ("sort", "name")]
    assert re.findall(r'formaction="([^"]+)"', form[0]) == [
        f"/runs/export.{form}" for form in ("csv", "json", "parquet")
    ]
    assert "all 29 runs" in page


def test_few_exports_are_sent_at_one_time_and_each_frees_its_place(app: Flask, files: FlaskClient) -> None:
    sent = [app.test_client().get("/runs/export.csv") for _place in range(MOST_AT_ONCE)]
    refused = app.test_client().get("/runs/export.csv")
    assert refused.status_code == 429
    assert "Try again when one has ended" in refused.text
    for answer in sent:
        answer.close()
    assert files.get("/runs/export.csv").status_code == 200


class Kept:
    """Sends streams without an end and keeps them."""

    def __init__(self) -> None:
        self.streams: list[Kept.Stream] = []

    class Stream:
        is_closed = False

        def __next__(self) -> bytes:
            return b"x"

        def __iter__(self) -> Iterator[bytes]:
            return self

        def close(self) -> None:
            self.is_closed = True

    def stream(self, _asked: object, _form: str) -> Stream:
        self.streams.append(self.Stream())
        return self.streams[-1]


def test_the_end_of_an_answer_closes_its_stream(app: Flask, files: FlaskClient) -> None:
    kept = app.extensions[EXTENSION] = Kept()
    answer = files.get("/runs/export.csv")
    assert not kept.streams[0].is_closed
    answer.close()
    assert kept.streams[0].is_closed


def test_who_asks_for_the_head_alone_begins_no_stream(app: Flask, files: FlaskClient) -> None:
    kept = app.extensions[EXTENSION] = Kept()
    assert "attachment" in files.head("/runs/export.csv").headers["Content-Disposition"]
    assert kept.streams == []


def test_a_client_that_goes_away_leaves_no_connection_behind(app: Flask, store: Store) -> None:
    store.engine.dispose()
    app.test_client().get("/runs/export.json").close()
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_what_breaks_off_is_no_whole_answer(app: Flask, store: Store) -> None:
    class Breaking:
        def stream(self, _asked: object, _form: str) -> Iterator[bytes]:
            yield b"run_id,name\r\n"
            raise OSError("the store went away")

    app.extensions[EXTENSION] = Breaking()
    with serve_app(app) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", "/runs/export.csv")
        with pytest.raises(http.client.IncompleteRead):
            connection.getresponse().read()
        connection.close()


def test_all_that_match_are_compared_where_they_are_few(files: FlaskClient) -> None:
    page = files.get("/runs?q=run+1&sort=name").text
    assert 'href="/runs/compare/matching?q=run+1&amp;sort=name"' in page
    answer = files.get("/runs/compare/matching?q=run+1&sort=name")
    assert answer.status_code == 303
    shown = re.findall(r'name="run" value="(\w{32})"', page)
    assert len(shown) == 11
    assert files.get(answer.location).status_code == 200
    assert unquote(answer.location) == "/runs/compare?runs=" + ",".join(shown)
    assert "Compare all that match" not in files.get("/runs?q=run+29").text


@pytest.mark.parametrize("address", ["/runs/export.csv", "/runs/export.parquet"])
def test_a_filter_that_cannot_be_read_gives_the_table_with_what_is_wrong(files: FlaskClient, address: str) -> None:
    answer = files.get(f"{address}?filter=metrics.auc+>")
    assert answer.status_code == 422
    assert answer.content_type.startswith("text/html")
    assert "This filter cannot be read" in answer.text


def test_a_filter_narrows_the_file(files: FlaskClient) -> None:
    answer = files.get("/runs/export.csv?sort=name&filter=params.model+=+%22svm%22+and+metrics.auc+>+0.5")
    assert [row["name"] for row in read_csv(answer.text)] == ["run 12", "run 21", "run 24", "run 3"]
