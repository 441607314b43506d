"""What each kind of job does. Runs in the child process, the only one that imports pandas, scikit-learn and mlflow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert

from ml.examination.audit import AuditRequest, Claim
from webapp.jobs.uploads import upload_path
from webapp.store.tables import dataset

if TYPE_CHECKING:
    from ml.pipeline import Prepared
    from ml.results import Report
    from ml.settings import Settings
    from webapp.jobs.queue import Job


_IN_THE_RUN = ("evaluation", "reproduction")
"""What a training's result has and its run keeps: too long for the job's row."""


def record_nothing(_conn: Connection, _now: int) -> None:
    """For work whose result is all that it leaves in our tables."""


@dataclass(frozen=True)
class Outcome:
    """What the work found. `record` writes what belongs to it in the transaction that ends the job."""

    result: Mapping[str, Any]
    record: Callable[[Connection, int], None] = record_nothing


Work = Callable[["Settings", "Job", "Report"], Outcome]


def prepare_data(settings: Settings, _job: Job, report: Report) -> Outcome:
    """Obtain, clean and explore the dataset; a new row makes it the one in use."""
    from ml.pipeline import prepare

    prepared = prepare(settings, report)
    row = describe_dataset(prepared, settings.data_dir)

    def record(conn: Connection, now: int) -> None:
        conn.execute(insert(dataset).values(**row, prepared_at=now))

    return Outcome({"rows": row["rows"], "content_sha256": row["content_sha256"]}, record)


def train_model(settings: Settings, job: Job, report: Report) -> Outcome:
    """Evaluate, fit, log and register one family as asked."""
    from ml.pipeline import train
    from ml.results import TrainingRequest, to_json

    request = TrainingRequest(**(dict(job.params) | {"user": job.created_by, "job_id": job.id}))
    trained = to_json(train(settings, request, report))
    return Outcome({name: value for name, value in trained.items() if name not in _IN_THE_RUN})


def audit_upload(settings: Settings, job: Job, report: Report) -> Outcome:
    """Examine what somebody uploaded or claimed; the worker deletes the files once the job has ended."""
    from ml.pipeline import audit_files
    from ml.results import to_json

    return Outcome({"audit": to_json(audit_files(read_audit_request(job, settings.data_dir), report))})


def read_audit_request(job: Job, data_dir: Path) -> AuditRequest:
    """What is to be examined, from a job's parameters and the files that lie under its id."""
    params = job.params

    def find(role: str) -> Path | None:
        return upload_path(data_dir, job.id, role, params[role]) if role in params else None

    claim = Claim(params["metric"], float(params["value"]), params.get("rows")) if "value" in params else None
    return AuditRequest(
        table=find("table"),
        target=params.get("target", ""),
        predictions=find("predictions"),
        training=find("training"),
        claim=claim,
        tried=params.get("tried", 1),
    )


def reproduce_run(settings: Settings, job: Job, report: Report) -> Outcome:
    """Make a run again and hold it against the original."""
    from ml.pipeline import reproduce

    made = reproduce(settings, job.params["run_id"], report, user=job.created_by, job_id=job.id)
    verdict = made.reproduction.verdict if made.reproduction else ""
    return Outcome({"run_id": made.run_id, "run_name": made.run_name, "family": made.family, "verdict": verdict})


def compare_families(settings: Settings, job: Job, report: Report) -> Outcome:
    """Compare families on the same folds; what was found is a file in the data folder, which pages read."""
    from ml.examination.comparison import ComparisonRequest
    from ml.files import write_files
    from ml.pipeline import compare
    from ml.results import to_json

    request = ComparisonRequest(**(dict(job.params) | {"families": tuple(job.params.get("families", ()))}))
    path = settings.data_dir / "comparisons" / f"{job.id}.json"
    write_files({path: json.dumps(to_json(compare(settings, request, report))).encode()})
    return Outcome({"comparison": relative_to(path, settings.data_dir)})


def fetch_run_artifacts(settings: Settings, job: Job, report: Report) -> Outcome:
    """Bring a run's artifacts here from the store or server where they lie."""
    from ml.pipeline import fetch_artifacts

    fetched = fetch_artifacts(settings, job.params["run_id"], report)
    return Outcome({name: job.params[name] for name in ("run_id", "run_name")} | vars(fetched))


def delete_runs(settings: Settings, job: Job, report: Report) -> Outcome:
    """Delete runs for good, with their artifacts."""
    from webapp.clock import now_ms
    from webapp.runs.edit.folders import make_places
    from webapp.runs.edit.removal import Tools, remove_runs, write_summary
    from webapp.store.session import open_store

    store = open_store(settings.database_url)
    tools = Tools(store, make_places(settings), partial(remove_elsewhere, settings), now_ms)
    removed = remove_runs(tools, job, report)
    store.close()
    return Outcome(removed.result(), lambda conn, now: write_summary(conn, job, removed, now))


def remove_elsewhere(settings: Settings, artifact_uri: str) -> None:
    """Delete artifacts in an object store or on a server; MLflow is loaded only where there are some."""
    from ml.pipeline import remove_artifacts

    remove_artifacts(settings, artifact_uri)


def predict_upload(settings: Settings, job: Job, report: Report) -> Outcome:
    """Answer the rows of a file that somebody uploaded, by the version that answered when they did."""
    from ml.pipeline import predict_file
    from webapp.predict.files.work import answer_file

    return Outcome(answer_file(settings, job, report, predict_file))


WORK: Mapping[str, Work] = {
    "prepare": prepare_data,
    "train": train_model,
    "reproduce": reproduce_run,
    "compare": compare_families,
    "audit": audit_upload,
    "artifacts": fetch_run_artifacts,
    "delete_runs": delete_runs,
    "predict_file": predict_upload,
}


def describe_dataset(prepared: Prepared, data_dir: Path) -> dict[str, Any]:
    """The columns of a row of `proctor_dataset`, with paths relative to the data folder where they lie in it."""
    from ml.results import to_json

    def as_text(value: object) -> str:
        return json.dumps(to_json(value))

    return {
        "name": prepared.spec.name,
        "content_sha256": prepared.origin.content_sha256,
        "spec_sha256": prepared.spec.sha256,
        "rows": len(prepared.cleaned.table),
        "origin": as_text(prepared.origin),
        "cleaning": as_text(prepared.cleaned.report),
        "exploration": as_text(prepared.exploration),
        "raw_path": relative_to(prepared.raw_path, data_dir),
        "clean_path": relative_to(prepared.clean_path, data_dir),
        "rejected_path": relative_to(prepared.rejected_path, data_dir),
    }


def relative_to(path: Path, folder: Path) -> str:
    """The path from `folder` on, so that a moved data folder still finds its files; else as it is."""
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
