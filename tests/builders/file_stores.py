"""File stores (`mlruns/`) as MLflow's own client leaves them, written as plain files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.builders.foreign import EXPERIMENTS, GONE, START, ForeignRun, make_run_id

STATES = {"RUNNING": 1, "SCHEDULED": 2, "FINISHED": 3, "FAILED": 4, "KILLED": 5}


def write_file_experiment(root: Path, number: int, name: str | None = None, stage: str = "active") -> Path:
    """Write an experiment's folder, which for a deleted one is in the trash."""
    folder = root / (".trash" if stage == "deleted" else "") / str(number)
    meta = {
        "artifact_location": f"file://{folder}",
        "creation_time": START,
        "experiment_id": str(number),
        "last_update_time": START,
        "lifecycle_stage": stage,
        "name": name or EXPERIMENTS[number],
    }
    write_meta(folder, meta)
    return folder


def write_file_run(experiment: Path, run: ForeignRun) -> Path:
    """Write a run's folder with one artifact."""
    folder = experiment / run.run_id
    columns = {"status": "FINISHED", "start_time": START, "end_time": START + 61_000, "lifecycle_stage": "active"}
    meta = columns | {"user_id": "stranger", "artifact_uri": f"file://{folder}/artifacts"} | dict(run.columns)
    names = {"run_id": run.run_id, "run_uuid": run.run_id, "run_name": run.name, "experiment_id": experiment.name}
    write_meta(folder, meta | names | {"status": STATES[str(meta["status"])], "source_type": 4, "tags": []})
    tags = dict(run.tags) | ({"mlflow.parentRunId": make_run_id(run.parent)} if run.parent else {})
    write_texts(folder / "params", run.params)
    write_texts(folder / "tags", tags | ({"mlflow.runName": run.name} if run.name else {}))
    for key, history in run.metrics.items():
        lines = [f"{START + step} {value} {step}\n" for step, value in history]
        write_texts(folder / "metrics", {key: "".join(lines)})
    write_texts(folder / "artifacts", {"notes/read me.txt": f"of {run.run_id}"})
    return folder


def write_file_store(root: Path, runs: tuple[ForeignRun, ...]) -> dict[str, Path]:
    """Write a file store with these runs; return their folders by id."""
    folders = {
        number: write_file_experiment(root, number, stage="deleted" if number == GONE else "active")
        for number in EXPERIMENTS
    }
    return {run.run_id: write_file_run(folders[run.experiment_id], run) for run in runs}


def write_file_model(root: Path, name: str, versions: Mapping[int, str], aliases: Mapping[str, int]) -> Path:
    """Write a registered model; `versions` name the artifacts' place of each."""
    folder = root / "models" / name
    times = {"creation_timestamp": START, "last_updated_timestamp": START}
    write_meta(folder, {"name": name, "description": "of strangers", "aliases": {}} | times)
    for version, source in versions.items():
        said = {"name": name, "version": version, "source": source, "run_id": source.split("/")[-3], "status": "READY"}
        write_meta(folder / f"version-{version}", said | times | {"current_stage": "Production"})
        write_texts(folder / f"version-{version}" / "tags", {"by": "hand"})
    write_texts(folder / "aliases", {alias: str(version) for alias, version in aliases.items()})
    write_texts(folder / "tags", {"team": "56"})
    return folder


def write_meta(folder: Path, meta: Mapping[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meta.yaml").write_text(yaml.safe_dump(dict(meta), allow_unicode=True))


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write a file for each key, whose slashes are folders."""
    for key, value in texts.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value, newline="")


def make_runs(count: int) -> tuple[ForeignRun, ...]:
    """Many runs of the default experiment: 10 params, 8 metrics of 20 steps, 8 tags each."""
    return tuple(
        ForeignRun(
            f"run {number}",
            0,
            {f"metric/{key}": [(step, math.sin(number + step)) for step in range(20)] for key in range(8)},
            {f"param {key}": str(number * key) for key in range(10)},
            {f"tag {key}": str(number % 7) for key in range(8)},
        )
        for number in range(count)
    )
