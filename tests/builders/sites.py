"""A store in which every page has something to show, written with the words that a test chooses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from ml.clean import clean_records
from ml.examination import Examination
from ml.exploration import Exploration
from ml.results import to_json
from ml.serve.export import export_model
from ml.spec import DatasetSpec
from ml.train.families import FAMILIES
from ml.train.fit import fit_family
from tests.builders.accounts import visit_with_role
from tests.builders.audits import SORTED, STRONG, make_audit
from tests.builders.comparisons import make_comparison, write_comparison
from tests.builders.datasets import make_origin, write_dataset
from tests.builders.explorations import explore
from tests.builders.people import make_model_card, make_people, write_card
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.stores import write_experiment, write_run, write_tag
from tests.builders.tables import student_rows, student_spec, student_table
from webapp.clock import now_ms
from webapp.jobs.queue import insert_job
from webapp.jobs.states import State
from webapp.store import mlflow_tables as mlflow
from webapp.store.tables import event, job

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Connection

    from ml.examination.audit import AuditReport
    from ml.settings import Settings
    from tests.builders.accounts import Visitor

TRAINED, FOREIGN, AUDITED = "a" * 32, "f" * 32, "d" * 32
PAGES = (
    "/",
    "/data",
    "/explore",
    "/runs",
    f"/runs/{TRAINED}",
    f"/runs/{FOREIGN}",
    "/experiments",
    "/experiments/0",
    "/compare",
    "/models",
    "/models/1/card",
    "/predict",
    "/audit",
    f"/audit/{AUDITED}",
    "/admin",
)


def furnish(app: Flask, settings: Settings, words: str = "calm", origin: str = "download") -> Visitor:
    """Write data, runs, a champion, a waiting job and an event that hold `words`; return an admin of that name."""
    admin = visit_with_role(app, "admin", name=words)
    content = export_model(
        fit_family(FAMILIES["single_column"], student_table().table, student_spec(), 0), student_spec()
    )
    with app.extensions["proctor_store"].write() as conn:
        _write_data(conn, settings, words, origin)
        write_experiment(conn)
        found = make_audit(replace(STRONG, where=(words,)), SORTED)
        examination = Examination(audit=found, people=make_people())
        folder = write_trained_run(conn, settings.artifact_root, TRAINED, make_evaluation(), examination, name=words)
        write_card(folder, make_model_card(author=words))
        write_version(conn, 1, TRAINED, content, folder)
        write_alias(conn, "champion", 1)
        write_run(conn, FOREIGN, name=words, user_id=words)
        for run_id in (TRAINED, FOREIGN):
            write_tag(conn, run_id, words, words)
            conn.execute(insert(mlflow.params).values(run_uuid=run_id, key=words, value=words))
        conn.execute(insert(event).values(at=1, user_name=words, action="promote", subject=words, detail=words))
        _write_audited(conn, words, found)
        write_comparison(conn, settings.data_dir, make_comparison(), user=words)
        insert_job(conn, "train", {"family": words}, words, now_ms())
    return admin


def _write_audited(conn: Connection, words: str, found: AuditReport) -> None:
    """Write the job of an upload that was audited."""
    asked = {"about": words, "table": words, "target": words, "metric": "accuracy", "value": "0.99", "rows": 136}
    insert_job(conn, "audit", asked, words, now_ms(), AUDITED)
    done = {"state": State.DONE, "finished_at": now_ms(), "result": json.dumps({"audit": to_json(found)})}
    conn.execute(update(job).where(job.c.id == AUDITED).values(**done))


def explore_shipped_spec(spec: DatasetSpec) -> Exploration:
    """Forty made-up rows of the shipped spec; its second feature tells the class, the rest say nothing."""
    classes = spec.target.categories
    cells = {spec.target.name: [classes[row % 2] for row in range(40)]}
    for place, column in enumerate(spec.features):
        cells[column.name] = [column.categories[row % 2 if place == 1 else row // 20] for row in range(40)]
    return explore(spec, cells)


def _write_data(conn: Connection, settings: Settings, words: str, origin: str) -> None:
    spec, rows = student_spec(), student_rows()
    rows.iloc[0, 1], rows.iloc[1, 0] = words, words
    exploration = json.dumps(to_json(explore_shipped_spec(spec)))
    where = make_origin(spec, kind=origin, name=words, location=words)
    write_dataset(conn, settings.data_dir, spec, clean_records(rows, spec), where, exploration=exploration)
