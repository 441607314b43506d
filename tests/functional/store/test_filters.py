"""What a filter finds in a store, against the same question put to each run in plain Python."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.builders.filters import (
    DAY,
    MOMENTS,
    NAMES,
    NOW,
    NUMBERS,
    STATES,
    TEXTS,
    KnownRun,
    compare_number,
    compare_read_number,
    compare_text,
    make_runs,
    write_known_runs,
)
from tests.builders.postgresql import PostgresqlCluster
from tests.builders.sqlite_folder import SqliteFolder
from tests.builders.stores import write_experiment
from webapp.runs.language.keys import write_key
from webapp.runs.language.rarest import find_matching
from webapp.runs.language.sql import find_condition
from webapp.runs.language.syntax import parse_filter
from webapp.runs.language.tree import Key, Kind, Type
from webapp.runs.language.vocabulary import list_keys, list_values
from webapp.store.projection import refresh_projection
from webapp.store.session import Store, open_store
from webapp.store.tables import run

KNOWN = make_runs(120, Random(1))  # noqa: S311 (data, not secrets)
FINITE = [number for number in NUMBERS if math.isfinite(number)]
SIGNS = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Question:
    """A filter as somebody types it, and as Python puts it."""

    text: str
    holds: Callable[[KnownRun], bool]


@pytest.fixture(scope="module")
def filled(backend: SqliteFolder | PostgresqlCluster, template_url: str) -> Iterator[Store]:
    """A store with the known runs, which no test changes."""
    url = backend.copy(template_url)
    store = open_store(url)
    with store.write() as conn:
        write_experiment(conn)
        write_known_runs(conn, KNOWN)
    refresh_projection(store)
    yield store
    store.close()
    backend.drop(url)


def find(store: Store, text: str) -> set[str]:
    expression = parse_filter(text, NOW)
    assert expression is not None
    with store.read() as conn:
        found = set(conn.execute(select(run.c.run_id).where(find_condition(conn, expression))).scalars())
        numbers = conn.execute(find_matching(conn, expression).select_numbers()).scalars().all()
        by_number = conn.execute(select(run.c.run_id).where(run.c.number.in_(numbers))).scalars().all()
        assert sorted(found) == sorted(by_number), text
        assert len(numbers) == len(found), text
        return found


def expect(question: Question) -> set[str]:
    return {known.run_id for known in KNOWN if question.holds(known)}


def test_every_text_is_compared_alike_wherever_runs_are_kept(filled: Store) -> None:
    for sign, text in product(["=", "!=", "like", "ilike", "~"], PATTERNS):
        question = Question(f"params.a {sign} {_quote(text)}", _look_up("params", "a", compare_text, sign, text))
        assert find(filled, question.text) == expect(question), question.text


def test_every_number_is_compared_alike_wherever_runs_are_kept(filled: Store) -> None:
    for sign, number in product(SIGNS, FINITE):
        of_param = Question(f"params.a {sign} {number!r}", _look_up("params", "a", compare_read_number, sign, number))
        of_metric = Question(f"metrics.a {sign} {number!r}", _look_up("metrics", "a", compare_number, sign, number))
        for question in (of_param, of_metric):
            assert find(filled, question.text) == expect(question), question.text


@pytest.mark.parametrize(
    "text",
    [
        "not (metrics.a > 1 or " * 15 + "metrics.a > 1" + ")" * 15,
        " or ".join(["not (params.a ~ 'x' and tags.a != 5)"] * 50),
        f"params.a in ({', '.join(['0'] * 2_000)})",
        "name like '" + "%_[*" * 2_000 + "'",
        "params.a ~ '" + "🙂" * 2_000 + "'",
    ],
    ids=["deep", "many", "listed", "pattern", "long"],
)
def test_the_largest_filters_are_answered(filled: Store, text: str) -> None:
    assert find(filled, text) <= {known.run_id for known in KNOWN}


def test_names_and_values_are_offered_by_how_they_begin(filled: Store) -> None:
    with filled.read() as conn:
        assert list_keys(conn, Kind.METRIC, "") == sorted(NAMES)
        assert list_keys(conn, Kind.PARAM, "TWO") == ["two words"]
        assert list_keys(conn, Kind.TAG, "%") == []
        assert list_keys(conn, Kind.TAG, "КЛ") == []
        statuses = list_values(conn, Key(Kind.ATTRIBUTE, "status", Type.TEXT), "f")
        had = Counter(known.attributes["status"] for known in KNOWN)
        assert statuses == sorted({"FINISHED", "FAILED"}, key=lambda status: -had[status])
        assert set(list_values(conn, Key(Kind.PARAM, "a", Type.EITHER), "FOR")) == {"forest", "Forest"}
        assert list_values(conn, Key(Kind.DATASET, "context", Type.TEXT), "t") == ["training"]
        assert list_values(conn, Key(Kind.ATTRIBUTE, "name", Type.TEXT), "") == []


# ── questions ────────────────────────────────────────────────────────────────
def _quote(text: str) -> str:
    return f"'{text}'" if '"' in text or text.endswith("\\") else f'"{text}"'


QUOTABLE = [text for text in TEXTS if not ("'" in text and '"' in text) and len(text) < 100]
PATTERNS = [*QUOTABLE, "%", "%o%", "_", "a_b%", "A%", "%\\%", "%[%", "*", "?%", "%ñ%", "%Ñ%", "5_", "%\n%"]


@st.composite
def _keyed(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(["params", "tags"]))
    name = draw(st.sampled_from(NAMES))
    key = write_key(Kind(kind), name)
    if draw(st.booleans()):
        number = draw(st.sampled_from(FINITE))
        sign = draw(st.sampled_from(SIGNS))
        return Question(f"{key} {sign} {number!r}", _look_up(kind, name, compare_read_number, sign, number))
    sign = draw(st.sampled_from(["=", "!=", "like", "ILIKE", "~"]))
    text = draw(st.sampled_from(PATTERNS))
    return Question(f"{key} {sign} {_quote(text)}", _look_up(kind, name, compare_text, sign.lower(), text))


@st.composite
def _metric(draw: st.DrawFn) -> Question:
    name, sign = draw(st.sampled_from(NAMES)), draw(st.sampled_from(SIGNS))
    number = draw(st.sampled_from([*FINITE, math.inf, -math.inf]))
    written = repr(number).replace("inf", "1e999")
    return Question(
        f"{write_key(Kind.METRIC, name)}{sign}{written}", _look_up("metrics", name, compare_number, sign, number)
    )


@st.composite
def _of_text(draw: st.DrawFn) -> Question:
    name = draw(
        st.sampled_from(["name", "status", "user", "family", "experiment", "user_id", "artifact_uri", "run_id"])
    )
    sign = draw(st.sampled_from(["=", "!=", "like", "ilike", "~"]))
    known = [str(each.attributes[name]) for each in KNOWN[:6] if "'" not in str(each.attributes[name])]
    text = draw(st.sampled_from([*known, *STATES, "%A%", "default", "ADA", "default%"]))
    return Question(f"{name} {sign} '{text}'", _look_up("attributes", name, compare_text, sign, text))


@st.composite
def _of_time(draw: st.DrawFn) -> Question:
    name, sign = draw(st.sampled_from(["started", "finished"])), draw(st.sampled_from(SIGNS))
    written, moment = draw(
        st.sampled_from(
            [(str(moment), moment) for moment in MOMENTS]
            + [("-7d", NOW - 7 * DAY), ("-168h", NOW - 7 * DAY), ("-0ms", NOW), ("1e30", 10**30), ("-1.5", -1.5)]
            + [(f"{NOW}.5", NOW + 0.5), ("9" * 400, 10**400), ("2023-11-14T22:13:20.001", NOW + 1)]
        )
    )
    return Question(f"{name} {sign} {written}", _look_up("attributes", name, compare_text, sign, moment))


@st.composite
def _of_day(draw: st.DrawFn) -> Question:
    sign, day = draw(st.sampled_from(SIGNS)), 1_698_796_800_000
    checks = {
        "=": lambda at: day <= at < day + DAY, "!=": lambda at: not day <= at < day + DAY, "<": lambda at: at < day,
        "<=": lambda at: at < day + DAY, ">": lambda at: at >= day + DAY, ">=": lambda at: at >= day,
    }  # fmt: skip
    return Question(f"started {sign} 2023-11-01", lambda known: checks[sign](known.attributes["started"]))


@st.composite
def _of_span(draw: st.DrawFn) -> Question:
    sign = draw(st.sampled_from(SIGNS))
    written, span = draw(
        st.sampled_from([("0", 0), ("1", 1_000), ("90s", 90_000), ("1.5m", 90_000), ("2h", 7_200_000)])
    )
    return Question(f"duration {sign} {written}", _look_up("attributes", "duration", compare_text, sign, span))


@st.composite
def _missing(draw: st.DrawFn) -> Question:
    kind, name = draw(st.sampled_from(["metrics", "params", "tags"])), draw(st.sampled_from(NAMES))
    is_missing = draw(st.booleans())
    text = f"{write_key(Kind(kind), name)} IS {'' if is_missing else 'NOT '}NULL"
    return Question(text, lambda known: (name not in getattr(known, kind)) is is_missing)


@st.composite
def _listed(draw: st.DrawFn) -> Question:
    name, is_in = draw(st.sampled_from(NAMES)), draw(st.booleans())
    texts = draw(st.lists(st.sampled_from(QUOTABLE), min_size=1, max_size=3))
    values = ", ".join(_quote(text) for text in texts)

    def holds(known: KnownRun) -> bool:
        return name in known.params and (known.params[name] in texts) is is_in

    return Question(f"{write_key(Kind.PARAM, name)} {'in' if is_in else 'NOT  IN'} ({values})", holds)


@st.composite
def _of_dataset(draw: st.DrawFn) -> Question:
    name, sign = draw(st.sampled_from(["name", "digest", "context"])), draw(st.sampled_from(["=", "!=", "like", "~"]))
    text = draw(st.sampled_from(["students", "pupils", "d1", "d_", "training", "evaluation"]))

    def holds(known: KnownRun) -> bool:
        return any(name in given and compare_text(sign, given[name], text) for given in known.datasets)

    return Question(f"dataset.{name} {sign} '{text}'", holds)


def _look_up(
    kind: str, name: str, compare: Callable[[str, object, object], bool], sign: str, value: object
) -> Callable[[KnownRun], bool]:
    def holds(known: KnownRun) -> bool:
        found = getattr(known, kind).get(name)
        return found is not None and compare(sign, found, value)

    return holds


LEAVES = st.one_of(
    _keyed(), _metric(), _of_text(), _of_time(), _of_day(), _of_span(), _missing(), _listed(), _of_dataset()
)


def _deny(part: Question) -> Question:
    return Question(f"not ({part.text})", lambda known: not part.holds(known))


def _join(word: str, join: Callable[[Iterator[bool]], bool]) -> Callable[[list[Question]], Question]:
    def make(parts: list[Question]) -> Question:
        text = f" {word} ".join(f"({part.text})" for part in parts)
        return Question(text, lambda known: join(part.holds(known) for part in parts))

    return make


def _combine(parts: st.SearchStrategy[Question]) -> st.SearchStrategy[Question]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(parts.map(_deny), several.map(_join("AND", all)), several.map(_join("or", any)))


QUESTIONS = st.recursive(LEAVES, _combine, max_leaves=6)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(questions=st.lists(QUESTIONS, min_size=3, max_size=6))
def test_a_filter_finds_what_plain_python_finds(filled: Store, questions: list[Question]) -> None:
    for question in questions:
        assert find(filled, question.text) == expect(question), question.text
