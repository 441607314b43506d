"""What may come next in a filter, from the grammar that reads it and the names and values in the store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from flask_babel import gettext as _
from sqlalchemy import Connection

from webapp.runs.language.errors import FilterError
from webapp.runs.language.keys import ATTRIBUTES, DATASET_KEYS, ENTITIES, read_key, split_key, write_key, write_text
from webapp.runs.language.places import Place, find_place
from webapp.runs.language.syntax import LONGEST
from webapp.runs.language.tree import ORDERINGS, Key, Kind, Type
from webapp.runs.language.vocabulary import MOST, list_keys, list_values

_NAMED = (Kind.METRIC, Kind.PARAM, Kind.TAG)
_OF_TEXT = ("=", "!=", "~", "like", "ilike", "in", "not in", "is null", "is not null")
_OF_NUMBER = ("=", "!=", "<", "<=", ">", ">=", "in", "not in", "is null", "is not null")
_OF_EITHER = ("=", "!=", "<", "<=", ">", ">=", "~", "like", "ilike", "in", "not in", "is null", "is not null")
_MOMENTS = ("-1h", "-1d", "-7d", "-30d", "-52w")
_SPANS = ("30s", "5m", "1h", "1d")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Entry:
    """What may stand in the place, and what it is; a word that something has to follow ends with a space."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Completion:
    """What may stand in the place of the characters from `start` to `end`."""

    start: int
    end: int
    entries: tuple[Entry, ...]


def complete(conn: Connection, text: str, at: int) -> Completion:
    """Find what may stand where the cursor is, which is before character `at`."""
    place = find_place(text[:at]) if len(text) <= LONGEST else None
    if place is None:
        return Completion(at, at, ())
    entries = dict.fromkeys(islice(_list_entries(conn, place), MOST))
    return Completion(place.start, at + _measure_rest(place.word, text[at:]), tuple(entries))


def _list_entries(conn: Connection, place: Place) -> Iterator[Entry]:
    if "key" in place.expected:
        yield from _list_keys(conn, place.word)
    key = _read(place)
    if key and "operator" in place.expected:
        yield from _begin(place.word, _list_operators(key))
    if key and "value" in place.expected:
        yield from _list_values(conn, key, place)
    words = ("and", "or", "not", "null", "in", "(", ",", ")")
    is_after_key = "operator" in place.expected  # whose words have been listed
    fitting = [word for word in words if word in place.expected and not is_after_key]
    yield from _begin(place.word, (Entry(word if word in "()" else f"{word} ") for word in fitting))


def _read(place: Place) -> Key | None:
    if place.key is None:
        return None
    try:
        return read_key(place.key)
    except FilterError:
        return None


def _measure_rest(word: str, after: str) -> int:
    """How much of what follows the cursor belongs to the word."""
    rest = re.match(r"[\w.]*[`'\"]?" if re.search(r"[`'\"]", word) else r"[\w.]*", after)
    return rest.end() if rest and word else 0


def _begin(word: str, entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.text.lower().startswith(word.lower()))


# ── keys ─────────────────────────────────────────────────────────────────────
def _list_keys(conn: Connection, word: str) -> Iterator[Entry]:
    entity, name = split_key(word)
    kind = ENTITIES.get(entity.lower())
    if kind is not None:
        bare = name.lstrip("`'\"")
        yield from (Entry(f"{written} ", _name_kind(kind)) for written in _write_keys(conn, kind, bare))
        return
    plain = [Entry(f"{name} ", _name_kind(Kind.ATTRIBUTE)) for name in ATTRIBUTES]
    kinds = {Kind.METRIC: _("metrics"), Kind.PARAM: _("parameters"), Kind.TAG: _("tags"), Kind.DATASET: _("datasets")}
    entities = [Entry(f"{kind}.", note) for kind, note in kinds.items()]
    yield from _begin(word, [*entities, *plain])
    for kind in _NAMED if word else ():
        yield from (Entry(f"{written} ", _name_kind(kind)) for written in _write_keys(conn, kind, word))


def _write_keys(conn: Connection, kind: Kind, prefix: str) -> Iterator[str]:
    if kind is Kind.ATTRIBUTE:
        return (name for name in ATTRIBUTES if name.startswith(prefix.lower()))
    if kind is Kind.DATASET:
        return (write_key(kind, name) for name in DATASET_KEYS if name.startswith(prefix.lower()))
    return (written for name in list_keys(conn, kind, prefix) if (written := write_key(kind, name)))


def _name_kind(kind: Kind) -> str:
    return {
        Kind.ATTRIBUTE: _("of every run"),
        Kind.METRIC: _("metric"),
        Kind.PARAM: _("parameter"),
        Kind.TAG: _("tag"),
        Kind.DATASET: _("dataset"),
    }[kind]


# ── operators ────────────────────────────────────────────────────────────────
def _list_operators(key: Key) -> Iterator[Entry]:
    notes = {
        "~": _("contains"),
        "like": _("any text: %, any sign: _"),
        "ilike": _("like, whatever the case"),
        "in": _("one of several"),
        "not in": _("none of several"),
        "is null": _("has none"),
        "is not null": _("has one"),
    }
    signs = {Type.TEXT: _OF_TEXT, Type.EITHER: _OF_EITHER}.get(key.type, _OF_NUMBER)
    return (Entry(f"{sign} (" if sign in {"in", "not in"} else f"{sign} ", notes.get(sign, "")) for sign in signs)


# ── values ───────────────────────────────────────────────────────────────────
def _list_values(conn: Connection, key: Key, place: Place) -> Iterator[Entry]:
    if key.type in {Type.MOMENT, Type.SPAN}:
        yield from _begin(place.word, (Entry(f"{text} ") for text in (_MOMENTS if key.type is Type.MOMENT else _SPANS)))
        return
    quote = place.word[:1] if place.word[:1] in {'"', "'"} else ""
    values = list_values(conn, key, place.word.removeprefix(quote))
    if key.type is Type.EITHER and place.sign in ORDERINGS:
        yield from (Entry(f"{value} ") for value in values if _NUMBER.fullmatch(value) and not quote)
        return
    yield from (Entry(f"{written} ") for value in values if (written := write_text(value, quote)))
