"""Where, when and with what a run took place, from its row, its tags, and the files that MLflow keeps with a model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from flask_babel import gettext as _

from webapp.artifacts import find_artifact
from webapp.formats import duration, when
from webapp.record.pages import Fact
from webapp.record.queries import Surroundings
from webapp.runs.queries import RunDetail

LARGEST_READ = 64_000
_PLACES = ("", "model/")
"""Where a model's environment is written down: at the top, and where MLflow puts a model by custom."""
_PYTHON = re.compile(r"^\s*-?\s*(?:python|python_version)\s*[:=]+\s*[\"']?(\d[\w.]*)", re.MULTILINE)
_PIN = re.compile(r"^([A-Za-z0-9][\w.\-]*)(?:\[[^\]]*\])?==([\w.+!\-]+)\s*$", re.MULTILINE)


def list_facts(found: RunDetail, around: Surroundings, folder: Path | None) -> tuple[Fact, ...]:
    """What is known of the run's time, place, code and environment; what is not is left out."""
    run, marks = found.row, {**around.source, **dict(found.tags)}
    facts = (
        Fact(_("Run id"), run.run_id, is_code=True),
        Fact(_("Experiment"), f"{around.experiment} ({run.experiment_id})" if around.experiment else ""),
        Fact(_("Began"), f"{when(run.started_at)} UTC" if run.started_at is not None else ""),
        Fact(_("Ended"), f"{when(run.finished_at)} UTC" if run.finished_at is not None else ""),
        Fact(_("Took"), duration(run.duration) if run.duration is not None else ""),
        Fact(_("By"), run.user_name or marks.get("mlflow.user", "")),
        Fact(_("Source"), _join(marks, "mlflow.source.name", "mlflow.source.type")),
        Fact(_("Entry point"), _known(marks, "mlflow.project.entryPoint")),
        Fact(_("Code"), _find_code(marks), is_code=True),
        Fact(_("Branch"), marks.get("mlflow.source.git.branch", "")),
        Fact(_("Repository"), marks.get("mlflow.source.git.repoURL", "")),
        Fact("Python", marks.get("proctor.python") or _find_python(folder)),
        Fact(_("Platform"), marks.get("proctor.platform", "")),
        Fact(_("Linear algebra"), marks.get("proctor.blas", "")),
    )
    return tuple(fact for fact in facts if fact.value)


def list_libraries(marks: Mapping[str, str], folder: Path | None) -> tuple[str, ...]:
    """The libraries with their versions: as tagged, else as the requirements among the files say."""
    try:
        tagged = json.loads(marks.get("proctor.versions", "{}"))
    except (ValueError, RecursionError):
        tagged = {}
    if isinstance(tagged, dict) and tagged:
        return tuple(f"{name} {version}" for name, version in tagged.items())
    text = _read_first(folder, ("requirements.txt",))
    return tuple(f"{name} {version}" for name, version in _PIN.findall(text))


def _find_code(marks: Mapping[str, str]) -> str:
    code = _known(marks, "proctor.code_version") or _known(marks, "mlflow.source.git.commit")
    is_dirty = marks.get("mlflow.source.git.dirty", "").lower() == "true"
    return _("%(commit)s, with changes", commit=code) if code and is_dirty else code


def _known(marks: Mapping[str, str], key: str) -> str:
    value = marks.get(key, "")
    return "" if value == "unknown" else value


def _join(marks: Mapping[str, str], key: str, aside: str) -> str:
    value, said = marks.get(key, ""), marks.get(aside, "")
    return f"{value} ({said})" if value and said else value


def _find_python(folder: Path | None) -> str:
    found = _PYTHON.search(_read_first(folder, ("python_env.yaml", "conda.yaml", "MLmodel")))
    return found[1] if found else ""


def _read_first(folder: Path | None, names: tuple[str, ...]) -> str:
    """The beginning of the first of these files that there is."""
    wanted = (f"{place}{name}" for place in _PLACES for name in names)
    path = next((path for name in wanted if folder and (path := find_artifact(folder, name))), None)
    if path is None:
        return ""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(LARGEST_READ)
    except OSError:
        return ""
