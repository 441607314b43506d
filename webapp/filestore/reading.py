"""A file store's folders → values. The layout is MLflow's since 1.0, with what 2 and 3 added.

<root>/<experiment>/meta.yaml  tags/  datasets/<id>/meta.yaml  models/<model>/…  traces/
<root>/<experiment>/<run>/meta.yaml  params/  tags/  metrics/  inputs/  outputs/  artifacts/
<root>/.trash/<experiment>/…
<root>/models/<name>/meta.yaml  tags/  aliases/  version-<n>/meta.yaml  tags/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webapp.filestore.files import (
    META,
    list_folders,
    read_lines,
    read_meta,
    read_point,
    read_points,
    read_text,
    read_texts,
    read_time,
    read_word,
)
from webapp.filestore.values import (
    ACTIVE,
    DELETED,
    Dataset,
    FileExperiment,
    FileLoggedModel,
    FileModel,
    FileRun,
    FileVersion,
    Links,
    Notice,
    Problem,
)

MODELS = "models"
TRASH = ".trash"
_OF_AN_EXPERIMENT = frozenset({"tags", "datasets", "traces", MODELS})
_STATES = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_SOURCES = {1: "NOTEBOOK", 2: "JOB", 3: "PROJECT", 4: "LOCAL"}
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_LONGEST_ID = 36
_LONGEST_RUN_ID = 32
_LONGEST_NAME = 256


def find_root(path: Path) -> Path | None:
    """Find the file store at `path` or in `mlruns` below it; None where there is none."""
    for root in (path / "mlruns", path):
        if any((folder / META).is_file() for folder in (*list_folders(root), *list_folders(root / TRASH))):
            return root
        if any((folder / META).is_file() for folder in list_folders(root / MODELS)):
            return root
    return None


def list_experiment_folders(root: Path) -> list[Path]:
    """List the folders of experiments, deleted ones last."""
    return [folder for folder in list_folders(root) if folder.name != MODELS] + list_folders(root / TRASH)


def list_run_folders(experiment: Path) -> list[Path]:
    """List the folders of an experiment's runs."""
    return [folder for folder in list_folders(experiment) if folder.name not in _OF_AN_EXPERIMENT]


def list_logged_model_folders(experiment: Path) -> list[Path]:
    """List the folders of the models that an experiment's runs logged."""
    return list_folders(experiment / MODELS)


def list_model_folders(root: Path) -> list[Path]:
    """List the folders of registered models."""
    return list_folders(root / MODELS)


def count_traces(root: Path) -> int:
    """Count the traces, which are not read."""
    return sum(len(list_folders(folder / "traces")) for folder in list_experiment_folders(root))


def read_experiment(folder: Path, notice: Notice) -> FileExperiment | None:
    """Read an experiment."""
    meta = read_meta(folder, notice)
    if meta is None:
        return None
    name = str(meta.get("name") or f"experiment {folder.name}").replace("\0", "")
    if len(name) > _LONGEST_NAME:
        notice(Problem(folder / META, f"has a name of more than {_LONGEST_NAME} characters"))
        return None
    return FileExperiment(
        folder=folder,
        name=name,
        lifecycle_stage=_read_stage(meta),
        artifact_location=str(meta.get("artifact_location") or ""),
        creation_time=read_time(meta.get("creation_time")),
        last_update_time=read_time(meta.get("last_update_time")),
        tags=read_texts(folder / "tags", notice),
    )


def read_run(folder: Path, notice: Notice) -> FileRun | None:
    """Read a run with all that it logged."""
    meta = read_meta(folder, notice)
    if meta is None:
        return None
    run_id = str(meta.get("run_id") or meta.get("run_uuid") or folder.name)
    if not _RUN_ID.fullmatch(run_id):
        notice(Problem(folder / META, f"names a run that cannot be: {run_id[:40]!r}"))
        return None
    return FileRun(
        folder=folder,
        run_id=run_id,
        artifact_uri=str(meta.get("artifact_uri") or ""),
        columns=_read_columns(meta),
        params=read_texts(folder / "params", notice),
        tags=read_texts(folder / "tags", notice),
        points=read_points(folder / "metrics", notice),
        links=_read_links(folder, notice),
    )


def _read_columns(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": read_word(meta.get("run_name") or meta.get("name"), 250) or None,
        "user_id": read_word(meta.get("user_id"), 256),
        "status": _choose(meta.get("status"), _STATES, "RUNNING"),
        "start_time": read_time(meta.get("start_time")),
        "end_time": read_time(meta.get("end_time")),
        "deleted_time": read_time(meta.get("deleted_time")),
        "lifecycle_stage": _read_stage(meta),
        "source_type": _choose(meta.get("source_type"), _SOURCES, "UNKNOWN"),
        "source_name": read_word(meta.get("source_name"), 500),
        "entry_point_name": read_word(meta.get("entry_point_name"), 50),
        "source_version": read_word(meta.get("source_version"), 50),
    }


def _choose(value: Any, names: Mapping[int, str], default: str) -> str:
    """A word that a `meta.yaml` gives by its number, or by itself."""
    if type(value) is int:
        return names.get(value, default)
    return value if value in list(names.values()) else default


def _read_stage(meta: Mapping[str, Any]) -> str:
    return DELETED if meta.get("lifecycle_stage") == DELETED else ACTIVE


def _read_links(folder: Path, notice: Notice) -> Links:
    datasets, models = [], []
    for place in list_folders(folder / "inputs"):
        meta: dict[str, Any] = read_meta(place, notice) or {}
        if meta.get("source_type") == "MODEL":
            models.append(str(meta.get("source_id")))
        elif meta.get("source_type") == "DATASET":
            found = _read_dataset(folder.parent / "datasets" / str(meta.get("source_id")), notice)
            tags = {read_word(key, 255): read_word(value, 500) for key, value in (meta.get("tags") or {}).items()}
            datasets += [(found, tags)] if found else []
    outputs = [
        (place.name, read_time(said.get("step")) or 0)
        for place in list_folders(folder / "outputs")
        if (said := read_meta(place, notice)) is not None
    ]
    return Links(
        tuple(datasets),
        tuple(model for model in models if len(model) <= _LONGEST_ID),
        tuple((model, step) for model, step in outputs if len(model) <= _LONGEST_ID),
    )


def _read_dataset(folder: Path, notice: Notice) -> Dataset | None:
    meta = read_meta(folder, notice)
    if meta is None:
        return None
    schema, profile = meta.get("schema"), meta.get("profile")
    return Dataset(
        name=read_word(meta.get("name"), 500),
        digest=read_word(meta.get("digest"), _LONGEST_ID),
        source_type=read_word(meta.get("source_type"), _LONGEST_ID),
        source=read_word(meta.get("source"), 65_535),
        schema=None if schema is None else read_word(schema, 65_535),
        profile=None if profile is None else read_word(profile, 16_777_215),
    )


def read_logged_model(folder: Path, notice: Notice) -> FileLoggedModel | None:
    """Read a model that a run logged."""
    meta = read_meta(folder, notice)
    if meta is None:
        return None
    status = meta.get("status")
    return FileLoggedModel(
        folder=folder,
        model_id=read_word(meta.get("model_id") or folder.name, _LONGEST_ID),
        artifact_location=read_word(meta.get("artifact_location"), 1000),
        columns={
            "name": read_word(meta.get("name"), 500),
            "creation_timestamp_ms": read_time(meta.get("creation_timestamp")) or 0,
            "last_updated_timestamp_ms": read_time(meta.get("last_updated_timestamp")) or 0,
            "status": status if type(status) is int else 0,
            "lifecycle_stage": _read_stage(meta),
            "model_type": read_word(meta.get("model_type"), 500) or None,
            "source_run_id": read_word(meta.get("source_run_id"), _LONGEST_RUN_ID) or None,
            "status_message": read_word(meta.get("status_message"), 1000) or None,
        },
        params=read_texts(folder / "params", notice),
        tags=read_texts(folder / "tags", notice),
        metrics=_read_model_metrics(folder / "metrics", notice),
    )


def _read_model_metrics(folder: Path, notice: Notice) -> tuple[dict[str, Any], ...]:
    """Read lines of timestamp, value, step and run, with the name and digest of a dataset where there was one."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for key, path, number, words in read_lines(folder, notice):
        try:
            timestamp, value, step, run_id, *dataset = words
            point = read_point(key, [timestamp, value, step])
        except ValueError:
            notice(Problem(path, "is not “timestamp value step run”", number))
            continue
        name, digest = dataset if len(dataset) == 2 else (None, None)  # noqa: PLR2004 - a name and a digest
        rows[key, point.timestamp, point.step, run_id] = {
            "metric_name": key,
            "metric_timestamp_ms": point.timestamp,
            "metric_step": point.step,
            "metric_value": None if point.is_nan else point.value,
            "run_id": run_id,
            "dataset_name": name,
            "dataset_digest": digest,
        }
    return tuple(rows.values())


def read_model(folder: Path, notice: Notice) -> FileModel | None:
    """Read a registered model."""
    meta = read_meta(folder, notice)
    if meta is None:
        return None
    versions = (_read_version(place, notice) for place in list_folders(folder) if place.name.startswith("version-"))
    return FileModel(
        folder=folder,
        name=read_word(meta.get("name") or folder.name, _LONGEST_NAME),
        columns={
            "creation_time": read_time(meta.get("creation_timestamp")),
            "last_updated_time": read_time(meta.get("last_updated_timestamp")),
            "description": read_word(meta.get("description"), 5000) or None,
        },
        tags=read_texts(folder / "tags", notice),
        aliases=_read_aliases(folder / "aliases", notice),
        versions=tuple(sorted((found for found in versions if found), key=lambda found: found.version)),
    )


def _read_aliases(folder: Path, notice: Notice) -> dict[str, int]:
    aliases = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        text = (read_text(path, notice) or "").strip()
        if text.isdecimal() and len(text) < 10:  # noqa: PLR2004 - what an INTEGER holds
            aliases[path.name] = int(text)
        else:
            notice(Problem(path, "names no version"))
    return aliases


def _read_version(folder: Path, notice: Notice) -> FileVersion | None:
    meta = read_meta(folder, notice)
    if meta is None:
        return None
    version = str(meta.get("version") or folder.name.removeprefix("version-"))
    if not version.isdecimal() or len(version) >= 10:  # noqa: PLR2004
        notice(Problem(folder / META, "names no version"))
        return None
    lengths = {"source": 500, "storage_location": 500, "run_id": 32, "run_link": 500, "user_id": 256}
    texts = {name: read_word(meta.get(name), length) or None for name, length in lengths.items()}
    rest = {
        "creation_time": read_time(meta.get("creation_timestamp")),
        "last_updated_time": read_time(meta.get("last_updated_timestamp")),
        "description": read_word(meta.get("description"), 5000) or None,
        "current_stage": read_word(meta.get("current_stage"), 20, "None"),
        "status": read_word(meta.get("status"), 20, "READY"),
        "status_message": read_word(meta.get("status_message"), 500) or None,
    }
    return FileVersion(folder, int(version), texts | rest, read_texts(folder / "tags", notice))
