"""What the web process loads: never the worker's libraries, and the predictor's only when somebody wants an answer."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from ml.settings import ROOT, write_settings

if TYPE_CHECKING:
    from ml.settings import Settings

HEAVY = ("mlflow", "sklearn", "pandas", "scipy", "matplotlib", "alembic", "pyarrow")
VISIT = """
import json, sys
from webapp import create_app
app = create_app()
client = app.test_client()
pages = ["/", "/data", "/explore", "/runs", "/runs/x", "/runs/compare", "/compare", "/models", "/audit", "/admin"]
pages += ["/login", "/health", "/api/v1/runs", "/runs/export.csv", "/runs/export.json"]
before = [client.get(page).status_code for page in pages] and sorted(sys.modules)
client.get("/predict")
print(json.dumps([before, sorted(sys.modules)]))
"""


def test_no_page_loads_what_only_the_worker_needs(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=ROOT,
        env=write_settings(settings),
        capture_output=True,
        text=True,
        check=True,
    )
    before, after = (set(names) for names in json.loads(done.stdout))
    assert before & {*HEAVY, "numpy", "onnxruntime"} == set()
    assert after & set(HEAVY) == set()


def test_requests_that_wait_for_a_thread_fill_no_log(settings: Settings) -> None:
    """Waitress would write a line for each; sixteen clients make it hundreds a second."""
    ask = "import logging, wsgi; print(logging.getLogger('waitress.queue').isEnabledFor(logging.WARNING))"
    environ = write_settings(settings) | {"PROCTOR_EMBEDDED_WORKER": "no"}
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == "False"
