"""The model versions that come from a run, and those among them for whose sake it is not deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from webapp.store.mlflow_tables import model_versions, registered_model_aliases

PROTECTING = frozenset({"champion", "challenger"})
"""Aliases of versions that answer, or are about to."""
PRODUCTION = "Production"
_DELETED = "Deleted_Internal"


@dataclass(frozen=True)
class FedVersion:
    """A model version that comes from a run."""

    name: str
    version: int
    run_id: str
    roles: tuple[str, ...]
    """Why its run is not deleted: the aliases champion and challenger, or MLflow's stage Production."""

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


def find_fed_versions(conn: Connection, ids: Sequence[str]) -> tuple[FedVersion, ...]:
    """Find every version whose run, or whose source, is one of these runs, by name and number."""
    wanted, aliases = frozenset(ids), registered_model_aliases
    query = (
        select(
            model_versions.c.name,
            model_versions.c.version,
            model_versions.c.run_id,
            model_versions.c.source,
            model_versions.c.current_stage,
            aliases.c.alias,
        )
        .outerjoin(
            aliases,
            and_(
                *(aliases.c[name] == model_versions.c[name] for name in ("workspace", "name", "version")),
                func.lower(aliases.c.alias).in_(PROTECTING),
            ),
        )
        .where(func.coalesce(model_versions.c.current_stage, "") != _DELETED)
        .order_by(model_versions.c.name, model_versions.c.version)
    )
    found: dict[tuple[str, int], FedVersion] = {}
    for row in conn.execute(query):
        fed = row.run_id if row.run_id in wanted else next(iter(wanted.intersection(_parts(row.source))), None)
        if fed is None:
            continue
        before = found.get((row.name, row.version))
        roles = (*(before.roles if before else ()), row.alias or "")
        roles = (*roles, PRODUCTION) if row.current_stage == PRODUCTION and not before else roles
        found[row.name, row.version] = FedVersion(row.name, row.version, fed, tuple(filter(None, roles)))
    return tuple(found.values())


def _parts(source: str | None) -> Iterable[str]:
    """The parts of an address, among which the run's id is: `runs:/<id>/model`, `…/<id>/artifacts/model`."""
    return (source or "").replace(":", "/").split("/")
