"""A model answered by scikit-learn in a process apart, beside one of which there is a graph.

    .venv/bin/python -m benchmarks.apart [--requests 400]

LightGBM (needs requirements-boosting.in) and the logistic regression on the stand-in data, each one's answers over
HTTP, logged. Prints seconds until the process apart answers, at first and after a promotion; milliseconds a request of
one row; and the memory of the web process and of the one apart (RSS).
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.start_up import ROOT, start_server
from ml.pipeline import train
from ml.results import TrainingRequest
from ml.settings import Settings
from ml.spec import load_spec
from tests.builders.runs import write_alias
from tests.builders.stores import alembic
from webapp.store.session import open_store

APART, GRAPH = "lightgbm", "logistic_regression"
SPEC = ROOT / "data" / "student_performance.yaml"


@dataclass(frozen=True)
class Client:
    """One connection, which is kept."""

    line: http.client.HTTPConnection
    body: str

    def ask(self) -> tuple[float, int]:
        """Return the milliseconds that an answer took, and which version it names."""
        began = time.perf_counter()
        self.line.request("POST", "/api/v1/predictions", self.body, {"Content-Type": "application/json"})
        answer = self.line.getresponse()
        found = json.loads(answer.read())
        assert answer.status == HTTPStatus.OK, found
        return (time.perf_counter() - began) * 1000, found["model_version"]

    def measure(self, requests: int) -> list[float]:
        """Ask so often, one after another."""
        return sorted(self.ask()[0] for _ in range(requests))


def main() -> None:
    """Train both, ask both, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=400)
    requests = parser.parse_args().requests
    spec = load_spec(SPEC)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = prepare(folder)
        with start_server("proctor", folder, url) as server:
            body = json.dumps({"rows": [{column.name: column.categories[0] for column in spec.features}]})
            client = Client(http.client.HTTPConnection(urlsplit(server.address).netloc), body)
            first = client.ask()[0] / 1000
            apart = client.measure(requests)
            memory = {"web": weigh(server.pid), "apart": weigh(find_apart(server.pid))}
            promote(url, spec.name, 2)
            graph = client.measure(requests)
            promote(url, spec.name, 1)
            after = await_version(client, 1)
    print(f"first answer, with its start      {first:8.2f} s")
    print(f"after a promotion, asked each 50 ms {after:6.2f} s")
    for what, took in (("apart", apart), ("graph", graph)):
        print(f"one row, {what}: median {statistics.median(took):6.2f} ms   p95 {took[int(len(took) * 0.95)]:6.2f} ms")
    for what, megabytes in memory.items():
        print(f"memory, {what:5} {megabytes:8.0f} MB")


def prepare(folder: Path) -> str:
    """Make a store with both models, the one apart in use; return its URL."""
    (folder / "data").mkdir()
    url = f"sqlite:///{folder / 'data' / 'proctor.sqlite'}"
    alembic(url, "upgrade", "head").check_returncode()
    settings = Settings(
        database_url=url, artifact_root=folder / "models", data_dir=folder / "data", reports_dir=folder / "reports",
        spec_path=SPEC,
    )  # fmt: skip
    for family in (APART, GRAPH):
        train(settings, TrainingRequest(family, folds=2, repeats=1))
    return url


def promote(url: str, name: str, version: int) -> None:
    """Make a version the champion."""
    store = open_store(url)
    with store.write() as conn:
        write_alias(conn, "champion", version, name)
    store.close()


def await_version(client: Client, version: int) -> float:
    """Return the seconds until an answer names that version."""
    began = time.perf_counter()
    while client.ask()[1] != version:
        time.sleep(0.05)
    return time.perf_counter() - began


def find_apart(parent: int) -> int:
    """The process apart among the children of the web process, whichever of its threads started it."""
    children = [
        int(pid) for task in Path(f"/proc/{parent}/task").iterdir() for pid in (task / "children").read_text().split()
    ]
    return next(pid for pid in children if b"ml.serve.apart" in Path(f"/proc/{pid}/cmdline").read_bytes())


def weigh(pid: int) -> float:
    """MB in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


if __name__ == "__main__":
    main()
