"""What the job does. Runs in the worker's child process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ml.batch.requests import BatchRequest, BatchResult
from ml.results import Report
from ml.serve.contract import ModelFileError
from ml.settings import Settings
from ml.spec import load_spec
from webapp.champion import load_version
from webapp.jobs.queue import Job
from webapp.jobs.uploads import upload_path
from webapp.models.queries import ModelVersion, find_version
from webapp.predict.files.actions import ROLE
from webapp.predict.files.keeping import Keeper, count_classes
from webapp.predict.files.places import SUMMARY, result_path, write_note
from webapp.predictions.log import PredictionLog
from webapp.store.session import Store, open_store

PredictFile = Callable[..., BatchResult]


def answer_file(settings: Settings, job: Job, report: Report, predict_file: PredictFile) -> dict[str, Any]:
    """Answer an upload with the version that it was sent to, and return what the job's row keeps of it.

    Raises
    ------
    ml.serve.contract.ModelFileError
        Where that version is no more.
    """
    store = open_store(settings.database_url)
    try:
        version = _find_version(store, job)
        predictor, spec = load_version(version, settings.artifact_roots), load_spec(settings.spec_path)
        left_out = frozenset() if settings.log_sensitive else frozenset(spec.sensitive_names)
        keeper = Keeper(PredictionLog(store), job, version, predictor, left_out)
        result = result_path(settings.data_dir, job.id, job.params["form"])
        result.parent.mkdir(parents=True, exist_ok=True)
        done = predict_file(_make_request(settings, job, version), predictor, spec, keeper.keep, report)
    finally:
        store.close()
    problems = {"problems": [asdict(problem) for problem in done.problems], "problem_count": done.problem_count}
    write_note(settings.data_dir, job.id, SUMMARY, problems)
    return {
        "rows": done.rows,
        "answered": done.answered,
        "problem_count": done.problem_count,
        "form": job.params["form"] if done.is_written else None,
        "model": version.name,
        "version": version.version,
        "classes": count_classes(predictor.classes, done.counts),
    }


def _find_version(store: Store, job: Job) -> ModelVersion:
    with store.read() as conn:
        version = find_version(conn, job.params["model"], job.params["version"])
    if version is None or version.file_sha256 != job.params["sha256"]:
        raise ModelFileError(f"version {job.params['version']} was deleted meanwhile: send the file again")
    return version


def _make_request(settings: Settings, job: Job, version: ModelVersion) -> BatchRequest:
    return BatchRequest(
        path=upload_path(settings.data_dir, job.id, ROLE, job.params["about"]),
        result=result_path(settings.data_dir, job.id, job.params["form"]),
        form=job.params["form"],
        label=f"{version.name} v{version.version}",
        skip_bad=job.params["skip_bad"],
        expected=job.params["rows"],
        is_checked=job.params["is_checked"],
    )
