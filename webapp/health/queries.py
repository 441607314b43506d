"""How the parts are, as the store tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from webapp.jobs.presence import list_workers
from webapp.store.mlflow_tables import DEFAULT_WORKSPACE, registered_model_aliases


class Condition(StrEnum):
    """How a part is. `unknown` when the store, which would know, is away."""

    OK = "ok"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RegisteredChampion:
    """The model version that the registry calls champion."""

    name: str
    version: int


@dataclass(frozen=True)
class Health:
    """How store, worker and champion are."""

    store: Condition
    worker: Condition
    champion: RegisteredChampion | None

    @property
    def can_serve(self) -> bool:
        """Pages need the store; a worker that is away only delays jobs, and a site begins without a champion."""
        return self.store is Condition.OK


STORE_AWAY = Health(Condition.AWAY, Condition.UNKNOWN, None)


def find_health(conn: Connection, model_name: str, now: int) -> Health:
    """Ask the store after the worker and the champion; that it answers is its own health."""
    worker = Condition.OK if list_workers(conn, now) else Condition.AWAY
    return Health(Condition.OK, worker, find_registered_champion(conn, model_name))


def find_registered_champion(conn: Connection, model_name: str) -> RegisteredChampion | None:
    """The version that the registry's alias `champion` points at."""
    alias = registered_model_aliases.c
    version = conn.execute(
        select(alias.version).where(
            alias.workspace == DEFAULT_WORKSPACE, alias.name == model_name, alias.alias == "champion"
        )
    ).scalar_one_or_none()
    return None if version is None else RegisteredChampion(model_name, int(version))
