"""`kill -9` of an import: what is in the store is whole, and the same command again brings in the rest."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.builders.file_stores import make_runs, write_file_store
from tests.builders.jobs import wait_until
from tests.builders.stores import environment, run, start
from webapp.store.check import find_differences
from webapp.store.projection import refresh_projection
from webapp.store.session import open_store

pytestmark = pytest.mark.faults

RUNS = 200
WHOLE = (10, 160, 8 + 2 + 1, 8)  # params, points, tags with ours and the name, last values
_COUNTS = """
SELECT (SELECT count(*) FROM params p WHERE p.run_uuid = r.run_uuid), (SELECT count(*) FROM metrics m
WHERE m.run_uuid = r.run_uuid), (SELECT count(*) FROM tags t WHERE t.run_uuid = r.run_uuid),
(SELECT count(*) FROM latest_metrics l WHERE l.run_uuid = r.run_uuid) FROM runs r
"""


@pytest.mark.timeout(300)
def test_a_killed_import_leaves_whole_runs_and_is_taken_up_again(store_url: str, tmp_path: Path) -> None:
    write_file_store(tmp_path / "mlruns", make_runs(RUNS))
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "store", "import", str(tmp_path / "mlruns")]
    environ = environment(store_url, data_dir=str(tmp_path), artifact_root=str(tmp_path / "models"))
    store = open_store(store_url)

    def counts() -> list[tuple[int, ...]]:
        with store.read() as conn:
            return [tuple(row) for row in conn.execute(text(_COUNTS))]

    for share in (0.3, 0.7):
        process = start(command, environ)
        wait_until(lambda share=share: len(counts()) >= share * RUNS, 60)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        found = counts()
        assert set(found) == {WHOLE}
        assert len(found) < RUNS, "it was over before it could be killed"
    done = run(command, environ)
    assert done.returncode == 0, done.stderr
    assert f"Runs: {RUNS - len(found)} new, 0 brought up to date, {len(found)} there already." in done.stdout
    assert counts() == [WHOLE] * RUNS
    refresh_projection(store)
    with store.read() as conn:
        assert find_differences(conn) == ()
    store.close()
