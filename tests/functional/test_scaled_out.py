"""Proctor spread out as an operator would: PostgreSQL, a web process without a worker, a worker apart."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from ml.settings import ROOT
from tests.builders.accounts import ADMIN, PASSWORD, find_token
from tests.builders.jobs import wait_until
from tests.builders.servers import make_environment, serve, work
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows

pytestmark = pytest.mark.postgresql

MODEL = "pump_condition"
PUMP = {"temperature": 91.5, "vibration": 6.2, "maker": "Sur", "operator": "day"}
TRAINED_WITHIN = 240.0
PAGES = ("/", "/data", "/explore", "/runs", "/models", "/predict", "/admin", "/api/v1/runs")

# In a process of its own, with nothing of ours but the model: python -c … ROW, prints the class
_PREDICT = f"""
import json, sys, mlflow.sklearn, pandas
pipeline = mlflow.sklearn.load_model("models:/{MODEL}@champion")
print(pipeline.predict(pandas.DataFrame([json.loads(sys.argv[1])]))[0])
"""


class Site:
    """An admin's browser on a running server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=60)

    def api(self, path: str) -> Any:
        answer = self.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, **fields: object) -> requests.Response:
        token = find_token(self.get("/no-such-page").text)
        return self.session.post(self.url + path, data={"csrf_token": token, **fields}, timeout=60)

    def predict(self, row: dict[str, Any]) -> dict[str, Any]:
        answer = self.session.post(f"{self.url}/api/v1/predictions", json={"rows": [row]}, timeout=60)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def retrain(self, runs: int) -> None:
        """Ask for a quick training, and wait until there are so many runs."""
        asked = {"family": "logistic_regression", "folds": 3, "repeats": 1, "seed": 1, "with_sensitive": "y"}
        assert self.send("/admin/retrain", **asked).status_code == 200
        wait_until(lambda: self.count_finished() == runs, TRAINED_WITHIN)

    def count_finished(self) -> int:
        return sum(run["status"] == "FINISHED" for run in self.api("runs")["runs"])


@pytest.mark.timeout(900)
def test_web_and_worker_apart_on_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    raw = tmp_path / "pumps.csv"
    pump_rows().to_csv(raw, index=False)
    plain_url = postgresql_url.replace("+psycopg", "")
    settings = {
        "database_url": plain_url,
        "queue_url": plain_url,
        "embedded_worker": "no",
        "spec": str(SECOND_SPEC_PATH),
        "raw_data": str(raw),
    }
    create_admin(make_environment(tmp_path, **settings))
    with serve(tmp_path, **settings) as server:
        site = Site(server.url)
        assert site.get("/health").json()["worker"] == "away"
        with work(tmp_path, **settings) as worker:
            wait_until(lambda: site.get("/health").json()["worker"] == "ok", 60)
            assert site.send("/login", name=ADMIN, password=PASSWORD).url == f"{server.url}/"
            site.retrain(runs=1)
            site.retrain(runs=2)
            look_at_every_page(site)
            promote_the_second(site)
            ask_mlflow(postgresql_url, site.predict(PUMP)["predictions"][0]["class"])
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
        health = site.get("/health").json()
        assert [health[part] for part in ("status", "store", "worker", "model")] == ["ok", "ok", "away", "ok"]
        assert health["answering"] == health["champion"]
    for log in ("server.log", "worker.log"):
        assert "Traceback" not in (tmp_path / log).read_text()


def create_admin(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "create-admin", "--name", ADMIN, "--password-stdin"]
    done = subprocess.run(command, env=environ, cwd=ROOT, input=PASSWORD, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def look_at_every_page(site: Site) -> None:
    runs = [f"/runs/{run['id']}" for run in site.api("runs")["runs"]]
    assert {path: site.get(path).status_code for path in (*PAGES, *runs)} == dict.fromkeys((*PAGES, *runs), 200)


def promote_the_second(site: Site) -> None:
    assert site.predict(PUMP)["model_version"] == 1
    assert site.send(f"/models/{MODEL}/2/promote", reason="it is newer").status_code == 200
    assert site.predict(PUMP)["model_version"] == 2
    assert site.get("/health").json()["champion"] == {"name": MODEL, "version": 2}


def ask_mlflow(url: str, expected: str) -> None:
    """MLflow finds the champion and its pipeline says the same as our site, for whoever has the store's URL alone."""
    environ = {name: value for name, value in make_environment(Path("/nowhere")).items() if "PROCTOR" not in name}
    done = subprocess.run(
        [sys.executable, "-c", _PREDICT, json.dumps(PUMP)],
        env=environ | {"MLFLOW_TRACKING_URI": url}, cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == expected
