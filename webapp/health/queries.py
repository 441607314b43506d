"""How the parts are, as the store tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from webapp.champion import Served
from webapp.jobs.presence import list_workers
from webapp.store.mlflow_tables import DEFAULT_WORKSPACE, registered_model_aliases


class Condition(StrEnum):
    """How a part is. `unknown` when the store, which would know, is away, or nobody has asked yet."""

    OK = "ok"
    AWAY = "away"
    STARTING = "starting"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class NamedVersion:
    """A version of a registered model."""

    name: str
    version: int


@dataclass(frozen=True)
class Health:
    """How store, worker and model are: the version that is champion, and the one that answers in this process."""

    store: Condition
    worker: Condition
    model: Condition
    champion: NamedVersion | None
    answering: NamedVersion | None

    @property
    def can_serve(self) -> bool:
        """Pages need the store; a worker that is away only delays jobs, and a site begins without a champion."""
        return self.store is Condition.OK


STORE_AWAY = Health(Condition.AWAY, Condition.UNKNOWN, Condition.UNKNOWN, None, None)


def find_health(conn: Connection, model_name: str, now: int, served: Served | None) -> Health:
    """Ask the store after the worker and the champion; that it answers is its own health.

    `served` is what answers in this process, None where nobody has asked for it yet.
    """
    worker = Condition.OK if list_workers(conn, now) else Condition.AWAY
    answering = served.champion.version if served and served.champion else None
    return Health(
        store=Condition.OK,
        worker=worker,
        model=judge_served(served),
        champion=find_registered_champion(conn, model_name),
        answering=NamedVersion(answering.name, answering.version) if answering else None,
    )


def judge_served(served: Served | None) -> Condition:
    """Whether the champion answers; it is `refused` where its file cannot be trusted."""
    if served is None or served.asked is None:
        return Condition.UNKNOWN
    if served.trouble:
        return Condition.REFUSED
    is_it = served.champion is not None and served.champion.version.asked == served.asked
    return Condition.OK if is_it else Condition.STARTING


def find_registered_champion(conn: Connection, model_name: str) -> NamedVersion | None:
    """The version that the registry's alias `champion` points at."""
    alias = registered_model_aliases.c
    version = conn.execute(
        select(alias.version).where(
            alias.workspace == DEFAULT_WORKSPACE, alias.name == model_name, alias.alias == "champion"
        )
    ).scalar_one_or_none()
    return None if version is None else NamedVersion(model_name, int(version))
