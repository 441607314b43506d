"""What a run left, as the site shows it and sends it; and that nothing else is ever shown or sent."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest
from markupsafe import escape

from tests.builders.accounts import visit, visit_with_role
from tests.builders.pages import find_faults
from tests.builders.stores import write_experiment, write_run
from webapp.clock import now_ms
from webapp.jobs.claims import claim_oldest, fail_job
from webapp.jobs.queue import Failure, list_jobs

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

RUN, REMOTE, LOST = "a" * 32, "b" * 32, "c" * 32
CANARY = "the canary outside of the run"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
AT_S3 = f"s3://bucket/7/{REMOTE}/artifacts"
NAMES = ("notes.md", "numbers.csv", "curve.png", "page.html", "logo.svg", "deep/er/figures.json", "model.bin")


@pytest.fixture
def store(app: Flask, settings: Settings) -> Store:
    store: Store = app.extensions["proctor_store"]
    folder = settings.artifact_root / "7" / RUN / "artifacts"
    (folder / "deep" / "er").mkdir(parents=True)
    contents = (b"# Hi", b"a,b\n1,2\n", PNG, b"<h1>x</h1><script>x</script>", b"<svg onload=x>", b'{"a":1}', b"\0\1\2")
    for name, content in zip(NAMES, contents, strict=True):
        (folder / name).write_bytes(content)
    (folder.parent / "canary").write_text(CANARY)
    (settings.data_dir / "canary").write_text(CANARY)
    with store.write() as conn:
        write_experiment(conn)
        write_run(conn, RUN, name="calm", artifact_uri=str(folder))
        write_run(conn, REMOTE, name="far", artifact_uri=AT_S3)
        write_run(conn, LOST, name="lost", artifact_uri=f"/home/ada/mlruns/7/{LOST}/artifacts")
    return store


@pytest.fixture
def folder(store: Store, settings: Settings) -> Path:
    return settings.artifact_root / "7" / RUN / "artifacts"


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main") :])).split())


# ── the tree and its files ───────────────────────────────────────────────────
@pytest.mark.usefixtures("store")
def test_the_run_shows_its_files_and_each_has_a_page(client: FlaskClient) -> None:
    page = client.get(f"/runs/{RUN}").text
    assert find_faults(page) == []
    assert f'href="/runs/{RUN}/files/deep/er/figures.json"' in page
    assert "7 files" in page
    for name in NAMES:
        found = client.get(f"/runs/{RUN}/files/{name}")
        assert find_faults(found.text) == [], name
        assert f'href="/runs/{RUN}/artifacts/{name}" download' in found.text


@pytest.mark.usefixtures("store")
def test_each_is_shown_in_its_way(client: FlaskClient) -> None:
    shown = {
        "/notes.md": "Text, UTF-8 · 4 B · sha256",
        "/numbers.csv": "Row a b 1 1 2",
        "/deep/er/figures.json": '{ "a": 1 }',
        "/page.html": "Its source <h1>x</h1><script>x</script>",
        "/logo.svg": "<svg onload=x>",
        "/model.bin": "Nothing can be shown",
        "/deep": "deep er / 1 file",
        "": "Artifacts Artifacts deep / 1 file",
    }
    pages = {name: text_of(client.get(f"/runs/{RUN}/files{name}").text) for name in shown}
    assert [name for name, words in shown.items() if words not in pages[name]] == []


@pytest.mark.usefixtures("store")
def test_a_picture_is_sent_by_itself_as_what_its_bytes_are(client: FlaskClient) -> None:
    page = client.get(f"/runs/{RUN}/files/curve.png").text
    assert f'<img class="preview-picture" src="/runs/{RUN}/pictures/curve.png"' in page
    with client.get(f"/runs/{RUN}/pictures/curve.png") as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for name in ("logo.svg", "page.html", "model.bin", "notes.md"):
        assert client.get(f"/runs/{RUN}/pictures/{name}").status_code == 404


@pytest.mark.usefixtures("store")
def test_html_is_framed_where_it_can_do_nothing(client: FlaskClient) -> None:
    page = client.get(f"/runs/{RUN}/files/page.html")
    assert f'<iframe class="preview-frame" sandbox="" src="/runs/{RUN}/frames/page.html"' in page.text
    assert page.headers["Content-Security-Policy"].endswith("; frame-src 'self'")
    with client.get(f"/runs/{RUN}/frames/page.html") as answer:
        policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"} <= set(policy)
    assert [part for part in policy if "script" in part] == []
    for name in ("logo.svg", "curve.png", "notes.md"):
        assert client.get(f"/runs/{RUN}/frames/{name}").status_code == 404


def test_names_that_strangers_chose_are_text(client: FlaskClient, folder: Path) -> None:
    names = ("<img src=x onerror=alert(1)>.txt", "'\">.json", "שלום 🙂.csv", "a b#c?d%2e.txt", "{{ 7 * 7777 }}")
    for name in names:
        (folder / name).write_text("<script>alert(1)</script>")
    tree = client.get(f"/runs/{RUN}/files").text
    assert find_faults(tree) == []
    for name in names:
        href = unescape(re.search(rf'href="([^"]+)"><bdi>{re.escape(str(escape(name)))}<', tree)[1])  # type: ignore[index]
        page = client.get(href)
        assert (page.status_code, find_faults(page.text)) == (200, [])
        assert str(escape(name)) in page.text
    with client.get(f"/runs/{RUN}/artifacts.zip") as answer:
        assert {f"run-aaaaaaaa/{name}" for name in names} < set(zipfile.ZipFile(io.BytesIO(answer.data)).namelist())


def test_a_name_of_two_lines_is_shown_without_an_address(client: FlaskClient, folder: Path) -> None:
    (folder / "a\nb.txt").write_text("x")
    tree = client.get(f"/runs/{RUN}/files").text
    assert "a\N{REPLACEMENT CHARACTER}b.txt" in tree
    assert "a%0Ab.txt" not in tree
    assert "a name that no address can hold; it is in the zip" in tree


def test_everything_downloads_as_bytes(client: FlaskClient, folder: Path) -> None:
    for name in NAMES:
        with client.get(f"/runs/{RUN}/artifacts/{name}") as answer:
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.data == (folder / name).read_bytes()


def test_thousands_of_files_break_no_page(client: FlaskClient, folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(1300):
        (folder / "many" / f"{number}.txt").touch()
    page = client.get(f"/runs/{RUN}").text
    assert page.count(f'href="/runs/{RUN}/files/many/') == 193
    assert "1,107 more files, not shown." in page
    whole = client.get(f"/runs/{RUN}/files").text
    assert whole.count('class="tree-file"') == 1000
    assert f'href="/runs/{RUN}/files/many">This folder alone' in whole


# ── one archive ──────────────────────────────────────────────────────────────
def test_all_files_come_in_one_archive(client: FlaskClient, folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent / "canary")
    with client.get(f"/runs/{RUN}/artifacts.zip") as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=run-aaaaaaaa.zip"
        assert answer.is_streamed
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert sorted(archive.namelist()) == sorted(f"run-aaaaaaaa/{name}" for name in NAMES)
    assert archive.read("run-aaaaaaaa/curve.png") == PNG


def test_what_weighs_too_much_is_not_packed(app: Flask, client: FlaskClient, folder: Path) -> None:
    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], artifact_limit_mb=1)
    (folder / "large").write_bytes(b"x" * 1_100_000)
    page = client.get(f"/runs/{RUN}").text
    assert "artifacts.zip" not in page
    assert "1 MB at most (PROCTOR_ARTIFACT_LIMIT_MB)" in page
    answer = client.get(f"/runs/{RUN}/artifacts.zip")
    assert (answer.status_code, answer.location) == (303, f"/runs/{RUN}/files")


# ── where they are not here ──────────────────────────────────────────────────
@pytest.mark.usefixtures("store")
def test_missing_files_say_where_they_were_looked_for(client: FlaskClient, settings: Settings) -> None:
    said = text_of(client.get(f"/runs/{LOST}").text)
    assert f"/home/ada/mlruns/7/{LOST}/artifacts : outside of the folders that the settings allow" in said
    assert f"{settings.artifact_root}/7/{LOST}/artifacts : no folder there that can be read" in said
    assert "PROCTOR_ARTIFACT_MAP=/home/ada/mlruns=/home/ada/mlruns" in said
    assert client.get(f"/runs/{LOST}/files/x").status_code == 404
    assert client.get(f"/runs/{LOST}/artifacts.zip").status_code == 404


def test_no_more_is_to_be_allowed_than_the_folder_of_an_experiment_that_has_one(
    client: FlaskClient, store: Store
) -> None:
    with store.write() as conn:
        write_run(conn, "d" * 32, artifact_uri=f"/srv/wine/{'d' * 32}/artifacts")
    said = text_of(client.get(f"/runs/{'d' * 32}").text)
    assert "PROCTOR_ARTIFACT_MAP=/srv/wine=/srv/wine" in said


@pytest.mark.parametrize("has_folder", [False, True])
def test_a_run_that_is_going_on_has_no_files_yet(
    client: FlaskClient, store: Store, settings: Settings, *, has_folder: bool
) -> None:
    with store.write() as conn:
        for run_id, status in (("d" * 32, "RUNNING"), ("e" * 32, "FAILED")):
            folder = settings.artifact_root / "7" / run_id / "artifacts"
            if has_folder:
                folder.mkdir(parents=True)
            write_run(conn, run_id, status=status, end_time=None, artifact_uri=str(folder))
    for address in (f"/runs/{'d' * 32}", f"/runs/{'d' * 32}/files"):
        said = text_of(client.get(address).text)
        assert "There are none yet. By its state the run has not ended" in said
        assert "PROCTOR_ARTIFACT_MAP" not in said
    assert "There are none yet" not in text_of(client.get(f"/runs/{'e' * 32}/files").text)


def test_a_run_that_is_going_on_elsewhere_may_have_written_nothing_yet(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_run(conn, "d" * 32, status="RUNNING", end_time=None, artifact_uri=f"/home/ada/mlruns/7/{'d' * 32}/files")
    said = text_of(client.get(f"/runs/{'d' * 32}/files").text)
    assert "It may have written none yet, or they lie elsewhere." in said
    assert "outside of the folders that the settings allow" in said


def test_nobody_is_advised_to_open_a_folder_of_the_system(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_run(conn, "d" * 32, artifact_uri="/etc")
        write_run(conn, "e" * 32, artifact_uri="")
    said = text_of(client.get(f"/runs/{'d' * 32}").text)
    assert "PROCTOR_ARTIFACT_MAP=/etc=/the/new/folder" in said
    assert "names no place" in text_of(client.get(f"/runs/{'e' * 32}").text)


def test_an_admin_has_them_fetched_once(app: Flask, client: FlaskClient, store: Store) -> None:
    said = text_of(client.get(f"/runs/{REMOTE}").text)
    assert f"They lie elsewhere, and have not been fetched yet. Recorded at {AT_S3}" in said
    assert "An admin can have them fetched here." in said
    admin = visit_with_role(app, "admin", "grace")
    assert "Fetch the artifacts</button>" in admin.get(f"/runs/{REMOTE}").text
    for _twice in range(2):
        assert admin.send(f"/runs/{REMOTE}/fetch").location == "/admin#job-1"
    with store.read() as conn:
        (job,) = list_jobs(conn, 9)
    assert (job.kind, dict(job.params)) == ("artifacts", {"run_id": REMOTE, "run_name": "far"})
    page = admin.get(f"/runs/{REMOTE}").text
    assert "Job 1 is fetching them." in page
    assert "Fetch the artifacts</button>" not in page
    claimed = claim_oldest(store, "w", now_ms())
    assert claimed
    assert "Fetch the artifacts: far" in admin.get(f"/admin/jobs/{job.id}").text
    fail_job(store, claimed[0], Failure("refused", "the store did not answer"), now_ms())
    page = admin.get(f"/runs/{REMOTE}").text
    assert "The last try to fetch them failed: the store did not answer" in text_of(page)
    assert "Fetch the artifacts</button>" in page


def test_what_was_fetched_is_shown(app: Flask, client: FlaskClient, store: Store, settings: Settings) -> None:
    cached = settings.artifact_roots.cached(AT_S3)
    cached.mkdir(parents=True)
    (cached / "report.txt").write_text("fetched")
    page = client.get(f"/runs/{REMOTE}").text
    assert f'href="/runs/{REMOTE}/files/report.txt"' in page
    assert "Fetched" in text_of(page)
    assert "fetched" in text_of(client.get(f"/runs/{REMOTE}/files/report.txt").text)
    assert "Fetch the artifacts again</button>" in visit_with_role(app, "admin").get(f"/runs/{REMOTE}").text


@pytest.mark.usefixtures("store")
def test_only_an_admin_fetches_and_only_what_lies_elsewhere(app: Flask, store: Store) -> None:
    assert visit_with_role(app, "reader").send(f"/runs/{REMOTE}/fetch").status_code == 403
    assert visit(app).send(f"/runs/{REMOTE}/fetch").location.startswith("/login")
    admin = visit_with_role(app, "admin", "grace")
    assert admin.send(f"/runs/{RUN}/fetch").location == f"/runs/{RUN}/files"
    assert admin.send(f"/runs/{LOST}/fetch").location == f"/runs/{LOST}/files"
    assert admin.send(f"/runs/{'9' * 32}/fetch").status_code == 404
    with store.read() as conn:
        assert list_jobs(conn, 9) == ()


# ── nothing else ─────────────────────────────────────────────────────────────
UP = ("..", "%2e%2e", "%2E%2E", ".%2e", "%252e%252e", "..%00", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "..;", ". .")
SPELLINGS = tuple(
    dict.fromkeys(
        [f"{up}{slash}canary" for up in UP for slash in ("/", "%2f", "%5c", "\\")]
        + ["deep/../../canary", "deep/er/%2e%2e/..%2f../canary", "./../canary", "//canary", "/etc/hostname"]
        + ["%2fetc%2fhostname", "file:///etc/hostname", "link", "folder/canary", "folder%2fcanary", "ring", "canary%00"]
        + ["canary%00.txt", "..%2f..%2f..%2f..%2f..%2fdata%2fcanary", "x" * 5000, "%ff%fe", "~/canary", "C:%5ccanary"]
    )
)


@pytest.mark.parametrize("route", ["artifacts", "files", "pictures", "frames"])
def test_no_spelling_of_a_path_leads_out_of_the_run(client: FlaskClient, folder: Path, route: str) -> None:
    (folder / "link").symlink_to(folder.parent / "canary")
    (folder / "folder").symlink_to(folder.parent)
    (folder / "ring").symlink_to(folder / "ring")
    assert len(SPELLINGS) > 50
    for spelling in SPELLINGS:
        with client.get(f"/runs/{RUN}/{route}/{spelling}", follow_redirects=True) as answer:
            assert CANARY.encode() not in answer.data, spelling
            assert answer.status_code == 404, spelling


@pytest.mark.usefixtures("folder")
def test_no_run_is_found_under_a_path(client: FlaskClient) -> None:
    for spelling in SPELLINGS:
        for route in ("", "/artifacts/canary", "/files", "/files/canary", "/artifacts.zip"):
            with client.get(f"/runs/{spelling}{route}", follow_redirects=True) as answer:
                assert CANARY.encode() not in answer.data
                assert answer.status_code == 404 or answer.request.path in {"/", "/runs"}, spelling


def test_a_run_that_names_a_place_outside_shows_nothing_of_it(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    places = [
        str(settings.data_dir), str(settings.artifact_root), f"{settings.artifact_root}/../data", "/etc",
        f"file://{settings.artifact_root}/%2e%2e/data", "../data", ".", "x/../../data", f"{settings.data_dir}\0",
    ]  # fmt: skip
    for number, place in enumerate(places):
        run_id = f"{number:032x}"
        with store.write() as conn:
            write_run(conn, run_id, artifact_uri=place)
        assert "Looked for them in:" in client.get(f"/runs/{run_id}").text, place
        for address in ("artifacts/canary", "artifacts/secret_key", "files/canary", "artifacts.zip", "files/hostname"):
            assert client.get(f"/runs/{run_id}/{address}").status_code == 404, place


def test_the_api_lists_the_same_files(client: FlaskClient, folder: Path) -> None:
    listed = client.get(f"/api/v1/runs/{RUN}").get_json()["artifacts"]
    assert sorted(file["path"] for file in listed) == sorted(NAMES)
