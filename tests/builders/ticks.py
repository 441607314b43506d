"""Runs to be ticked: each with values, a folder of its own, and an address that leads there."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from ml.places import ArtifactRoots
from tests.builders.stores import write_metric, write_param, write_run, write_tag
from webapp.jobs.queue import Job, list_jobs
from webapp.runs.edit.folders import Places
from webapp.runs.edit.removal import RemoveElsewhere, Tools
from webapp.store.session import Store

ONE, TWO, THREE = "1" * 32, "2" * 32, "3" * 32
IDS = (ONE, TWO, THREE)


def write_full_run(conn: Connection, root: Path, run_id: str, name: str, **columns: object) -> Path:
    """Write a run with a metric, a param, a tag and an artifact; return its folder."""
    folder = root / "0" / run_id / "artifacts"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "model.bin").write_bytes(b"12345")
    write_run(conn, run_id, **({"name": name, "artifact_uri": str(folder)} | columns))
    write_metric(conn, run_id, "auc", 0.5)
    write_param(conn, run_id, "depth", "5")
    write_tag(conn, run_id, "team", "a")
    return folder


def refuse_elsewhere(address: str) -> None:
    """An object store that is away."""
    raise ConnectionError(f"{address} does not answer")


def make_places(root: Path, *kept: Path) -> Places:
    """An installation whose artifacts lie in one folder."""
    return Places(ArtifactRoots(root, (), root / "fetched", root.parent / "private"), kept)


def make_tools(store: Store, root: Path, elsewhere: RemoveElsewhere = refuse_elsewhere) -> Tools:
    """What the job works with, at a time of its own."""
    return Tools(store, make_places(root), elsewhere, lambda: 9_000)


def last_job(store: Store) -> Job:
    with store.read() as conn:
        return list_jobs(conn, 1)[0]
