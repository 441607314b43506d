"""`/data` says what we are looking at, where it is from and what cleaning changed, in every state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ml.clean import CleanedTable, clean_records
from ml.settings import Settings
from ml.source import read_table
from tests.builders.accounts import visit, visit_with_role
from tests.builders.datasets import make_origin, write_dataset
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows, second_spec, student_rows, student_spec
from webapp import create_app
from webapp.clock import now_ms
from webapp.jobs.queue import insert_job

Prepare = Callable[..., None]


@pytest.fixture
def dirty() -> CleanedTable:
    """Rows of the shipped spec with one of every kind of dirt."""
    rows = student_rows().rename(columns={"Class_X_Percentage": "Class_ X_Percentage"}).assign(mixed_type_col="1")
    rows.loc[0, "Caste"] = " gENERAL "
    rows.loc[1, "medium"] = "<script>alert(1)</script>"
    rows.loc[2, "Performance"] = ""
    rows.loc[3, "Performance"] = "<b>none</b>"
    rows.loc[4, "time"] = "nan"
    rows.loc[len(rows)] = rows.loc[5]
    return clean_records(rows, student_spec())


@pytest.fixture
def prepare(app: Flask, settings: Settings) -> Prepare:
    """Put a dataset into this app's store."""

    def write(cleaned: CleanedTable, *, changes: dict[str, Any] | None = None, **columns: Any) -> None:
        with app.extensions["proctor_store"].write() as conn:
            origin = make_origin(student_spec(), **(changes or {}))
            write_dataset(conn, settings.data_dir, student_spec(), cleaned, origin, **columns)

    return write


def read(client: FlaskClient, path: str = "/data") -> str:
    """Fetch a page and return its words in one line."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


# ── what we are looking at ───────────────────────────────────────────────────
def test_the_first_lines_say_what_it_is_and_where_it_is_from(client: FlaskClient, prepare: Prepare) -> None:
    prepare(clean_records(student_rows(), student_spec()))
    page = read(client)
    assert (
        "666 candidates This is “Student Performance on an Entrance Examination”, downloaded from its publisher" in page
    )
    assert "its content is the published one. Cleaning had nothing to correct." in page
    assert "As published" in page
    assert "None: every row has a result." in page
    assert student_spec().source.content_sha256 in page  # type: ignore[union-attr]
    assert "CC BY 4.0" in page
    assert "10.1007/978-3-319-91192-2_21" in page
    assert "https://publisher.example/data.zip" in page
    assert "stand-in" not in page


def test_every_column_is_explained_and_the_sensitive_ones_say_why(client: FlaskClient, prepare: Prepare) -> None:
    prepare(clean_records(student_rows(), student_spec()))
    page = read(client)
    for column in student_spec().columns:
        assert column.label.en in page
        assert column.help.en in page  # type: ignore[union-attr]
        assert column.label_of(column.categories[-1], "en") in page
    assert page.count("Sensitive:") == 2


def test_a_file_that_is_not_the_published_one_is_called_so(client: FlaskClient, prepare: Prepare) -> None:
    changes = {"kind": "file", "name": "mine.csv", "content_sha256": "d" * 64, "is_verified": False}
    prepare(clean_records(student_rows(), student_spec()), changes=changes)
    page = read(client)
    assert "This is a file named by the operator with the columns of “Student Performance" in page
    assert "its content is not the published one" in page
    assert "Not as published" in page
    assert "mine.csv" in page


# ── what cleaning changed ────────────────────────────────────────────────────
def test_the_cleaning_report_is_told_in_words_and_tables(
    client: FlaskClient, prepare: Prepare, dirty: CleanedTable
) -> None:
    prepare(dirty)
    page = read(client)
    assert (
        "Cleaning corrected 1 cell. 2 rows were left out, for their result is not known. "
        "2 cells stay missing: nothing is filled in here."
    ) in page
    assert "Rows 667 665" in page
    assert "Columns 13 12" in page
    assert "A column that the spec does not know was dropped: mixed_type_col" in page
    assert "stood as Class_ X_Percentage" in page
    assert "1 space around it, letter case" in page
    assert "1 a word for nothing, such as “nan”" in page
    assert "1 no category of this column" in page
    assert "3 It has no result: it can neither teach nor be scored. nothing" in page
    assert "4 Its result is none of the classes. <b>none</b>" in page
    assert re.search(r"\d+ rows repeat another\.", page)
    assert "Which rows are alike" in page
    assert re.search(r"\b6, (\d+, )*667\b", page)


def test_what_stood_in_a_cell_is_text_and_never_markup(
    client: FlaskClient, prepare: Prepare, dirty: CleanedTable
) -> None:
    prepare(dirty)
    page = client.get("/data").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>none" not in page


def test_long_lists_are_cut_and_say_so(client: FlaskClient, prepare: Prepare) -> None:
    rows = student_rows()
    rows.loc[:59, "Performance"] = "?"
    rows.loc[60:80, "time"] = [f"hours {number}" for number in range(21)]
    prepare(clean_records(rows, student_spec()))
    page = read(client)
    assert "And 10 others, in the file of rejected rows." in page
    assert "and 13 others" in page


def test_the_real_dirty_file(client: FlaskClient, prepare: Prepare, dirty_csv: Path) -> None:
    prepare(clean_records(read_table(dirty_csv)[0], student_spec()))
    page = read(client)
    assert "Cleaning corrected 399 cells. 6 rows were left out" in page
    assert "73 cells stay missing" in page
    assert "53 rows repeat another. 40 of them are written differently" in page
    assert "Rows 679 673" in page


# ── the files ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("which", "name"), [("clean", "student_performance.csv"), ("rejected", "student_performance.rejected.csv")]
)
def test_both_files_are_sent_as_they_were_written(
    client: FlaskClient, prepare: Prepare, dirty: CleanedTable, settings: Settings, which: str, name: str
) -> None:
    prepare(dirty)
    assert f'href="/data/{which}"' in client.get("/data").text
    answer = client.get(f"/data/{which}", buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.data == (settings.data_dir / "interim" / name).read_bytes()


@pytest.mark.parametrize(
    "path", ["secret_key", "interim/../secret_key", "/etc/passwd", "../outside.csv", "interim", ""]
)
def test_no_path_in_the_store_leads_out_of_the_folder_of_clean_data(
    client: FlaskClient, prepare: Prepare, dirty: CleanedTable, settings: Settings, path: str
) -> None:
    (settings.data_dir.parent / "outside.csv").write_text("secret")
    assert (settings.data_dir / "secret_key").is_file()
    prepare(dirty, clean_path=path)
    assert client.get("/data/clean").status_code == 404
    assert 'href="/data/clean"' not in client.get("/data").text


@pytest.mark.parametrize("which", ["clean", "rejected", "raw", "..%2fsecret_key"])
def test_there_is_no_other_file_and_none_before_there_is_data(client: FlaskClient, which: str) -> None:
    assert client.get(f"/data/{which}").status_code == 404


def test_a_file_that_has_gone_is_not_offered(
    client: FlaskClient, prepare: Prepare, dirty: CleanedTable, settings: Settings
) -> None:
    prepare(dirty)
    (settings.data_dir / "interim" / "student_performance.csv").unlink()
    assert 'href="/data/clean"' not in client.get("/data").text
    assert client.get("/data/clean").status_code == 404


# ── states ───────────────────────────────────────────────────────────────────
def test_without_data_the_page_says_what_to_do_and_what_is_to_come(client: FlaskClient) -> None:
    page = read(client)
    assert "No data has been prepared yet" in page
    assert "Prepare the data" in page
    assert "CC BY 4.0" in page
    assert "Coaching" in page


def test_while_it_is_prepared_the_page_shows_the_job(client: FlaskClient, app: Flask) -> None:
    with app.extensions["proctor_store"].write() as conn:
        insert_job(conn, "prepare", {}, "first start", now_ms())
    page = read(client)
    assert "The data is being prepared" in page
    assert "Prepare the data Waiting" in page.replace("  ", " ")


def test_a_training_that_waits_is_no_preparation(client: FlaskClient, app: Flask) -> None:
    with app.extensions["proctor_store"].write() as conn:
        insert_job(conn, "train", {"family": "prior"}, "first start", now_ms())
    assert "No data has been prepared yet" in read(client)


def test_the_stand_in_says_what_it_is_and_how_to_get_the_real_rows(client: FlaskClient, prepare: Prepare) -> None:
    changes = {"kind": "stand_in", "is_verified": False, "location": "seed 582"}
    prepare(clean_records(student_rows(), student_spec()), changes=changes)
    page = read(client)
    assert "A synthetic stand-in for 666 candidates" in page
    assert "Nothing here is about real people." in page
    assert "python -m ml fetch" in page
    assert "Not as published" in page


@pytest.mark.parametrize(
    "columns", [{"spec_sha256": "0" * 64}, {"cleaning": "{}"}], ids=["another spec", "older report"]
)
def test_data_of_an_older_spec_says_so(
    client: FlaskClient, prepare: Prepare, dirty: CleanedTable, columns: dict[str, str]
) -> None:
    prepare(dirty, **columns)
    assert "The spec has changed since this data was prepared." in read(client)


def test_the_newest_dataset_is_the_one_in_use(client: FlaskClient, prepare: Prepare, dirty: CleanedTable) -> None:
    prepare(dirty)
    prepare(clean_records(student_rows().head(10), student_spec()), prepared_at=1_750_000_000_001)
    assert "10 candidates" in read(client)


def test_the_page_is_written_in_the_language_of_the_spec(client: FlaskClient, prepare: Prepare) -> None:
    prepare(clean_records(student_rows(), student_spec()))
    answer = client.get("/data", headers={"Accept-Language": "es"})
    assert "Rendimiento de aspirantes en un examen de ingreso" in answer.text
    assert "666 aspirantes" in answer.text
    assert "Castas registradas (SC)" in answer.text


# ── quite another table ──────────────────────────────────────────────────────
@pytest.fixture
def pumps(settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(settings, spec_path=SECOND_SPEC_PATH))
    yield app
    app.extensions["proctor_store"].close()


def test_another_spec_shows_its_own_columns(pumps: Flask, settings: Settings) -> None:
    rows = pump_rows(30)
    rows.loc[0, "temperature"] = "hot"
    rows.loc[1, "vibration"] = "-1"
    spec = second_spec()
    with pumps.extensions["proctor_store"].write() as conn:
        origin = make_origin(spec, kind="file", name="pumps.csv", is_verified=False)
        write_dataset(conn, settings.data_dir, spec, clean_records(rows, spec), origin)
    page = read(pumps.test_client())
    assert "30 pumps" in page
    assert "−40 to 250 °C" in page or "-40 to 250 °C" in page
    assert "0 mm/s or more" in page
    assert "1 not a number" in page
    assert "1 outside the range" in page
    assert "hot 1" in page
    assert "Caste" not in page


def test_where_a_file_lies_on_the_server_is_for_admins(app: Flask, prepare: Prepare, dirty: CleanedTable) -> None:
    prepare(dirty, changes={"kind": "file", "location": "/home/operator/students.csv"})
    assert "/home/operator" not in visit(app).get("/data").text
    assert "/home/operator" in visit_with_role(app, "admin").get("/data").text
