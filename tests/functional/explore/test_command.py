from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ml.settings import ROOT


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {
        "PROCTOR_DATA_DIR": str(tmp_path / "data"),
        "PROCTOR_REPORTS_DIR": str(tmp_path / "reports"),
    }
    return subprocess.run(
        [sys.executable, "-m", "ml", "explore", *arguments], cwd=ROOT, env=environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_it_writes_one_page_that_needs_nothing_else_and_pictures(uci_arff: Path, tmp_path: Path) -> None:
    done = run(tmp_path, "--raw", str(uci_arff))
    assert done.returncode == 0, done.stderr
    written = [Path(line) for line in done.stdout.splitlines()]
    page = (tmp_path / "reports" / "eda.html").read_text(encoding="utf-8")
    assert "0.51 of the 1.95 bits" in page
    assert "92.8\N{NO-BREAK SPACE}%" in page
    assert "<script src" not in page
    assert '<link rel="stylesheet"' not in page
    pictures = [path for path in written if path.suffix == ".png"]
    assert len(pictures) == 15
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


def test_a_file_that_is_no_table_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    done = run(tmp_path, "--raw", str(bad))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "bad.csv" in done.stderr or "column" in done.stderr
    assert not (tmp_path / "reports").exists()
