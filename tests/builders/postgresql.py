"""A PostgreSQL cluster that lives as long as the test session, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

ADMIN = "postgres"


@dataclass
class PostgresqlCluster:
    """Databases of one throw-away cluster, which listens on 127.0.0.1 alone."""

    port: int
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ADMIN}@127.0.0.1:{self.port}/{database}"

    def new_url(self) -> str:
        """Create an empty database."""
        return self._create("")

    def copy(self, url: str) -> str:
        """Copy a database that nobody is connected to."""
        return self._create(f" TEMPLATE {url.rpartition('/')[2]}")

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def _create(self, template: str) -> str:
        name = f"proctor_{next(self.numbers)}"
        self._execute(f"CREATE DATABASE {name}{template}")
        return self.url(name)

    def _execute(self, statement: str) -> None:
        plain = self.url("postgres").replace("+psycopg", "")
        with closing(psycopg.connect(plain, autocommit=True)) as conn:
            conn.execute(statement.encode())


def find_programs() -> Path | None:
    """Find the folder of the newest PostgreSQL's programs, where Debian puts it."""
    folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def run_cluster(programs: Path) -> Iterator[PostgresqlCluster]:
    """Start a cluster on a free port; stop and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="proctor-pg-"))
    user = _server_user()
    if user:
        shutil.chown(folder, user)
    port = _free_port()

    def run(program: str, *argv: str) -> None:
        # Not captured: the server inherits the pipes, and reading them to their end would wait for it to stop.
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            command = [str(programs / program), "-D", str(folder / "data"), *argv]
            subprocess.run(command, check=True, user=user, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    try:
        run("initdb", "-U", ADMIN, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield PostgresqlCluster(port)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
        (folder.parent / f"{folder.name}.log").unlink()


def _server_user() -> str | None:
    """Whom to run the server as: it refuses root; None is whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    return ADMIN if ADMIN in {entry.pw_name for entry in pwd.getpwall()} else "nobody"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
