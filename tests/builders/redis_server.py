"""A Redis that lives as long as a test, on a port of its own, and keeps nothing on disk."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import ConnectionError as NotYetError

from tests.builders.jobs import wait_until
from tests.builders.servers import find_free_port


def find_redis() -> str | None:
    return shutil.which("redis-server")


@contextmanager
def run_redis(program: str) -> Iterator[str]:
    """Start a Redis, yield its URL, and stop it."""
    port = find_free_port()
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port), 20)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with Redis(port=port) as client:
        try:
            return bool(client.ping())
        except NotYetError:
            return False
