"""A run as it was made: what was asked for, where, and what it predicted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from ml.places import ArtifactRoots
from ml.report.predictions import UnreadablePredictionsError, predictions_sha256, read_csv, read_npz
from ml.reproduction.surroundings import Surroundings, read_surroundings
from ml.results import OutOfFold, TrainingRequest
from ml.settings import Settings
from ml.spec import load_spec

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ml.track.kept import KeptRun

DATASET_TAG = "proctor.dataset"
PREDICTIONS_TAG = "proctor.out_of_fold_sha256"
_NOT_REPEATED = frozenset({"user", "job_id", "reproduces"})
"""Who asked, and through what: no part of what is made again."""


class ReproductionError(ValueError):
    """The run cannot be made again; the message says why."""


@dataclass(frozen=True)
class Original:
    """A run that is to be made again."""

    run_id: str
    name: str
    request: TrainingRequest
    unknown_wishes: Mapping[str, str]
    """What was asked for that this release does not know, as text."""
    surroundings: Surroundings
    out_of_fold: OutOfFold
    answers: npt.NDArray[np.int64]
    """Shape (repeats, rows): index of the most likely class."""
    is_exact: bool
    """Whether `out_of_fold` has all bits; else it is rounded."""
    recorded_sha256: str
    """Of the predictions when they were logged; empty where an older release did not say."""

    @property
    def found_sha256(self) -> str:
        """Of the predictions as they were found."""
        return predictions_sha256(self.out_of_fold)


def read_original(client: MlflowClient, run_id: str, settings: Settings) -> Original:
    """Read the run `run_id` from the store and its artifacts.

    Raises
    ------
    ReproductionError
        Where there is no such run, where it is none of ours or about another dataset than the settings name, where it
        did not finish or lacks an artifact.
    """
    from ml.track.kept import find_kept_run  # noqa: PLC0415 - mlflow costs seconds that a comparison need not pay

    run = find_kept_run(client, run_id)
    if run is None:
        raise ReproductionError(f"there is no run {run_id!r}, or it was deleted")
    if not run.tags.get(DATASET_TAG):
        raise ReproductionError(f"run {run_id} was not made by Proctor, so nobody knows how to make it again")
    if run.status != "FINISHED":
        raise ReproductionError(f"run {run_id} did not finish ({run.status}), so there is nothing to hold a new one to")
    if (wanted := run.tags[DATASET_TAG]) != (named := load_spec(settings.spec_path).name):
        raise ReproductionError(
            f"run {run_id} is about {wanted}, and the settings name the spec of {named}; set PROCTOR_SPEC"
        )
    documents = _Documents(client, run, settings.artifact_roots)
    report = documents.read_json("report.json")
    request, unknown = read_request(report.get("request"), run_id)
    out_of_fold, answers, is_exact = _read_predictions(documents, report)
    return Original(
        run_id=run_id,
        name=run.name,
        request=request,
        unknown_wishes=unknown,
        surroundings=read_surroundings(run.tags, documents.find_text("environment.txt")),
        out_of_fold=out_of_fold,
        answers=answers,
        is_exact=is_exact,
        recorded_sha256=run.tags.get(PREDICTIONS_TAG, ""),
    )


def read_request(document: Any, run_id: str) -> tuple[TrainingRequest, Mapping[str, str]]:
    """Read a request as `report.json` has it, and, as text, the wishes in it that this release does not know.

    What an older release did not know to ask for is at its default, which is what that release did.

    Raises
    ------
    ReproductionError
        Where it is no request.
    """
    try:
        request = TypeAdapter(TrainingRequest).validate_python(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "request"
        raise ReproductionError(
            f"run {run_id}: its report.json does not say what was asked for ({where}: {first['msg']})"
        ) from error
    known = {item.name for item in fields(TrainingRequest)}
    unknown = {name: json.dumps(value) for name, value in document.items() if name not in known | _NOT_REPEATED}
    return request, unknown


@dataclass(frozen=True)
class _Documents:
    """The artifacts of a run."""

    client: MlflowClient
    run: KeptRun
    artifact_roots: ArtifactRoots

    def find(self, name: str) -> bytes | None:
        from ml.track.kept import read_artifact  # noqa: PLC0415 - mlflow, as above

        return read_artifact(self.client, self.run, name, self.artifact_roots)

    def find_text(self, name: str) -> str:
        return (self.find(name) or b"").decode(errors="replace")

    def read_json(self, name: str) -> dict[str, Any]:
        content = self.find(name)
        if content is None:
            raise ReproductionError(f"run {self.run.run_id}: its {name} is gone, which says what was asked for")
        try:
            document = json.loads(content)
        except ValueError as error:
            raise ReproductionError(f"run {self.run.run_id}: its {name} cannot be read: {error}") from error
        return document if isinstance(document, dict) else {}


def _read_predictions(
    documents: _Documents, report: Mapping[str, Any]
) -> tuple[OutOfFold, npt.NDArray[np.int64], bool]:
    """Read the predictions with all their bits, or, of an older run, rounded."""
    run_id = documents.run.run_id
    try:
        if (content := documents.find("out_of_fold.npz")) is not None:
            found = read_npz(content)
            return found, found.probabilities.argmax(axis=2).astype(np.int64), True
        if (content := documents.find("out_of_fold.csv")) is not None:
            rounded, answers = read_csv(content, tuple(report["evaluation"]["classes"]))
            return rounded, answers, False
    except (UnreadablePredictionsError, KeyError, TypeError) as error:
        raise ReproductionError(f"run {run_id}: its out-of-fold predictions cannot be read: {error}") from error
    raise ReproductionError(f"run {run_id}: its out-of-fold predictions are gone, so there is nothing to compare with")
