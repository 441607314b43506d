"""`python -m webapp.predict.files.looking`: look through the file that standard input names.

A process of its own, with limits: whatever a stranger's file does to its reader, the web process goes on.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from ml.batch.checking import check_table
from ml.results import to_json
from ml.serve.contract import PredictorColumn
from ml.spec import load_spec

MEMORY = 250_000_000
"""Bytes that may be allocated; a file of the largest size takes half of them."""
SECONDS = 12
"""Of the processor."""


def main() -> None:
    """Do what standard input asks."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # its own would set a gigabyte apart beforehand
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    asked: dict[str, Any] = json.load(sys.stdin)
    columns = [PredictorColumn(**(column | {"categories": tuple(column["categories"])})) for column in asked["columns"]]
    found = check_table(Path(asked["path"]), columns, load_spec(Path(asked["spec"])), wanted=asked["wanted"])
    json.dump(to_json(found), sys.stdout)


if __name__ == "__main__":
    main()
