"""Every setting of Proctor, read from the environment once.

One frozen value serves the web process, the worker, the migrations and the command line, so that a name is known or
unknown in all of them alike. `docs/operating.md` lists the names; a test keeps the two together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "PROCTOR_"


class SettingsError(ValueError):
    """A setting is unknown or has a value that cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What an operator may choose. Paths are absolute; URLs are SQLAlchemy's or the queue's."""

    database_url: str
    artifact_root: Path
    data_dir: Path
    reports_dir: Path
    spec_path: Path
    raw_data: Path | None = None
    source_url: str | None = None
    queue_url: str = ""
    embedded_worker: bool = True
    first_training: bool = True
    secret_key: str | None = field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = 8080
    trusted_hosts: tuple[str, ...] = ()
    open_reading: bool | None = None
    """Whether people without an account may read; None: those on this machine may, where HOST is a loopback address."""
    backup_done: bool = False
    log_level: str = "INFO"

    @property
    def is_embedded(self) -> bool:
        """Whether the store is a SQLite file, which the app may create and migrate by itself."""
        return self.database_url.startswith("sqlite")


def read_settings(environ: Mapping[str, str] = os.environ, root: Path = ROOT) -> Settings:
    """Read the settings from `environ`; relative paths and defaults start at `root`.

    Raises
    ------
    SettingsError
        For an unknown `PROCTOR_*` name or a value that cannot be used.
    """
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    unknown = sorted(set(given) - {PREFIX + name for name in _READERS})
    if unknown:
        raise SettingsError(f"unknown setting {', '.join(unknown)}; docs/operating.md lists the names")
    values: dict[str, Any] = {}
    for name, (attribute, read) in _READERS.items():
        raw = environ.get(PREFIX + name, "").strip()
        if raw:
            values[attribute] = _read(PREFIX + name, raw, _at(root, read))
    for name, reader in (("HOST", _text), ("PORT", _port)):
        raw = environ.get(name, "").strip()
        if raw:
            values[name.lower()] = _read(name, raw, _at(root, reader))
    return Settings(**(_defaults(root, values.get("data_dir", root / "data")) | values))


def write_settings(settings: Settings) -> dict[str, str]:
    """The environment from which another process reads the same settings; the secret key stays in this one."""
    given = {name: getattr(settings, attribute) for name, (attribute, _read) in _READERS.items()}
    return {
        PREFIX + name: _write(value)
        for name, value in given.items()
        if value not in (None, "", ()) and name != "SECRET_KEY"
    }


def _write(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _defaults(root: Path, data_dir: Path) -> dict[str, Any]:
    return {
        "database_url": f"sqlite:///{data_dir / 'proctor.sqlite'}",
        "queue_url": f"sqlite:///{data_dir / 'queue.sqlite'}",
        "artifact_root": root / "models",
        "data_dir": data_dir,
        "reports_dir": root / "reports",
        "spec_path": root / "data" / "student_performance.yaml",
    }


def _at(root: Path, reader: Callable[[str, Path], Any]) -> Callable[[str], Any]:
    return lambda raw: reader(raw, root)


def _read(name: str, raw: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(raw)
    except ValueError as error:
        raise SettingsError(f"{name}={raw!r}: {error}") from error


def _text(raw: str, _root: Path) -> str:
    return raw


def _path(raw: str, root: Path) -> Path:
    return (root / Path(raw).expanduser()).resolve()


def _existing_file(raw: str, root: Path) -> Path:
    path = _path(raw, root)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def _switch(raw: str, _root: Path) -> bool:
    words = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
    if raw.lower() not in words:
        raise ValueError("say yes or no")
    return words[raw.lower()]


def _port(raw: str, _root: Path) -> int:
    if not raw.isdigit() or not 0 < int(raw) < 65536:
        raise ValueError("a port is a whole number from 1 to 65535")
    return int(raw)


def _hosts(raw: str, _root: Path) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _level(raw: str, _root: Path) -> str:
    if raw.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("say DEBUG, INFO, WARNING or ERROR")
    return raw.upper()


def _url(schemes: tuple[str, ...]) -> Callable[[str, Path], str]:
    def read(raw: str, root: Path) -> str:
        scheme, _, rest = raw.partition("://")
        if scheme not in schemes or not rest:
            raise ValueError(f"a URL starts with one of {', '.join(s + '://' for s in schemes)}")
        if scheme == "sqlite":
            return f"sqlite:///{_path(rest.removeprefix('/'), root)}"
        return f"postgresql+psycopg://{rest}" if scheme in {"postgresql", "postgres"} else raw
    return read


_READERS: dict[str, tuple[str, Callable[[str, Path], Any]]] = {
    "DATABASE_URL": ("database_url", _url(("sqlite", "postgresql", "postgres", "postgresql+psycopg"))),
    "ARTIFACT_ROOT": ("artifact_root", _path),
    "DATA_DIR": ("data_dir", _path),
    "REPORTS_DIR": ("reports_dir", _path),
    "SPEC": ("spec_path", _existing_file),
    "RAW_DATA": ("raw_data", _existing_file),
    "SOURCE_URL": ("source_url", _text),
    "QUEUE_URL": ("queue_url", _url(("sqlite", "postgresql", "postgres", "postgresql+psycopg", "redis"))),
    "EMBEDDED_WORKER": ("embedded_worker", _switch),
    "FIRST_TRAINING": ("first_training", _switch),
    "SECRET_KEY": ("secret_key", _text),
    "TRUSTED_HOSTS": ("trusted_hosts", _hosts),
    "OPEN_READING": ("open_reading", _switch),
    "BACKUP_DONE": ("backup_done", _switch),
    "LOG_LEVEL": ("log_level", _level),
}
