"""`flask store import` brings a file store in whole, as often as one likes, and takes nothing away."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from sqlalchemy import text

from tests.builders.file_stores import (
    write_file_experiment,
    write_file_model,
    write_file_run,
    write_file_store,
    write_texts,
)
from tests.builders.foreign import EXPERIMENTS, GONE, RUNS, ForeignRun, read_mlflow_tables, write_foreign_store
from tests.conftest import SettingsFactory
from webapp import create_app
from webapp.store.check import find_differences
from webapp.store.session import Store, open_store

if TYPE_CHECKING:
    from click.testing import Result

    from ml.settings import Settings
    from tests.builders.postgresql import PostgresqlCluster
    from tests.builders.sqlite_folder import SqliteFolder

SMALL = (
    ForeignRun("first", 1, {"a/loss": [(0, 0.5), (1, 0.25)]}, {"lr": "0.1"}, {"team": "56"}),
    ForeignRun("second", 1, params={"lr": "0.2"}),
    ForeignRun("elsewhere", 2),
)
FIRST, SECOND, ELSEWHERE = (run.run_id for run in SMALL)


@dataclass(frozen=True)
class Site:
    """A site, its store, and a file store beside it."""

    store: Store
    settings: Settings
    root: Path
    run: Callable[..., Result]

    def take(self, *options: str) -> Result:
        """Import the file store."""
        return self.run(args=["store", "import", str(self.root), *options])

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with self.store.read() as conn:
            return [tuple(row) for row in conn.execute(text(query))]

    def change(self, statement: str) -> None:
        with self.store.write() as conn:
            conn.execute(text(statement))

    def dump(self) -> dict[str, list[str]]:
        with self.store.read() as conn:
            return read_mlflow_tables(conn)


@pytest.fixture
def site(url: str, make_settings: SettingsFactory, tmp_path: Path) -> Iterator[Site]:
    settings = make_settings(database_url=url)
    app = create_app(settings)
    store = app.extensions["proctor_store"]
    yield Site(store, settings, tmp_path / "mlruns", app.test_cli_runner().invoke)
    store.close()


@pytest.fixture
def folders(site: Site) -> dict[str, Path]:
    """A small file store; its runs' folders."""
    return write_file_store(site.root, SMALL)


def says(done: Result, kind: str) -> str:
    return next(line.partition(": ")[2] for line in done.output.splitlines() if line.startswith(kind))


def edit_meta(folder: Path, **changes: object) -> None:
    path = folder / "meta.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))


# ── what comes in ────────────────────────────────────────────────────────────
def test_an_import_is_what_mlflow_itself_would_have_written(
    site: Site, backend: SqliteFolder | PostgresqlCluster, template_url: str
) -> None:
    write_file_store(site.root, RUNS)
    done = site.take()
    assert (done.exit_code, says(done, "Runs")) == (0, f"{len(RUNS)} new, 0 brought up to date, 0 there already."), (
        done.output
    )
    url = backend.copy(template_url)
    other = open_store(url)
    with other.write() as conn:
        write_foreign_store(conn)
    expected = Site(other, site.settings, site.root, site.run)
    for query in (
        "SELECT run_uuid, key, value FROM params ORDER BY run_uuid, key",
        "SELECT run_uuid, key, value FROM tags WHERE key NOT LIKE 'proctor.imported%' ORDER BY run_uuid, key",
        "SELECT run_uuid, key, step, timestamp, value, is_nan FROM metrics ORDER BY run_uuid, key, step",
        "SELECT run_uuid, key, step, timestamp, value, is_nan FROM latest_metrics ORDER BY run_uuid, key",
        "SELECT run_uuid, status, lifecycle_stage, start_time, end_time FROM runs ORDER BY run_uuid",
    ):
        assert site.ask(query) == expected.ask(query)
    assert {str(name) for (name,) in site.ask("SELECT name FROM experiments")} == set(EXPERIMENTS.values())
    assert len(site.ask("SELECT * FROM runs")) == len(RUNS)
    with site.store.read() as conn:
        assert find_differences(conn) == ()
    other.close()
    backend.drop(url)


def test_experiments_go_by_their_names(site: Site, folders: dict[str, Path]) -> None:
    site.change(
        "INSERT INTO experiments (experiment_id, name, lifecycle_stage, artifact_location) "
        "VALUES (41, 'vision / täglich 🌱', 'active', '/here')"
    )
    assert says(site.take(), "Experiments") == "3 new, 0 brought up to date, 1 there already."
    assert site.ask("SELECT DISTINCT experiment_id FROM runs WHERE name IN ('first', 'second')") == [(41,)]
    assert site.ask("SELECT artifact_location FROM experiments WHERE experiment_id = 41") == [("/here",)]
    assert site.ask(f"SELECT lifecycle_stage FROM experiments WHERE name = '{EXPERIMENTS[GONE]}'") == [("deleted",)]  # noqa: S608


def test_an_empty_store_gets_mlflows_default_experiment(site: Site) -> None:
    write_file_run(write_file_experiment(site.root, 7, "alone"), SMALL[0])
    site.take()
    assert site.ask("SELECT experiment_id, name FROM experiments ORDER BY experiment_id") == [
        (0, "Default"),
        (1, "alone"),
    ]


def test_one_experiment_of_several(site: Site, folders: dict[str, Path]) -> None:
    write_file_model(site.root, "net", {1: f"/x/{FIRST}/artifacts/model"}, {})
    done = site.take("--experiment", EXPERIMENTS[1])
    assert says(done, "Runs").startswith("2 new")
    assert site.ask("SELECT * FROM registered_models") == []
    refused = site.take("--experiment", "no such")
    assert refused.exit_code == 2
    assert "There is no experiment no such" in refused.output


def test_what_is_no_file_store_is_refused(site: Site, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = site.run(args=["store", "import", str(tmp_path / "empty")])
    assert (done.exit_code, "There is no MLflow file store at" in done.output) == (2, True)


def test_an_import_says_how_far_it_is(site: Site) -> None:
    write_file_store(site.root, RUNS)
    lines = [line for line in site.take().stderr.splitlines() if line.startswith("runs ")]
    assert (lines[0], lines[-1]) == ("runs 0%", "runs 100%")


# ── once more ────────────────────────────────────────────────────────────────
def test_a_second_import_changes_nothing(site: Site, folders: dict[str, Path]) -> None:
    write_file_model(site.root, "net", {1: f"/x/{FIRST}/artifacts/model"}, {"best": 1})
    site.take()
    before = site.dump()
    done = site.take()
    assert says(done, "Runs") == "0 new, 0 brought up to date, 3 there already."
    assert says(done, "Registered models") == "0 new, 0 brought up to date, 1 there already."
    assert site.dump() == before


def test_a_run_that_has_grown_is_brought_up_to_date(site: Site, folders: dict[str, Path]) -> None:
    edit_meta(folders[FIRST], status=1, end_time=None)
    site.take()
    with (folders[FIRST] / "metrics" / "a" / "loss").open("a") as lines:
        lines.write("1700000000002 0.125 2\n1700000000002 nan 2\n")
    write_texts(folders[FIRST] / "tags", {"new": "tag", "team": "57"})
    edit_meta(folders[FIRST], status=3, end_time=1_700_000_009_000)
    assert says(site.take(), "Runs") == "0 new, 1 brought up to date, 2 there already."
    mine = f"WHERE run_uuid = '{FIRST}'"
    assert len(site.ask(f"SELECT * FROM metrics {mine}")) == 4  # noqa: S608
    assert site.ask(f"SELECT value, step FROM latest_metrics {mine}") == [(0.125, 2)]  # noqa: S608
    assert site.ask(f"SELECT key, value FROM tags {mine} AND key IN ('new', 'team') ORDER BY key") == [  # noqa: S608
        ("new", "tag"),
        ("team", "57"),
    ]
    assert site.ask(f"SELECT status, end_time FROM runs {mine}") == [("FINISHED", 1_700_000_009_000)]  # noqa: S608


def test_what_people_changed_here_stays(site: Site, folders: dict[str, Path]) -> None:
    site.take()
    site.change("UPDATE tags SET value = 'ours' WHERE key = 'team'")
    site.change("DELETE FROM params")
    site.change("UPDATE runs SET lifecycle_stage = 'deleted', name = 'renamed' WHERE name = 'second'")
    before = site.dump()
    site.take()
    assert site.dump() == before


def stage(site: Site, run_id: str) -> object:
    return site.ask(f"SELECT lifecycle_stage FROM runs WHERE run_uuid = '{run_id}'")[0][0]  # noqa: S608


def test_a_run_deleted_here_stays_deleted_though_it_grows_there(site: Site, folders: dict[str, Path]) -> None:
    site.take()
    site.change("UPDATE runs SET lifecycle_stage = 'deleted'")
    write_texts(folders[FIRST] / "tags", {"new": "tag"})
    assert says(site.take(), "Runs").startswith("0 new, 1 brought")
    assert stage(site, FIRST) == "deleted"


def test_a_run_deleted_and_restored_there_follows(site: Site, folders: dict[str, Path]) -> None:
    edit_meta(folders[FIRST], lifecycle_stage="deleted")
    for there, here in (("deleted", "deleted"), ("active", "active"), ("deleted", "deleted")):
        edit_meta(folders[FIRST], lifecycle_stage=there)
        site.take()
        assert stage(site, FIRST) == here


# ── what is wrong with it ────────────────────────────────────────────────────
def test_broken_entries_are_listed_by_file_and_line_and_the_rest_comes_in(site: Site, folders: dict[str, Path]) -> None:
    (folders[SECOND] / "meta.yaml").unlink()
    (folders[ELSEWHERE] / "meta.yaml").write_text("name: x\n  bad: [\n")
    write_texts(
        folders[FIRST] / "metrics", {"odd": "1 0.5 0\nrubbish\n\n2 x 1\n3 0.75 2\n9999999999999999999 1 1\n7\n"}
    )
    (folders[FIRST] / "tags" / "latin").write_bytes(b"\xe9")
    (folders[FIRST] / "tags" / "zero").write_bytes(b"a\0b")
    (folders[FIRST] / "params" / "long").write_text("x" * 8_001)
    (folders[FIRST] / "tags" / "link").symlink_to("/etc/passwd")
    done = site.take()
    assert done.exit_code == 1
    assert says(done, "Runs").startswith("1 new")
    of_first = str(folders[FIRST])
    assert [line.replace(of_first, "…") for line in done.stderr.splitlines() if of_first in line] == [
        "…/params/long: has 8,001 characters: only the first 8,000 were taken",
        "…/tags/latin: is not UTF-8",
        "…/tags/zero: has a NUL character, which no database takes",
        "…/tags/link: is a symbolic link, and was left out",
        *(f"…/metrics/odd:{line}: is not “timestamp value step”" for line in (2, 4, 6, 7)),
    ]
    assert f"{folders[SECOND]}/meta.yaml: is missing\n" in done.stderr
    assert f"{folders[ELSEWHERE]}/meta.yaml:2: is not YAML\n" in done.stderr
    assert site.ask("SELECT step, value FROM metrics WHERE key = 'odd' ORDER BY step") == [(0, 0.5), (2, 0.75)]
    assert site.ask("SELECT length(value) FROM params WHERE key = 'long'") == [(8_000,)]


@pytest.mark.parametrize("run_id", ["../../../evil", "a" * 33, "", "a b", "a/b"])
def test_a_run_id_that_cannot_be_is_refused(site: Site, folders: dict[str, Path], run_id: str) -> None:
    edit_meta(folders[FIRST], run_id=run_id or " ")
    done = site.take("--copy-artifacts")
    assert "names a run that cannot be" in done.stderr
    assert says(done, "Runs").startswith("2 new")
    assert not (site.settings.artifact_root.parent / "evil").exists()


def test_an_experiment_that_was_deleted_here_is_left_out(site: Site, folders: dict[str, Path]) -> None:
    site.take()
    site.change("UPDATE experiments SET lifecycle_stage = 'deleted' WHERE experiment_id = 1")
    done = site.take()
    assert done.exit_code == 1
    assert "was deleted here; run: mlflow experiments restore --experiment-id 1" in done.stderr
    assert says(done, "Runs") == "0 new, 0 brought up to date, 1 there already."


# ── registered models ────────────────────────────────────────────────────────
def test_registered_models_come_with_versions_tags_and_aliases(site: Site, folders: dict[str, Path]) -> None:
    model = write_file_model(site.root, "forêt", {1: f"/x/{FIRST}/artifacts/model"}, {"best": 1})
    site.take()
    write_file_model(site.root, "forêt", {2: f"/x/{SECOND}/artifacts/model"}, {"best": 2, "new": 2})
    site.change("UPDATE model_version_tags SET value = 'kept'")
    (model / "version-1" / "tags" / "by").unlink()
    assert says(site.take(), "Registered models") == "0 new, 1 brought up to date, 0 there already."
    assert site.ask("SELECT version, run_id, current_stage FROM model_versions ORDER BY version") == [
        (1, FIRST, "Production"),
        (2, SECOND, "Production"),
    ]
    assert site.ask("SELECT alias, version FROM registered_model_aliases ORDER BY alias") == [("best", 1), ("new", 2)]
    assert site.ask("SELECT version, value FROM model_version_tags ORDER BY version") == [(1, "kept"), (2, "hand")]


def test_another_version_of_the_same_number_is_left_as_it_is(site: Site, folders: dict[str, Path]) -> None:
    site.change("INSERT INTO registered_models (name) VALUES ('net')")
    site.change("INSERT INTO model_versions (name, version, run_id, creation_time) VALUES ('net', 1, 'ours', 1)")
    write_file_model(site.root, "net", {1: f"/x/{FIRST}/artifacts/model", 2: f"/x/{FIRST}/artifacts/model"}, {"new": 2})
    done = site.take()
    assert "is another version 1 than the one that is here" in done.stderr
    assert site.ask("SELECT version, run_id FROM model_versions ORDER BY version") == [(1, "ours"), (2, FIRST)]
    assert site.ask("SELECT count(*) FROM model_version_tags") == [(1,)]


# ── artifacts ────────────────────────────────────────────────────────────────
def uri(site: Site, run_id: str) -> str:
    return str(site.ask(f"SELECT artifact_uri FROM runs WHERE run_uuid = '{run_id}'")[0][0])  # noqa: S608


def test_artifacts_stay_where_they_are_even_in_a_store_that_was_moved(site: Site, folders: dict[str, Path]) -> None:
    edit_meta(folders[SECOND], artifact_uri="file:///long/gone/artifacts")
    edit_meta(folders[ELSEWHERE], artifact_uri="s3://bucket/artifacts")
    site.take()
    assert uri(site, FIRST) == f"file://{folders[FIRST]}/artifacts"
    assert uri(site, SECOND) == f"file://{folders[SECOND]}/artifacts"
    assert uri(site, ELSEWHERE) == "s3://bucket/artifacts"
    assert not site.settings.artifact_root.exists()


def test_artifacts_of_an_experiment_out_of_the_trash_are_found_again(site: Site) -> None:
    trashed = write_file_experiment(site.root, 9, "to and fro", stage="deleted")
    folder = write_file_run(trashed, ForeignRun("in it", columns={"lifecycle_stage": "deleted"}))
    site.take()
    shutil.move(trashed, site.root / "9")
    edit_meta(
        site.root / "9" / folder.name, lifecycle_stage="active", artifact_uri=f"{site.root}/9/{folder.name}/artifacts"
    )
    site.change("UPDATE experiments SET lifecycle_stage = 'active'")
    edit_meta(site.root / "9", lifecycle_stage="active")
    site.take()
    assert uri(site, folder.name) == f"{site.root}/9/{folder.name}/artifacts"


def test_artifacts_are_copied_once_and_found_there(site: Site, folders: dict[str, Path]) -> None:
    write_file_model(site.root, "net", {1: f"file://{folders[FIRST]}/artifacts/model"}, {})
    site.take("--experiment", EXPERIMENTS[1])  # before, without a copy
    done = site.take("--copy-artifacts")
    assert says(done, "Artifacts").startswith("3 files copied")
    target = site.settings.artifact_root / "vision _ täglich _" / FIRST / "artifacts"
    assert uri(site, FIRST) == str(target)
    assert (target / "notes" / "read me.txt").read_text() == f"of {FIRST}"
    assert site.ask("SELECT source FROM model_versions") == [(f"{target}/model",)]
    assert says(site.take("--copy-artifacts"), "Artifacts").startswith("0 files copied")
    shutil.rmtree(site.root / "models")
    site.take()
    assert uri(site, FIRST) == str(target)


def test_a_file_store_cannot_name_any_folder_to_be_copied(site: Site, folders: dict[str, Path], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    write_texts(secret, {"key": "canary"})
    edit_meta(folders[FIRST], artifact_uri=f"file://{secret}")
    shutil.rmtree(folders[SECOND] / "artifacts")
    (folders[SECOND] / "artifacts").symlink_to(secret)
    (folders[ELSEWHERE] / "artifacts" / "link").symlink_to(secret / "key")
    done = site.take("--copy-artifacts")
    assert done.exit_code == 1
    assert done.stderr.count("lies outside the file store: it was not copied; name it with --artifacts-from") == 2
    assert [path.name for path in site.settings.artifact_root.rglob("*") if path.is_file()] == ["read me.txt"]
    assert says(site.take("--copy-artifacts", "--artifacts-from", str(secret)), "Artifacts").startswith("2 files")
    assert uri(site, FIRST).startswith(str(site.settings.artifact_root))
