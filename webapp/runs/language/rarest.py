"""The numbers of the runs that a filter finds, read from an index: that of the part which the fewest runs fulfil.

A comparison of a metric, param or tag is a stretch of an index of `proctor_value`, which holds active runs alone: to
count what it finds, nothing else is read. Of several that must all hold one is read so, and each run that it finds is
asked for the others. SQLite's statistics cannot tell which part is the rarest, so each is counted; PostgreSQL's can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeGuard

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select, union

from webapp.runs.language.sql import (
    KEPT,
    Backend,
    find_attribute,
    find_backend,
    find_values,
    hold_value,
    is_indexed,
    make_condition,
    stands_in_values,
)
from webapp.runs.language.tree import DENIALS, Both, Comparison, Either, Expression, Key, Kind, Not, Operator
from webapp.store.answers import find_answer
from webapp.store.columns import RunColumn
from webapp.store.planning import hide
from webapp.store.tables import run, value

_MOST_PARTS = 8
"""Of an `or`: each is read apart, and the runs of all are brought together. Of an `and`: each is counted."""
_AS_MANY = 3
"""To look for runs in a list of those of the rarest part is quicker than to ask these, if not this times as many."""


@dataclass(frozen=True)
class _Stretch:
    """Runs as an index finds them: where they stand, their number there, and what must hold of it."""

    source: FromClause
    number: ColumnElement[Any]
    where: tuple[ColumnElement[bool], ...] = ()

    @property
    def numbers(self) -> Select[Any]:
        return select(self.number).select_from(self.source).where(*self.where)


@dataclass(frozen=True)
class FoundRuns:
    """The runs that a filter finds, if they also fulfil some conditions on `proctor_run`."""

    conn: Connection
    expression: Expression
    also: tuple[ColumnElement[bool], ...]
    backend: Backend

    def count(self) -> int:
        """Count them."""
        return _count(self.conn, self.select_numbers())

    def select_numbers(self) -> Select[Any]:
        """Select their numbers by the quickest way."""
        found = self._find_all(self.expression, self.also)
        if found is None:
            found = self._ask(_Stretch(run, run.c.number), list(_list_parts(self.expression)), self.also)
        return found.numbers

    def ask(self, number: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
        """Ask of a run whether it is one of them; of its own row, in the same query, where it has to be."""
        is_enough = not self.also and stands_in_values(self.expression)
        backend = replace(self.backend, is_asked_singly=True, number=number if is_enough else self.backend.number)
        parts = sorted(_list_parts(self.expression), key=_may_be_many)
        return (*(make_condition(part, backend) for part in parts), *self.also)

    def bound(self, column: RunColumn) -> Callable[[FromClause], tuple[ColumnElement[bool], ...]] | None:
        """Return what says, where a column stands, what they all have there; None where the filter does not tell."""
        leaves = [part for part in _list_parts(self.expression) if _is_of(part, column)]
        return partial(self._hold_all, leaves) if leaves else None

    def _hold_all(self, leaves: Sequence[Comparison], there: FromClause) -> tuple[ColumnElement[bool], ...]:
        return tuple(
            make_condition(leaf, self.backend) if there is run else hold_value(there, leaf, self.backend.dialect)
            for leaf in leaves
        )

    def _find(self, part: Expression) -> _Stretch | None:
        """Find what fulfils a part, all of it and nothing else; None where no index tells."""
        if isinstance(part, Comparison | Both):
            return self._find_all(part)
        return self._find_any(part) if isinstance(part, Either) else None

    def _find_all(self, expression: Expression, also: Sequence[ColumnElement[bool]] = ()) -> _Stretch | None:
        """Find the runs of the rarest part, and ask each for the others."""
        parts = list(_join_by_key(_list_parts(expression)))
        known = [(part, found) for part in parts if (found := self._find_part(part)) is not None]
        if not known:
            return None
        chosen = self._choose(known[:_MOST_PARTS])
        found = chosen[-1][1]
        others = [each for each in parts if each not in [part for part, _ in chosen]]
        if len(chosen) > 1:
            listed = chosen[0][1].numbers.order_by(chosen[0][1].number)
            found = replace(found, where=(*found.where, *hide(self.conn, [found.number.in_(listed)])))
        return self._ask(found, others, also) if others or also else found

    def _find_part(self, part: Expression) -> _Stretch | None:
        if isinstance(part, Either):
            return self._find_any(part)
        leaves = [each for each in _list_parts(part) if isinstance(each, Comparison)]
        if not leaves or not all(map(is_indexed, leaves)):
            return None
        if leaves[0].key.kind is Kind.ATTRIBUTE:
            return _Stretch(run, run.c.number, (make_condition(part, self.backend),))
        return self._find_values(leaves)

    def _find_values(self, leaves: Sequence[Comparison]) -> _Stretch:
        there = value.alias("found")
        is_its = there.c.key_id == self.backend.key_ids.get(leaves[0].key, -1)
        held = (condition for leaf in leaves for condition in find_values(there, leaf, self.backend.dialect))
        return _Stretch(there, there.c.run_number, (is_its, *held))

    def _find_any(self, part: Either) -> _Stretch | None:
        found = [self._find(each) for each in part.parts[:_MOST_PARTS]]
        if None in found or not 0 < len(part.parts) <= _MOST_PARTS:
            return None
        together = union(*(each.numbers for each in found if each)).subquery()
        return _Stretch(together, next(iter(together.c)))

    def _choose(self, known: list[tuple[Expression, _Stretch]]) -> list[tuple[Expression, _Stretch]]:
        """Choose the rarest part, and with it the next if it is not much more frequent."""
        if len(known) == 1 or self.backend.dialect != "sqlite":
            return known[:1]
        counted = [(self._count(part, found), place) for place, (part, found) in enumerate(known)]
        (least, first), (more, second), *_ = sorted(counted)
        return [known[first], known[second]] if more < least * _AS_MANY else [known[first]]

    def _count(self, part: Expression, found: _Stretch) -> int:
        return find_answer(self.conn, ("count", part), partial(_count, self.conn, found.numbers))

    def _ask(self, found: _Stretch, others: list[Expression], also: Sequence[ColumnElement[bool]]) -> _Stretch:
        backend = replace(self.backend, number=found.number)
        if also or not all(map(stands_in_values, others)):
            backend = self.backend  # what is left is asked of the run's own row
            if found.source is not run:
                found = replace(found, source=found.source.join(run, run.c.number == found.number))
        conditions = (*(self._deny_or_ask(part, backend) for part in others), *also)
        return replace(found, where=(*found.where, *hide(self.conn, conditions)))

    def _deny_or_ask(self, part: Expression, backend: Backend) -> ColumnElement[bool]:
        """Ask for a part; most runs are asked where it is denied, so all that must not be is listed first."""
        denied = self._find(part.part) if isinstance(part, Not) else None
        return backend.number.not_in(denied.numbers) if denied else make_condition(part, backend)


def find_matching(conn: Connection, expression: Expression, also: Sequence[ColumnElement[bool]] = ()) -> FoundRuns:
    """Look up the names in the filter."""
    return FoundRuns(conn, expression, tuple(also), find_backend(conn, expression))


def _count(conn: Connection, numbers: Select[Any]) -> int:
    return conn.execute(select(func.count()).select_from(numbers.subquery())).scalar_one()


def _list_parts(expression: Expression) -> Iterator[Expression]:
    """Yield what must all hold."""
    if isinstance(expression, Both):
        for part in expression.parts:
            yield from _list_parts(part)
    else:
        yield expression


def _may_be_many(part: Expression) -> bool:
    """Whether to ask for a part after those that say what a value is: few runs fulfil these."""
    return not isinstance(part, Comparison) or part.operator not in {Operator.EQUAL, Operator.IN}


def _is_of(part: Expression, column: RunColumn) -> TypeGuard[Comparison]:
    """Whether a part compares what is in a column, and nothing fulfils it that has no place there, as NaN has none."""
    if not isinstance(part, Comparison):
        return False
    if column.kind is None:
        return part.key.kind is Kind.ATTRIBUTE and find_attribute(part.key.name) is run.c[column.name]
    is_its = KEPT.get(part.key.kind) is column.kind and part.key.name == column.name
    return is_its and stands_in_values(part) and part.operator not in DENIALS


def _join_by_key(parts: Iterable[Expression]) -> Iterator[Expression]:
    """Yield what is compared with one key as one part: two bounds are one stretch of its index."""
    by_key: dict[Key, list[Comparison]] = {}
    for part in parts:
        if isinstance(part, Comparison) and is_indexed(part):
            by_key.setdefault(part.key, []).append(part)
        else:
            yield part
    for leaves in by_key.values():
        yield leaves[0] if len(leaves) == 1 else Both(tuple(leaves))
