"""The run history as a reader meets it: words, company beside every score, pages, filters, foreign runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_metric, write_run
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

TRAINED = "a" * 32
FOREIGN = "f" * 32
SECRET = "what nobody may read"


@pytest.fixture
def trained(store: Store, settings: Settings) -> str:
    with store.write() as conn:
        write_trained_run(conn, settings.artifact_root, TRAINED, make_evaluation())
    return TRAINED


@pytest.fixture
def foreign(store: Store) -> str:
    with store.write() as conn:
        write_run(conn, FOREIGN, name="from elsewhere", artifact_uri="/etc")
        write_metric(conn, FOREIGN, "accuracy", 0.993)
        write_metric(conn, FOREIGN, "loss", 0.0, is_nan=True)
    return FOREIGN


def test_an_empty_history_says_what_to_do(client: FlaskClient) -> None:
    assert "Train a model" in client.get("/runs").text


def test_a_score_in_the_table_stands_with_its_company(client: FlaskClient, trained: str) -> None:
    page = client.get("/runs").text
    assert f"/runs/{trained}" in page
    assert re.search(r"0\.523 .*±0\.037.*strip-prior.*strip-single.*strip-run", page, re.DOTALL)


@pytest.mark.usefixtures("foreign")
def test_a_foreign_score_is_shown_as_having_no_baseline(client: FlaskClient) -> None:
    page = client.get("/runs").text
    assert re.search(r"0\.993 .*no baseline logged", page, re.DOTALL)
    assert "strip-run" not in page


def test_pages_and_filters_are_links(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        for number in range(30):
            write_run(conn, f"{number:032x}", name=f"run {number:02}", start_time=number)
    first = client.get("/runs").text
    older = re.search(r'href="(/runs\?after=[^"]+)" rel="next"', first)
    assert older
    second = client.get(older[1].replace("&amp;", "&")).text
    assert re.findall(r">run (\d\d)<", first) == [f"{n:02}" for n in range(29, 4, -1)]
    assert re.findall(r">run (\d\d)<", second) == ["04", "03", "02", "01", "00"]
    filtered = client.get("/runs?q=run 1&sort=name").text
    assert "10 of 30 runs" in filtered
    assert re.findall(r">run (\d\d)<", filtered) == [f"{n:02}" for n in range(10, 20)]


def test_a_percent_sign_in_a_filter_is_a_percent_sign(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_run(conn, TRAINED, name="half")
    assert "0 of 1 run" in client.get("/runs?q=%25").text


@pytest.mark.parametrize("query", ["sort=nonsense", "state=nonsense", "after=nonsense", "sort=-", "family=%00"])
def test_an_address_that_means_nothing_shows_the_history(client: FlaskClient, trained: str, query: str) -> None:
    page = client.get(f"/runs?{query}")
    assert page.status_code == 200
    assert (f"/runs/{trained}" in page.text) == ("family" not in query)


def test_a_run_says_first_what_it_is_worth(client: FlaskClient, trained: str) -> None:
    page = client.get(f"/runs/{trained}").text
    assert "Right 52 times in 100, hardly more than Admission category alone" in page
    assert "The difference from Admission category alone is not beyond chance" in page
    assert re.search(r"<s class=\"training\">0\.900</s>", page)


def test_a_run_in_spanish(client: FlaskClient, trained: str) -> None:
    page = client.get(f"/runs/{trained}", headers={"Accept-Language": "es"}).text
    assert '<html lang="es">' in page
    assert "0,523" in page


def test_a_foreign_run_shows_what_mlflow_holds_and_claims_nothing(client: FlaskClient, foreign: str) -> None:
    page = client.get(f"/runs/{foreign}").text
    assert "No report of ours" in page
    assert re.search(r"<bdi>loss</bdi></th><td[^>]*>NaN</td>", page)


def test_a_run_that_is_not_there(client: FlaskClient) -> None:
    assert client.get(f"/runs/{'0' * 32}").status_code == 404


def test_artifacts_are_downloads(client: FlaskClient, trained: str) -> None:
    with client.get(f"/runs/{trained}/artifacts/report.json") as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name",
    [
        "../../../canary",
        "..%2f..%2f..%2fcanary",
        "%2e%2e/%2e%2e/%2e%2e/canary",
        "/canary",
        "link",
        "report.json%00",
        ".",
    ],
)
def test_no_spelling_of_a_path_leads_out_of_the_run(
    client: FlaskClient, trained: str, settings: Settings, name: str
) -> None:
    (settings.artifact_root / "canary").write_text(SECRET)
    folder = settings.artifact_root / "student_performance" / trained / "artifacts"
    (folder / "link").symlink_to(settings.artifact_root / "canary")
    answer = client.get(f"/runs/{trained}/artifacts/{name}", follow_redirects=True)
    assert answer.status_code == 404
    assert SECRET not in answer.text


def test_artifacts_outside_the_root_are_not_read(client: FlaskClient, foreign: str) -> None:
    assert client.get(f"/runs/{foreign}/artifacts/hostname").status_code == 404


def test_a_store_that_was_moved_still_finds_its_reports(client: FlaskClient, store: Store, trained: str) -> None:
    with store.write() as conn:
        moved = f"file:///home/old/models/student_performance/{trained}/artifacts"
        conn.execute(update(mlflow.runs).values(artifact_uri=moved))
    assert "Right 52 times" in client.get(f"/runs/{trained}").text


def test_a_report_that_is_half_written_is_no_report(client: FlaskClient, trained: str, settings: Settings) -> None:
    path = settings.artifact_root / "student_performance" / trained / "artifacts" / "report.json"
    path.write_text(path.read_text()[:300])
    assert "No report of ours" in client.get(f"/runs/{trained}").text


def test_the_api_lists_runs_with_their_metrics(client: FlaskClient, trained: str) -> None:
    answer = client.get("/api/v1/runs").get_json()
    assert answer["total"] == 1
    assert answer["next"] is None
    assert answer["runs"][0]["id"] == trained
    assert answer["runs"][0]["metrics"]["accuracy"] == pytest.approx(0.523)


def test_the_api_pages(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        for number in range(5):
            write_run(conn, f"{number:032x}", start_time=number)
    first = client.get("/api/v1/runs?limit=3").get_json()
    second = client.get(f"/api/v1/runs?limit=3&after={first['next']}").get_json()
    assert [run["id"][-1] for run in first["runs"] + second["runs"]] == ["4", "3", "2", "1", "0"]
    assert second["next"] is None


def test_the_api_shows_one_run_whole(client: FlaskClient, trained: str) -> None:
    answer = client.get(f"/api/v1/runs/{trained}").get_json()
    assert answer["evaluation"]["baselines"]["single_column"]["detail"] == "Caste"
    assert answer["artifacts"][0]["path"] == "report.json"


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=²", "sort=nonsense"])
def test_the_api_says_what_is_wrong_with_a_query(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/runs?{query}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert query.split("=")[1] in answer.get_json()["detail"]
