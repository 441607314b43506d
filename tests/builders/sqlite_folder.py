"""SQLite databases as files of one folder, with the methods of a PostgreSQL cluster."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path


@dataclass
class SqliteFolder:
    """One subfolder a database, so that what lies beside a file is its own."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def new_url(self) -> str:
        """Name a database that is not there yet."""
        path = self.folder / str(next(self.numbers)) / "store.sqlite"
        path.parent.mkdir(parents=True)
        return f"sqlite:///{path}"

    def copy(self, url: str) -> str:
        """Copy a database that nobody is writing to."""
        new = self.new_url()
        with closing(sqlite3.connect(sqlite_path(url))) as source, closing(sqlite3.connect(sqlite_path(new))) as target:
            source.backup(target)  # and not the file alone, beside which a log may hold what is not in it yet
        return new

    def drop(self, url: str) -> None:
        """Remove a database with all that lies beside it."""
        shutil.rmtree(sqlite_path(url).parent)


def sqlite_path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
