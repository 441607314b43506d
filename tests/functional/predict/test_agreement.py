"""One row, one answer, whatever the door: the API, the form and MLflow's protocol, on all 666 real rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from ml.clean import clean_records
from ml.serve.export import export_model
from ml.source.table import read_table
from ml.train.families import FAMILIES
from ml.train.fit import fit_family
from tests.builders.accounts import visit
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.stores import write_experiment
from tests.builders.tables import student_spec
from webapp.predict.forms import NOT_KNOWN
from webapp.predictions.queries import find_request

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

RUN = "e" * 32
REQUEST = re.compile(r"<code>([0-9a-f]{32})</code>")


@pytest.fixture
def rows(app: Flask, uci_arff: Path) -> list[dict[str, str | None]]:
    """The real rows, with a model in use that learnt from them."""
    spec = student_spec()
    table = clean_records(read_table(uci_arff)[0], spec).table
    content = export_model(fit_family(FAMILIES["random_forest"], table, spec, 0), spec)
    with app.extensions["proctor_store"].write() as conn:
        write_experiment(conn)
        folder = write_trained_run(conn, app.extensions["proctor_settings"].artifact_root, RUN, make_evaluation())
        write_version(conn, 1, RUN, content, folder)
        write_alias(conn, "champion", 1)
    inputs = table[list(spec.feature_names)]
    found = inputs.astype(object).where(pd.notna(inputs), None).to_dict(orient="records")
    assert len(found) == 666
    return [{str(name): cell for name, cell in row.items()} for row in found]


@pytest.mark.slow  # 666 forms
def test_api_form_and_mlflows_protocol_answer_all_real_rows_alike(
    app: Flask, rows: list[dict[str, str | None]]
) -> None:
    client, visitor = app.test_client(), visit(app)
    by_api = client.post("/api/v1/predictions", json={"rows": rows}).get_json()["predictions"]
    by_mlflow = client.post("/invocations", json={"dataframe_records": rows}).get_json()["predictions"]
    token = visitor.token()
    by_form = []
    for row in rows:
        fields = {f"column-{place}": cell or NOT_KNOWN for place, cell in enumerate(row.values())}
        page = visitor.client.post("/predict", data={"csrf_token": token, **fields}).text
        (number,) = set(REQUEST.findall(page))
        by_form.append(number)
    with app.extensions["proctor_store"].read() as conn:
        requests = [find_request(conn, number) for number in by_form]
    logged = [(request.classes, request.rows[0]) for request in requests if request]
    assert len(logged) == 666
    for place, (classes, row) in enumerate(logged):
        assert row.answer == by_api[place]["class"] == by_mlflow[place]
        assert dict(zip(classes, row.shares, strict=True)) == pytest.approx(by_api[place]["probabilities"], abs=1e-12)
