"""Runs for filters to find, and what a filter finds as plain Python says it, one run at a time."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Connection, Insert, column, insert, table

from tests.builders.stores import write_metric, write_run, write_tag
from webapp.store import mlflow_tables as mlflow
from webapp.store.mlflow_tables import DATASET_CONTEXT, datasets, input_tags, inputs

TEXTS = (
    "forest", "Forest", "a%b", "a_b", "axb", "A*b", "a[b]c", "a?", "back\\slash", "\\", "", " ", "ñandú", "ÑANDÚ", "ß",
    "İstanbul", "🙂 naïve", "שלום", "it's", 'say "hi"', "line\nline", "null", "true", "56", "56.0", " 56\n", "5.6e1",
    "1e99", "1e100", "1" * 40, "x" * 249, "x" * 250, "x" * 251,
    "-0", "0.1", "-1e3", "1e400", "-1E+400", "1e-400", "1e0400", "1e1000", "0e9999", "nan", "Infinity", "-inf", "0x38",
    "056", "+56", "56.", ".5", "1_000", "٥٦", "[56]", '"56"', "9" * 400, "0." + "0" * 400 + "1", "12345678901234567890",
)  # fmt: skip
"""Texts on which databases, or readers of numbers, might differ. No NUL: PostgreSQL keeps none."""

NUMBERS = (
    0.0, -0.0, 0.1, 0.25, 1.0, -1.0, 56.0, -1000.0, 5e-324, 1e300, 1.7976931348623157e308, -1.7976931348623157e308,
    math.nan, math.inf, -math.inf, 1.2345678901234567e19,
)  # fmt: skip
NAMES = ("a", "lr", "val/loss", "f1-score", "two words", "mlflow.source.name", 'with "quotes"', "back`tick", "ключ")
STATES = ("RUNNING", "FINISHED", "FAILED")
NOW = 1_700_000_000_000
DAY = 86_400_000
MOMENTS = (NOW, NOW - 1, NOW + 1, NOW - 7 * DAY, NOW - 8 * DAY, 1_698_796_800_000, 1_698_883_199_999, 0)
_DATASETS = (("students", "d1"), ("students", "d2"), ("Pupils", "d1"))
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_LONGEST_NUMBER = 40


@dataclass(frozen=True)
class KnownRun:
    """A run, as whoever wrote it knows it."""

    run_id: str
    attributes: dict[str, str | int | None]
    metrics: dict[str, float] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    datasets: tuple[dict[str, str], ...] = ()


def make_runs(count: int, random: Random) -> list[KnownRun]:
    """Make runs that have a little of everything; the param and the metric `a` have every value there is."""
    runs = [_make_run(f"{number:032x}", random) for number in range(count)]
    for run, text in zip(runs, TEXTS, strict=False):
        run.params["a"] = text
    for run, number in zip(runs, NUMBERS, strict=False):
        run.metrics["a"] = number
    return runs


def _make_run(run_id: str, random: Random) -> KnownRun:
    started, took = random.choice(MOMENTS), random.choice([None, 0, 1_000, 90_000, 7_200_000])
    name, user = random.choice([text for text in TEXTS if 0 < len(text) < 100]), random.choice(["ada", "Ada", "grace"])
    user_tag, family = random.choice([None, "mary"]), random.choice([None, "forest", "tree"])
    kept = {"mlflow.runName": name} | ({"mlflow.user": user_tag} if user_tag else {})
    kept |= {"proctor.family": family} if family else {}
    return KnownRun(
        run_id,
        {
            "run_id": run_id, "name": name, "status": random.choice(STATES), "started": started,
            "finished": None if took is None else started + took, "duration": took, "user": user_tag or user,
            "user_id": user, "family": family, "dataset": None, "experiment": "Default",
            "artifact_uri": f"/nowhere/{run_id}",
        },
        {key: random.choice(NUMBERS) for key in NAMES if random.random() < 0.6},
        {key: random.choice(TEXTS) for key in NAMES if random.random() < 0.6},
        kept | {key: random.choice(TEXTS) for key in NAMES if random.random() < 0.6},
        tuple(
            {"name": name, "digest": digest} | random.choice(({}, {"context": "training"}, {"context": "Evaluation"}))
            for name, digest in random.sample(_DATASETS, random.choice((0, 0, 1, 2)))
        ),
    )  # fmt: skip


def write_known_runs(conn: Connection, known: Sequence[KnownRun]) -> None:
    """Write runs into an empty store as MLflow would have written them."""
    for name, digest in _DATASETS:
        row = {"dataset_uuid": f"{name}-{digest}", "name": name, "digest": digest, "experiment_id": 0}
        conn.execute(_insert_into(datasets.name, row | {"dataset_source_type": "local", "dataset_source": "{}"}))
    for run in known:
        _write_run(conn, run)


def _write_run(conn: Connection, run: KnownRun) -> None:
    had = run.attributes
    write_run(
        conn, run.run_id, name=had["name"], status=had["status"], start_time=had["started"], end_time=had["finished"],
        user_id=had["user_id"], artifact_uri=had["artifact_uri"],
    )  # fmt: skip
    for key, number in run.metrics.items():
        stored = 0.0 if math.isnan(number) else max(-mlflow.LARGEST_FLOAT, min(number, mlflow.LARGEST_FLOAT))
        write_metric(conn, run.run_id, key, stored, is_nan=math.isnan(number))
    for key, text in run.params.items():
        conn.execute(insert(mlflow.params).values(run_uuid=run.run_id, key=key, value=text))
    for key, text in run.tags.items():
        write_tag(conn, run.run_id, key, text)
    for number, given in enumerate(run.datasets):
        _link_dataset(conn, f"{run.run_id}-{number}", run.run_id, given)


def _link_dataset(conn: Connection, unique: str, run_id: str, given: dict[str, str]) -> None:
    linked = {"source_type": "DATASET", "destination_type": "RUN"}
    row = {"input_uuid": unique, "source_id": f"{given['name']}-{given['digest']}", "destination_id": run_id}
    conn.execute(_insert_into(inputs.name, linked | row))
    if "context" in given:
        marked = {"input_uuid": unique, "name": DATASET_CONTEXT, "value": given["context"]}
        conn.execute(_insert_into(input_tags.name, marked))


def _insert_into(name: str, values: dict[str, Any]) -> Insert:
    """Fill columns that only MLflow reads, too."""
    return insert(table(name, *(column(key) for key in values))).values(values)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def compare_text(sign: str, found: str, text: str) -> bool:
    """Compare as the language says, with a loop where a pattern is asked for."""
    if sign in COMPARE:
        return COMPARE[sign](found, text)
    if sign == "~":
        return _fold(text) in _fold(found)
    return _is_like(_fold(found), _fold(text)) if sign == "ilike" else _is_like(found, text)


def compare_number(sign: str, found: float, number: float) -> bool:
    """Compare as floats do, NaN included, but an infinity is MLflow's largest float."""
    kept = found if math.isnan(found) else max(-mlflow.LARGEST_FLOAT, min(found, mlflow.LARGEST_FLOAT))
    return COMPARE[sign](kept, number)


def compare_read_number(sign: str, found: str, number: float) -> bool:
    """Compare a text with a number: one that is none is unequal and nothing else."""
    is_number = len(found) <= _LONGEST_NUMBER and _JSON_NUMBER.fullmatch(found)
    return COMPARE[sign](float(found), number) if is_number else sign == "!="


def _fold(text: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def _is_like(found: str, pattern: str) -> bool:
    if not pattern:
        return not found
    if pattern[0] == "%":
        return any(_is_like(found[cut:], pattern[1:]) for cut in range(len(found) + 1))
    return bool(found) and pattern[0] in {"_", found[0]} and _is_like(found[1:], pattern[1:])
