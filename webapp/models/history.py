"""Who decided what about a registered model, when and why, as the log of events has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from webapp import events
from webapp.models.former import LATEST, list_former, note_name
from webapp.models.listing import RegisteredModel
from webapp.models.queries import ModelVersion, find_before, find_version
from webapp.store.tables import event

PROMOTE = "promote"
PROMOTE_DESPITE_AUDIT = "promote_despite_audit"
ROLL_BACK = "roll_back"
ROLL_BACK_DESPITE_AUDIT = "roll_back_despite_audit"
"""A decision against the audit has an action of its own, so that it is never mistaken for another."""
MAKE_CHALLENGER = "make_challenger"
RETIRE = "retire"
RETIRE_CHAMPION = "retire_champion"
RESTORE = "restore_version"
SET_ALIAS = "set_alias"
REMOVE_ALIAS = "remove_alias"
DESCRIBE = "describe_version"
DESCRIBE_MODEL = "describe_model"
DELETE = "delete_version"

CROWNING = (PROMOTE, PROMOTE_DESPITE_AUDIT, ROLL_BACK, ROLL_BACK_DESPITE_AUDIT)
"""After which of them a version is champion."""
ROLLING_BACK = (ROLL_BACK, ROLL_BACK_DESPITE_AUDIT)
DESPITE_AUDIT = (PROMOTE_DESPITE_AUDIT, ROLL_BACK_DESPITE_AUDIT)
OF_A_VERSION = (
    *CROWNING, MAKE_CHALLENGER, RETIRE, RETIRE_CHAMPION, RESTORE, SET_ALIAS, REMOVE_ALIAS, DESCRIBE, DELETE,
)  # fmt: skip
LONGEST_SUBJECT = 255
LONGEST_VERSION = 11
LOOKED_AT = 1000
"""Events, the newest first, among which those of a model are looked for."""

_SUBJECT = re.compile(r"(?P<name>.*) v(?P<version>\d+)", re.DOTALL)
_ALIAS = re.compile(r"@(?P<alias>[^:]+)(?:: (?P<why>.*))?", re.DOTALL)


@dataclass(frozen=True)
class Decision:
    """What somebody did to a version, or to the model as a whole where `version` is None."""

    at: int
    user_name: str
    action: str
    version: int | None
    alias: str
    reason: str

    @property
    def is_despite_audit(self) -> bool:
        """Whether a version was made to answer although its audit had failed."""
        return self.action in DESPITE_AUDIT


def name_subject(name: str, version: int | None) -> str:
    """What an event is about, as the log keeps it: a long name is cut, never the version."""
    ending = "" if version is None else f" v{version}"
    room = LONGEST_SUBJECT - len(ending)
    return (name if len(name) <= room else name[: room - 1] + "…") + ending


def write_event(conn: Connection, decision: Decision, name: str) -> None:
    """Write into the log what was decided."""
    detail = decision.reason
    if decision.alias:
        detail = f"@{decision.alias}: {detail}" if detail else f"@{decision.alias}"
    subject = name_subject(name, decision.version)
    events.write_event(conn, decision.action, subject, detail, user=decision.user_name, now=decision.at)
    note_name(conn, name, decision.at)


def list_decisions(conn: Connection, model: RegisteredModel, limit: int = 50) -> tuple[Decision, ...]:
    """List what was decided about a model, newest first.

    What the log has of a name before the model was made was about another model, which had the name before. What was
    decided while this one was called otherwise is among it, as far as its tag knows.
    """
    until = {model.name: LATEST, **list_former(model)}
    columns = (event.c.at, event.c.user_name, event.c.action, event.c.subject, event.c.detail)
    begins = or_(*(and_(_begins(name), event.c.at <= at) for name, at in until.items()))
    rows = conn.execute(
        select(*columns)
        .where(event.c.action.in_((*OF_A_VERSION, DESCRIBE_MODEL)), begins, event.c.at >= model.created_at)
        .order_by(event.c.id.desc())
        .limit(LOOKED_AT)
    )
    found = (_read(row.at, row.user_name, row.action, row.subject, row.detail) for row in rows)
    return tuple(
        decision
        for subject, decision in found
        if any(decision.at <= at and subject == name_subject(name, decision.version) for name, at in until.items())
    )[:limit]


def list_last_changes(conn: Connection) -> dict[str, Decision]:
    """List the last decision about each model by its name, as far as the newest events know."""
    query = select(event.c.at, event.c.user_name, event.c.action, event.c.subject, event.c.detail)
    query = query.where(event.c.action.in_((*OF_A_VERSION, DESCRIBE_MODEL))).order_by(event.c.id.desc())
    last: dict[str, Decision] = {}
    for row in conn.execute(query.limit(LOOKED_AT)):
        subject, decision = _read(row.at, row.user_name, row.action, row.subject, row.detail)
        last.setdefault(subject if decision.version is None else subject.rpartition(" v")[0], decision)
    return last


def find_last_change(changes: Mapping[str, Decision], model: RegisteredModel) -> Decision | None:
    """Find the last decision about a model among the last of all, be it under a name that it had before."""
    until = {model.name: LATEST, **list_former(model)}
    found = [last for name, at in until.items() if (last := changes.get(name)) and model.created_at <= last.at <= at]
    return max(found, key=lambda last: last.at, default=None)


def find_previous(conn: Connection, model: RegisteredModel, champion: ModelVersion) -> ModelVersion | None:
    """Find the version to which a roll-back returns: the one in whose place the champion was promoted.

    Where that one was retired or deleted, the one before it. Where nobody noted which it was, as by an older Proctor,
    the last that was promoted before.
    """
    before, met, at = find_before(conn, model.name), {champion.version}, champion.version
    while (following := before.get(at)) is not None and following not in met:
        found = find_version(conn, model.name, following)
        if found and not found.retired:
            return found
        met.add(following)
        at = following
    for version in reversed(_replay(list_decisions(conn, model, LOOKED_AT))):
        found = find_version(conn, model.name, version) if version not in met else None
        if found and not found.retired:
            return found
    return None


def _replay(decisions: Sequence[Decision]) -> list[int]:
    """Name the champions that the log knows of, the last one last; what was rolled back is no longer among them."""
    champions: list[int] = []
    for item in reversed(decisions):
        if item.version is None or item.action not in CROWNING:
            continue
        if item.action in ROLLING_BACK:
            champions = champions[: champions.index(item.version)] if item.version in champions else []
        champions.append(item.version)
    return champions


def was_cleared(conn: Connection, model: RegisteredModel, version: int) -> bool:
    """Whether somebody once wrote down why this version may answer although its audit failed."""
    found = list_decisions(conn, model, LOOKED_AT)
    return any(item.version == version and item.is_despite_audit for item in found)


def _read(at: int, user_name: str, action: str, subject: str, detail: str) -> tuple[str, Decision]:
    parts = _SUBJECT.fullmatch(subject) if action in OF_A_VERSION else None
    version = int(parts["version"]) if parts and len(parts["version"]) < LONGEST_VERSION else None
    said = _ALIAS.fullmatch(detail) if action in {SET_ALIAS, REMOVE_ALIAS} else None
    alias, reason = (said["alias"], said["why"] or "") if said else ("", detail)
    return subject, Decision(at, user_name, action, version, alias, reason)


def _begins(name: str) -> ColumnElement[bool]:
    return event.c.subject.startswith(name_subject(name, None)[: LONGEST_SUBJECT // 2], autoescape=True)
