"""What stands between an upgrade and somebody's data: backups before it, a check of references after it."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections import Counter
from itertools import count
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Connection

from migrations.mlflow_schema import has_data

log = logging.getLogger("proctor.migrations")


def secure_older_store(conn: Connection, revision: str, *, backup_done: bool) -> None:
    """Copy an older MLflow store's SQLite file beside it, or require the operator's word that a backup exists.

    Raises
    ------
    CommandError
        On another database than SQLite that holds data, without PROCTOR_BACKUP_DONE=yes.
    """
    if conn.dialect.name == "sqlite":
        copy = copy_sqlite(Path(str(conn.engine.url.database)), revision)
        log.info("MLflow's schema %s is behind: the store was first copied to %s", revision, copy)
    elif not backup_done and has_data(conn):
        raise CommandError(
            f"this store holds runs under MLflow's older schema {revision}, and an upgrade cannot be undone: "
            "back the database up (pg_dump), then run PROCTOR_BACKUP_DONE=yes alembic upgrade head"
        )


def copy_sqlite(path: Path, revision: str) -> Path:
    """Copy a SQLite file, with what its write-ahead log holds, to a new name beside it.

    The copy is whole or absent: it is made under another name and renamed.
    """
    target = _free_name(path, revision)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    source, copy = sqlite3.connect(path), sqlite3.connect(part)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()
    shutil.copymode(path, part)
    return part.replace(target)


def _free_name(path: Path, revision: str) -> Path:
    names = (f"{path.name}.mlflow-{revision}{'' if n == 1 else f'-{n}'}.backup" for n in count(1))
    return next(target for name in names if not (target := path.with_name(name)).exists())


def find_orphans(conn: Connection) -> Counter[tuple[str, str]]:
    """Count the rows whose parent is missing, by (table, parent); SQLite only, others check by themselves."""
    if conn.dialect.name != "sqlite":
        return Counter()
    found = conn.exec_driver_sql("PRAGMA foreign_key_check").all()
    return Counter((row[0], row[2]) for row in found)


def require_no_new_orphans(conn: Connection, before: Counter[tuple[str, str]]) -> None:
    """Stop an upgrade that tore rows from their parents. Orphans that were there before are the store's own affair."""
    torn = find_orphans(conn) - before
    if torn:
        words = ", ".join(f"{rows} of {table} without {parent}" for (table, parent), rows in sorted(torn.items()))
        raise CommandError(f"the upgrade would leave rows without their parent ({words}); nothing was changed")
