"""MLflow's half of the schema, brought to the pinned MLflow's head on a connection that we hold.

MLflow is imported only where there is work to do: it costs two seconds that a no-op upgrade need not pay.
"""

from __future__ import annotations

import os
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, literal, select, table, text

from webapp.store.schema import MLFLOW_HEAD


def find_revision(conn: Connection) -> str | None:
    """Return MLflow's revision in this database: None where it has no table, `initial` before its first revision."""
    tables = inspect(conn).get_table_names()
    if "alembic_version" in tables:
        revision = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if revision is not None:
            return str(revision)
    return "initial" if "experiments" in tables else None


def has_data(conn: Connection) -> bool:
    """Tell whether MLflow's tables hold a run or a registered model."""
    held = {"runs", "registered_models"} & set(inspect(conn).get_table_names())
    return any(conn.execute(select(literal(1)).select_from(table(name)).limit(1)).first() for name in sorted(held))


def upgrade_mlflow(conn: Connection, revision: str | None) -> None:
    """Run MLflow's own revisions from `revision` to its head, in the transaction of `conn`."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.store.db.base_sql_model import Base  # noqa: PLC0415  slow, and needed only here
    from mlflow.store.db.utils import _get_alembic_config  # noqa: PLC0415
    from mlflow.store.tracking.dbmodels.initial_models import Base as InitialBase  # noqa: PLC0415

    script = ScriptDirectory.from_config(_get_alembic_config("sqlite://"))
    _require_known(script, revision)
    if revision is None:
        InitialBase.metadata.create_all(conn)

    def steps(current: Any, _context: MigrationContext) -> Any:
        return script._upgrade_revs("heads", current)  # noqa: SLF001  Alembic's own `upgrade` does just this

    context = MigrationContext.configure(
        conn,
        opts={
            "fn": steps,
            "script": script,
            "target_metadata": Base.metadata,
            "render_as_batch": True,
            "transactional_ddl": True,
        },
    )
    with context.begin_transaction(), Operations.context(context):
        context.run_migrations()


def _require_known(script: ScriptDirectory, revision: str | None) -> None:
    if revision in {None, "initial"}:
        return
    try:
        script.get_revisions(revision)
    except (CommandError, ResolutionError) as error:
        raise CommandError(
            f"the store has MLflow schema {revision}, which this MLflow does not know (it goes up to {MLFLOW_HEAD}); "
            "a newer MLflow wrote it: use the Proctor release that pins that MLflow"
        ) from error
