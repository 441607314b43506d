"""Asking servers over kept-alive connections, in turns, so that what else the machine does hits all alike."""

from __future__ import annotations

import http.client
import json
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 600.0
_RUN_LINK = re.compile(rb"/runs/([0-9a-f]{32})\"")


@dataclass(frozen=True)
class Question:
    """A request; one with a body is a POST of JSON."""

    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """What came back, and the seconds from the first byte sent to the last received."""

    seconds: float
    status: int
    body: bytes

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class Client:
    """One kept-alive connection to a server."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)

    def ask(self, question: Question) -> Answer:
        """Send a request and read the whole answer."""
        body = None if question.body is None else json.dumps(question.body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        began = time.perf_counter()
        self._connection.request("GET" if body is None else "POST", question.path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        return Answer(time.perf_counter() - began, response.status, content)

    def demand(self, question: Question) -> Answer:
        """Ask, and stop the benchmark where the answer is not what was asked for."""
        answer = self.ask(question)
        if answer.status != http.client.OK:
            raise SystemExit(f"{question}: {answer.status} {answer.body[:500]!r}")
        return answer


@dataclass
class Series:
    """A question that is asked again and again of one server; `times` are milliseconds."""

    client: Client
    question: Question
    each_round: int
    times: list[float] = field(default_factory=list)

    def ask_round(self) -> None:
        """Ask a round's worth."""
        self.times += [self.client.demand(self.question).seconds * 1000 for _time in range(self.each_round)]

    @property
    def median(self) -> float:
        """The middle of the times."""
        return statistics.median(self.times)

    @property
    def slow(self) -> float:
        """What 95 of 100 stay below."""
        return sorted(self.times)[max(0, round(0.95 * len(self.times)) - 1)]

    def __str__(self) -> str:
        return f"{self.median:.2f} ms (p95 {self.slow:.2f}, n = {len(self.times)})"


def ask_in_turns(series: Sequence[Series], rounds: int) -> None:
    """Ask every question once to warm up, then all of them round by round."""
    for each in series:
        each.client.demand(each.question)
    for _round in range(rounds):
        for each in series:
            each.ask_round()


def read_run_ids(answer: Answer) -> list[str]:
    """The runs of a page of ours, of our API's answer or of MLflow's, in order."""
    if not answer.body.lstrip().startswith(b"{"):
        return list(dict.fromkeys(run_id.decode() for run_id in _RUN_LINK.findall(answer.body)))
    runs = answer.json().get("runs", [])
    return [run["id"] if "id" in run else run["info"]["run_id"] for run in runs]
