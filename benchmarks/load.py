"""Asking a server for some seconds over kept-alive connections, from a process in which nothing else happens.

The requests are bytes that were made beforehand and go out over bare sockets, one waiting on each connection, so that
asking costs next to nothing beside answering: a run says what it cost.
"""

from __future__ import annotations

import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True)
class Load:
    """What is sent, in turns, over how many connections at a time, and for how many seconds."""

    host: str
    port: int
    requests: Sequence[bytes]
    clients: int
    seconds: float
    keeps_bodies: bool = False


@dataclass
class Heard:
    """What came of it: milliseconds of each answer, all of them 200, and the seconds of CPU that asking took."""

    seconds: float = 0.0
    asking: float = 0.0
    times: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds


def ask(load: Load) -> Heard:
    """Ask from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=pickle.dumps(load), stdout=subprocess.PIPE, cwd=ROOT, check=True)
    heard = pickle.loads(done.stdout)  # noqa: S301 - our own
    assert isinstance(heard, Heard)
    return heard


class _Connection:
    """A connection with the answer that is on its way, if any."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sent_at = 0.0
        self._got = b""

    def send(self, request: bytes) -> None:
        self._got, self._sent_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[float, bytes] | None:
        """Take what is there; the milliseconds and the body once the answer is whole."""
        part = self.socket.recv(1 << 18)
        self._got += part
        head, ends, body = self._got.partition(_HEAD_ENDS)
        if not part:
            raise SystemExit(f"the server hung up: {self._got[:500]!r}")
        if not ends or len(body) < _read_length(head):
            return None
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"{head[:500]!r} {body[:500]!r}")
        return (time.perf_counter() - self._sent_at) * 1000, body


def _read_length(head: bytes) -> int:
    lower = head.lower()
    return int(lower[lower.index(_LENGTH) + len(_LENGTH) :].split(b"\r\n", 1)[0])


def run(load: Load) -> Heard:
    """Ask until the time is over, and wait for what is on its way then."""
    heard, requests = Heard(), cycle(load.requests)
    connections = [_Connection(load.host, load.port) for _client in range(load.clients)]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        began, worked = time.perf_counter(), time.process_time()
        for connection in connections:
            connection.send(next(requests))
        waiting = len(connections)
        while waiting:
            for key, _events in selector.select(PATIENCE):
                answer = key.data.receive()
                if answer is None:
                    continue
                heard.times.append(answer[0])
                if load.keeps_bodies:
                    heard.bodies.append(answer[1])
                if time.perf_counter() - began < load.seconds:
                    key.data.send(next(requests))
                else:
                    waiting -= 1
        heard.seconds, heard.asking = time.perf_counter() - began, time.process_time() - worked
    for connection in connections:
        connection.socket.close()
    return heard


if __name__ == "__main__":
    from benchmarks import load  # under its own name, so that whoever reads the answer knows the class

    asked = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own
    sys.stdout.buffer.write(pickle.dumps(load.run(asked)))
