"""An app that cannot start says why in one line, whoever starts it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ml.settings import ROOT
from tests.builders.postgresql import PostgresqlCluster
from tests.builders.servers import find_free_port, make_environment
from tests.builders.tables import write_spec

WAITRESS = ("-m", "waitress", "--host=127.0.0.1", f"--port={find_free_port()}", "wsgi:app")
WORKER = ("-m", "webapp.jobs.worker")
FLASK = ("-m", "flask", "--app", "wsgi", "create-admin", "--name", "ada", "--password-stdin")
NOWHERE = "postgresql://nobody:not-to-be-shown@127.0.0.1:1/none"


def start(program: tuple[str, ...], environ: dict[str, str]) -> str:
    """Start a program that is to refuse, and return the one line that it says."""
    done = subprocess.run(
        [sys.executable, *program], env=environ, cwd=ROOT,
        capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "not-to-be-shown" not in line
    return line


@pytest.mark.parametrize("program", [WAITRESS, FLASK, WORKER], ids=["waitress", "flask", "worker"])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"nonsense": "1"}, "unknown setting PROCTOR_NONSENSE"),
        ({"embedded_worker": "perhaps"}, "PROCTOR_EMBEDDED_WORKER='perhaps': say yes or no"),
        ({"database_url": NOWHERE}, "the store cannot be reached"),
    ],
    ids=["name", "value", "store"],
)
def test_a_setting_to_put_right_is_named(
    tmp_path: Path, program: tuple[str, ...], settings: dict[str, str], words: str
) -> None:
    line = start(program, make_environment(tmp_path, **settings))
    assert re.match(r"(Proctor|the worker) cannot start: ", line)
    assert words in line


def test_a_spec_to_put_right_is_named(tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "spec.yaml", {"target": None})
    assert "target" in start(WAITRESS, make_environment(tmp_path, spec=str(spec)))


def test_a_folder_to_put_right_is_named(tmp_path: Path) -> None:
    assert "/proc/nowhere" in start(WAITRESS, make_environment(tmp_path, data_dir="/proc/nowhere"))


@pytest.mark.parametrize("url", [NOWHERE, "sqlite:////proc/queue.sqlite"], ids=["postgresql", "sqlite"])
def test_a_queue_to_put_right_is_named(store_url: str, tmp_path: Path, url: str) -> None:
    line = start(WAITRESS, make_environment(tmp_path, database_url=store_url, queue_url=url))
    assert line.endswith("check PROCTOR_QUEUE_URL")


@pytest.mark.postgresql
@pytest.mark.parametrize("program", [WAITRESS, FLASK, WORKER], ids=["waitress", "flask", "worker"])
def test_a_postgresql_store_without_the_schema_is_for_its_operator_to_migrate(
    postgresql_cluster: PostgresqlCluster, tmp_path: Path, program: tuple[str, ...]
) -> None:
    url = postgresql_cluster.new_url()
    line = start(program, make_environment(tmp_path, database_url=url))
    assert line.endswith("the store's schema is missing: run `alembic upgrade head`, then start again")
    postgresql_cluster.drop(url)
