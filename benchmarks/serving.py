"""Serving a forest: Proctor, validated and durably logged, against `mlflow models serve` of the same fitted pipeline.

    .venv/bin/python -m benchmarks.serving [--raw FILE] [--rounds 5] [--seconds 4]

Both servers run all the while and are asked in turns over kept-alive connections, one row a request, each time another
row of the dataset: ours through `POST /api/v1/predictions` with a token, by the Makefile's line for Waitress; MLflow's
through `/invocations`, with its own settings. Then the form's page, by somebody who is signed in. Prints what is
promised, what was found, and whether it is kept; every answer of ours is looked for in the log afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from benchmarks.callers import get, make_token, post_form, post_json, sign_in
from benchmarks.findings import Finding, print_findings
from benchmarks.load import Heard, Load, ask
from benchmarks.start_up import Running, make_rival_environment, run_server
from benchmarks.training import make_settings
from ml.pipeline import Stages, train
from ml.pipeline.preparing import obtain_clean
from ml.results import TrainingRequest, ignore_progress
from ml.settings import MOST_A_MINUTE, ROOT, Settings
from ml.spec import DatasetSpec, load_spec
from tests.builders.servers import find_free_port, make_environment
from tests.builders.stores import alembic
from webapp.predict.forms import fill_in
from webapp.store.session import open_store
from webapp.store.tables import prediction, prediction_request

FAMILY = "random_forest"
"""Of 300 trees."""
CLIENTS = (1, 16)
FORM_CLIENTS = 8
FASTER = 20
FORM_MS = 15
SAME = 1e-5
Rows = Sequence[Mapping[str, Any]]


@dataclass
class Asked:
    """A server that is asked round by round, what came of it, and the seconds of CPU that it took the server."""

    server: Running
    requests: Sequence[bytes]
    clients: int
    keeps_bodies: bool = False
    heard: list[Heard] = field(default_factory=list)
    worked: float = 0.0

    def listen(self, seconds: float) -> None:
        """Ask for a round."""
        place = urlsplit(self.server.address)
        before = self.server.worked()
        load = Load(str(place.hostname), place.port or 80, self.requests, self.clients, seconds, self.keeps_bodies)
        self.heard.append(ask(load))
        self.worked += self.server.worked() - before

    @property
    def bodies(self) -> list[bytes]:
        """What was answered, where it is kept."""
        return [body for one in self.heard for body in one.bodies]

    @property
    def rates(self) -> list[float]:
        """Answers a second of each round."""
        return [one.rate for one in self.heard]

    def quantile(self, share: float) -> float:
        """Milliseconds that this share of all answers stays below."""
        times = sorted(time for one in self.heard for time in one.times)
        return times[max(0, round(share * len(times)) - 1)]

    def __str__(self) -> str:
        answers = sum(len(one.times) for one in self.heard)
        asking = sum(one.asking for one in self.heard)
        return (
            f"{statistics.median(self.rates):,.0f} a second (p50 {self.quantile(0.5):.1f} ms,"
            f" p95 {self.quantile(0.95):.1f} ms, n = {answers:,}; CPU an answer {self.worked / answers * 1000:.2f} ms,"
            f" and {asking / answers * 1000:.2f} ms to ask)"
        )


def main() -> None:
    """Fit, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of asking each server in each round")
    parser.add_argument("--alone", action="store_true", help="leave MLflow's server out")
    options = parser.parse_args()
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = make_settings(folder, options.raw)
        spec = load_spec(settings.spec_path)
        alembic(settings.database_url, "upgrade", "head").check_returncode()
        train(settings, TrainingRequest(FAMILY, folds=2, repeats=1))
        token, rows = make_token(settings.database_url), read_rows(settings, spec)
        print(f"\n{FAMILY}, {len(rows)} rows; servers and whoever asks them share {os.cpu_count()} cores\n")
        print("| promise | measured | |\n|---|---|---|")
        with serve_ours(folder, settings) as ours:
            asked = [ask_api(ours, token, rows, clients) for clients in CLIENTS]
            if options.alone:
                take_turns(asked, options)
                print_findings(Finding(f"API, {_count(each)}", str(each)) for each in asked)
            else:
                with serve_theirs(folder, settings) as theirs:
                    print_findings(compare(asked, theirs, rows, options))
            print_findings(measure_form(ours, rows, spec, options))
        print_findings([find_logged(settings, asked)])


def read_rows(settings: Settings, spec: DatasetSpec) -> Rows:
    """Read the dataset's clean rows, with None for a missing cell."""
    _raw, cleaned = obtain_clean(spec, settings, Stages(ignore_progress))
    table = cleaned.table[list(spec.feature_names)].astype(object)
    return [
        {str(name): cell for name, cell in row.items()} for row in table.where(table.notna(), None).to_dict("records")
    ]


@contextmanager
def serve_ours(folder: Path, settings: Settings) -> Iterator[Running]:
    """Serve the store as `make serve` does, with room for as many requests as there will be."""
    port = find_free_port()
    line = ["make", "--silent", "--eval=waitress: ; @echo $(WAITRESS)", "waitress"]
    waitress = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    command = [sys.executable, "-m", "waitress", "--host=127.0.0.1", f"--port={port}", *waitress, "wsgi:app"]
    chosen = {"first_training": "no", "predictions_per_minute": str(MOST_A_MINUTE)}
    environ = make_environment(folder, port, database_url=settings.database_url, **chosen)
    with run_server(command, environ, folder, f"http://127.0.0.1:{port}", "/health") as server:
        yield server


@contextmanager
def serve_theirs(folder: Path, settings: Settings) -> Iterator[Running]:
    """Serve what the training logged, told to answer probabilities instead of the class alone."""
    model = folder / "logged"
    shutil.copytree(next(settings.artifact_root.glob("*/models/*/artifacts")), model)
    described = (model / "MLmodel").read_text()
    (model / "MLmodel").write_text(described.replace("predict_fn: predict\n", "predict_fn: predict_proba\n"))
    port = find_free_port()
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local", "--model-uri", str(model)]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with run_server(command, make_rival_environment(), folder, f"http://127.0.0.1:{port}", "/ping") as server:
        yield server


def ask_api(ours: Running, token: str, rows: Rows, clients: int) -> Asked:
    """Ask ours for one row a request."""
    bearer = {"Authorization": f"Bearer {token}"}
    requests = [post_json(ours.address, "/api/v1/predictions", {"rows": [row]}, **bearer) for row in rows]
    return Asked(ours, requests, clients, keeps_bodies=True)


def ask_mlflow(theirs: Running, rows: Rows, clients: int) -> Asked:
    """Ask MLflow's for the same rows."""
    tables = ({"columns": list(row), "data": [list(row.values())]} for row in rows)
    requests = [post_json(theirs.address, "/invocations", {"dataframe_split": table}) for table in tables]
    return Asked(theirs, requests, clients, keeps_bodies=True)


def take_turns(asked: Sequence[Asked], options: argparse.Namespace) -> None:
    """Ask everybody, round by round."""
    for _round in range(options.rounds):
        for each in asked:
            each.listen(options.seconds)


def compare(asked: list[Asked], theirs: Running, rows: Rows, options: argparse.Namespace) -> Iterator[Finding]:
    """Hold the same number of clients of both against each other, once both are warm and answer the same."""
    ours = tuple(asked)
    rivals = [ask_mlflow(theirs, rows, each.clients) for each in ours]
    first, other = (Asked(each.server, each.requests, 1, keeps_bodies=True) for each in (ours[0], rivals[0]))
    asked.append(first)
    take_turns([first, other], argparse.Namespace(rounds=1, seconds=max(2.0, options.seconds)))
    yield find_same(first, other)
    take_turns([each for pair in zip(ours, rivals, strict=True) for each in pair], options)
    for mine, rival in zip(ours, rivals, strict=True):
        ratios = [one / two for one, two in zip(mine.rates, rival.rates, strict=True)]
        ratio = statistics.median(ratios)
        said = f"{ratio:.1f}× ({min(ratios):.1f} to {max(ratios):.1f}): {mine} against {rival}"
        yield Finding(f"requests a second, {_count(mine)} ≥ {FASTER}×", said, ratio >= FASTER)
        slow, slower = mine.quantile(0.95), rival.quantile(0.95)
        yield Finding(f"p95 is lower, {_count(mine)}", f"{slow:.1f} ms against {slower:.1f} ms", slow < slower)


def find_same(mine: Asked, other: Asked) -> Finding:
    """Compare the probabilities of the rows that both were asked for, one after another."""
    ours = [json.loads(body)["predictions"][0]["probabilities"] for body in mine.bodies]
    theirs = [json.loads(body)["predictions"][0] for body in other.bodies]
    farthest = max(
        abs(one[name] - share)
        for one, two in zip(ours, theirs, strict=False)
        for name, share in zip(sorted(one), two, strict=True)  # scikit-learn has the classes in order of their names
    )
    count = min(len(ours), len(theirs))
    return Finding(f"the same probabilities within {SAME:g}", f"{count} rows, {farthest:.1g} apart", farthest <= SAME)


def measure_form(ours: Running, rows: Rows, spec: DatasetSpec, options: argparse.Namespace) -> Iterator[Finding]:
    """Ask for the form, and have it answer, on behalf of somebody who is signed in."""
    person = sign_in(ours.address)
    cookie = {"Cookie": person.cookie}
    sent = [
        {"csrf_token": person.form_token} | {name: "" if cell is None else str(cell) for name, cell in filled.items()}
        for filled in (fill_in(row, spec) for row in rows)
    ]
    shown = Asked(ours, [get(ours.address, "/predict", **cookie)], FORM_CLIENTS)
    answers = Asked(ours, [post_form(ours.address, "/predict", fields, **cookie) for fields in sent], FORM_CLIENTS)
    take_turns([shown, answers], options)
    slow = shown.quantile(0.95)
    yield Finding(f"the form's page, {_count(shown)}: p95 < {FORM_MS} ms", str(shown), slow < FORM_MS)
    yield Finding(f"the form's answer, logged, {_count(answers)}", str(answers))


def find_logged(settings: Settings, asked: Iterable[Asked]) -> Finding:
    """Look for every answer of the API in the log."""
    given = {json.loads(body)["request_id"] for each in asked for body in each.bodies}
    store = open_store(settings.database_url)
    with store.read() as conn:
        query = select(prediction.c.request_id).join(prediction_request).where(prediction_request.c.channel == "api")
        kept = conn.scalars(query).all()
    store.close()
    is_whole = sorted(kept) == sorted(given)
    return Finding("every answer is in the log", f"{len(given):,} given, {len(kept):,} rows logged", is_whole)


def _count(asked: Asked) -> str:
    return f"{asked.clients} client" + ("s" if asked.clients > 1 else "")


if __name__ == "__main__":
    main()
