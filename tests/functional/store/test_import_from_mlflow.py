"""What MLflow's own file store holds is what its client finds in ours after an import."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.builders.stores import environment, run
from tests.conftest import SettingsFactory
from webapp import create_app

pytestmark = pytest.mark.slow  # MLflow's client, in processes of its own

# python -c … ROOT FOLDER: what MLflow 3 writes into a file store
_WRITE = """
import math, sys
from pathlib import Path
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset, DatasetInput, InputTag, LoggedModelInput, LoggedModelOutput, Metric, Param, RunTag,
)
root, folder = sys.argv[1:]
client = MlflowClient(tracking_uri=root, registry_uri=root)
experiment = client.create_experiment("of files", tags={"note": "kept"})
run = client.create_run(experiment, run_name="whole 🌱", tags={"mlflow.parentRunId": "p"}).info.run_id
model = client.create_logged_model(experiment, "net", source_run_id=run, params={"p": "1"}, tags={"t": "2"})
data = DatasetInput(Dataset("iris", "abc", "local", "{}"), [InputTag("mlflow.data.context", "training")])
store = client._tracking_client.store
store.log_inputs(run, [data], [LoggedModelInput(model.model_id)])
store.log_outputs(run, [LoggedModelOutput(model.model_id, 3)])
client.log_batch(
    run,
    [Metric("a/b", math.nan, 1, 0), Metric("inf", math.inf, 1, 0), Metric("acc", 0.5, 1, 0, model_id=model.model_id)]
    + [Metric("loss", 1 / (step + 1), step, step) for step in range(300)],
    [Param("lines", "one\\ntwo\\r\\n"), Param("empty", "")],
    [RunTag("odd key.of-theirs/x", "")],
)
client.log_text(run, "text", "deep/er/file.txt")
(Path(folder) / "MLmodel").write_text("flavors: {}")
client.log_model_artifacts(model.model_id, folder)
client.finalize_logged_model(model.model_id, "READY")
client.set_terminated(run, "FAILED")
gone = client.create_run(experiment, run_name="gone").info.run_id
client.delete_run(gone)
client.create_registered_model("net", tags={"a": "b"}, description="words")
client.create_model_version("net", client.get_run(run).info.artifact_uri + "/deep", run_id=run, tags={"v": "1"})
client.set_registered_model_alias("net", "best", 1)
trash = client.create_experiment("in the trash")
client.create_run(trash)
client.delete_experiment(trash)
"""

# python -c … URI: all of it as MLflow's client reads it, but for the ids that a store gives by itself. In a database
# an infinity is the largest float, to MLflow's client as well.
_READ = """
import json, sys
from mlflow import MlflowClient
from mlflow.entities import ViewType
uri = sys.argv[1]
show = lambda value: repr(value).replace("inf", "1.7976931348623157e+308")
client = MlflowClient(tracking_uri=uri, registry_uri=uri)
found = {}
for experiment in client.search_experiments(ViewType.ALL):
    runs = client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)
    found[experiment.name] = {
        "stage": experiment.lifecycle_stage,
        "tags": experiment.tags,
        "runs": {run.info.run_id: {
            "info": {key: value for key, value in dict(run.info).items() if key != "experiment_id"},
            "params": run.data.params,
            "tags": {key: value for key, value in run.data.tags.items() if not key.startswith("proctor.imported")},
            "metrics": {key: show(value) for key, value in run.data.metrics.items()},
            "history": [
                (m.key, show(m.value), m.step, m.timestamp)
                for key in sorted(run.data.metrics)
                for m in sorted(client.get_metric_history(run.info.run_id, key), key=lambda m: m.step)
            ],
            "inputs": [
                (str(dict(held.dataset)), [dict(tag) for tag in held.tags]) for held in run.inputs.dataset_inputs
            ],
            "models": [held.model_id for held in client.get_run(run.info.run_id).inputs.model_inputs],
            "outputs": [(held.model_id, held.step) for held in run.outputs.model_outputs],
            "files": [held.path for held in client.list_artifacts(run.info.run_id, "deep/er")],
        } for run in runs},
        "logged": [
            (model.model_id, model.name, str(model.status), model.params,
             {key: value for key, value in model.tags.items() if key != "proctor.imported"},
             [(m.key, m.value, m.step, m.run_id) for m in model.metrics or []])
            for model in client.search_logged_models([experiment.experiment_id])
        ] if experiment.lifecycle_stage == "active" else [],
    }
for model in client.search_registered_models():
    tags = {key: value for key, value in model.tags.items() if key != "proctor.imported"}
    found["model " + model.name] = (tags, model.description, {key: str(value) for key, value in model.aliases.items()})
    version = client.get_model_version(model.name, "1")
    found["version"] = (version.run_id, version.tags, version.current_stage, version.status, version.source)
print(json.dumps(found, sort_keys=True))
"""


def test_mlflows_client_reads_the_same_from_both(
    store_url: str, make_settings: SettingsFactory, tmp_path: Path
) -> None:
    root = str(tmp_path / "mlruns")
    (tmp_path / "model").mkdir()
    environ = environment(store_url) | {"MLFLOW_ALLOW_FILE_STORE": "true", "PYTHONWARNINGS": "ignore"}
    written = run([sys.executable, "-c", _WRITE, root, str(tmp_path / "model")], environ)
    assert written.returncode == 0, written.stderr
    app = create_app(make_settings(database_url=store_url))
    done = app.test_cli_runner().invoke(args=["store", "import", root])
    app.extensions["proctor_store"].close()
    assert done.exit_code == 0, done.output
    there, here = (run([sys.executable, "-c", _READ, uri], environ) for uri in (root, store_url))
    assert (there.returncode, here.returncode) == (0, 0), there.stderr + here.stderr
    expected, found = json.loads(there.stdout), json.loads(here.stdout)
    assert len(expected["of files"]["runs"]) == 2
    for run_there in expected["in the trash"]["runs"].values():  # MLflow names the place before the trash
        place = run_there["info"]["artifact_uri"].replace("mlruns/", "mlruns/.trash/")
        run_there["info"]["artifact_uri"] = f"file://{place}"
    assert expected == found
