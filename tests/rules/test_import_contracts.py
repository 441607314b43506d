"""The import contracts of pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

from ml.settings import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def test_import_contracts_are_kept() -> None:
    done = subprocess.run([LINT, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
