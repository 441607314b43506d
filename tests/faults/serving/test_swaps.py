"""Promotions under eight clients of two web processes: nobody is refused, and every answer is by the version it names.

The promise is a hundred promotions, every fourth of a version whose file is bad; a quick run does twelve, `SWAPS=100`
a hundred.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from ml.places import ArtifactRoots
from ml.serve.export import export_model
from ml.serve.predictor import load_predictor
from ml.train import FAMILIES, fit_family
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.servers import Server, serve
from tests.builders.stores import write_experiment
from tests.builders.tables import student_spec, student_table
from webapp.models.actions import Signed, promote_version
from webapp.store.session import Store, open_store

pytestmark = pytest.mark.faults

SWAPS = int(os.environ.get("SWAPS", "12"))
CLIENTS = 8
SWAP_SECONDS = 2.0
SPEC = student_spec()
ROW = {column.name: column.categories[0] for column in SPEC.features}
logger = logging.getLogger(__name__)
RUNS = ("a" * 32, "b" * 32, "c" * 32)


@dataclass
class Site:
    """Versions in a store, their files, and the probabilities that each gives to `ROW`."""

    store: Store
    roots: ArtifactRoots
    files: dict[int, Path]
    contents: dict[int, bytes]
    shares: dict[int, list[float]]

    def promote(self, version: int) -> None:
        promote_version(self.store, SPEC.name, version, Signed("ada", "a test of promotions", 1), self.roots)


@dataclass
class Heard:
    """What clients were told: how many answers by each version, and those that were wrong."""

    counts: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def site(store_url: str, tmp_path: Path) -> Iterator[Site]:
    tables = [student_table().table.iloc[place::3] for place in range(3)]
    contents = [export_model(fit_family(FAMILIES["logistic_regression"], table, SPEC, 0), SPEC) for table in tables]
    store, root = open_store(store_url), tmp_path / "models"
    files = {}
    with store.write() as conn:
        write_experiment(conn)
        for version, (run_id, content) in enumerate(zip(RUNS, contents, strict=True), 1):
            folder = write_trained_run(conn, root, run_id, make_evaluation())
            write_version(conn, version, run_id, content, folder)
            files[version] = folder / "serving" / "model.onnx"
        write_alias(conn, "champion", 1)
    by_version = dict(enumerate(contents, 1))
    shares = {version: load_predictor(content).predict([ROW])[0].tolist() for version, content in by_version.items()}
    assert len({tuple(np.round(each, 6)) for each in shares.values()}) == len(shares), "one could pass for another"
    yield Site(store, ArtifactRoots(root, (), tmp_path / "cache", tmp_path / "data"), files, by_version, shares)
    store.close()


@pytest.mark.timeout(60 + 10 * SWAPS)
def test_a_promotion_is_seen_by_every_process_and_fails_nobody(site: Site, tmp_path: Path) -> None:
    settings = {"embedded_worker": "no", "first_training": "no", "predictions_per_minute": "10000000"}
    heard, took = Heard(), []
    with serve(tmp_path, **settings) as one, serve(tmp_path, **settings) as other:
        servers = (one, other)
        clients = [threading.Thread(target=ask_on, args=(servers[i % 2], site, heard)) for i in range(CLIENTS)]
        for server in servers:
            wait_for(server, 1, "ok", 30)
        for client in clients:
            client.start()
        champion, answering = 1, 1
        for number in range(1, SWAPS + 1):
            champion, is_bad = champion % 3 + 1, number % 4 == 0
            if is_bad:
                site.files[champion].write_bytes(site.contents[champion][: -number % 500 - 1])
            began = time.monotonic()
            site.promote(champion)
            answering = answering if is_bad else champion
            for server in servers:
                wait_for(server, answering, "refused" if is_bad else "ok", 30)
            took.append(time.monotonic() - began)
            for version, path in site.files.items():
                if version != champion:
                    path.write_bytes(site.contents[version])
        heard.is_over.set()
        for client in clients:
            client.join(30)
    logger.info("%s promotions, %s answers, longest %.2f s", SWAPS, sum(heard.counts.values()), max(took))
    assert heard.wrong == []
    assert set(heard.counts) == {1, 2, 3}
    assert max(took) < SWAP_SECONDS


def ask_on(server: Server, site: Site, heard: Heard) -> None:
    """Ask for one prediction after another on one connection, and hold each against the version that it names."""
    line = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    body, counts = json.dumps({"rows": [ROW]}), {1: 0, 2: 0, 3: 0}
    try:
        while not heard.is_over.is_set():
            line.request("POST", "/api/v1/predictions", body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            said = json.loads(answer.read())
            if answer.status != http.client.OK:
                heard.wrong.append(f"{answer.status}: {said}")
                continue
            version, shares = said["model_version"], said["predictions"][0]["probabilities"]
            told = [shares[name] for name in SPEC.target.categories]
            if not np.allclose(told, site.shares[version], atol=1e-9):
                heard.wrong.append(f"v{version} is said to give {told}")
            counts[version] += 1
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        heard.wrong.append(repr(error))
    finally:
        line.close()
        for version, count in counts.items():
            if count:
                heard.counts[version] = heard.counts.get(version, 0) + count


def wait_for(server: Server, version: int, model: str, seconds: float) -> None:
    """Wait until a process says that this version answers, asking it for a prediction each time."""
    until = time.monotonic() + seconds
    said: object = None
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as line:
        while time.monotonic() < until:
            line.request("GET", "/api/v1/model")
            line.getresponse().read()
            line.request("GET", "/health")
            said = json.loads(line.getresponse().read())
            if (said["model"], said["answering"] and said["answering"]["version"]) == (model, version):
                return
            time.sleep(0.02)
    raise AssertionError(f"{server.url} says {said}, not that v{version} answers and the champion is {model}")
