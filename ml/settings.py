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
from urllib.parse import urlsplit

from ml.places import ArtifactRoots, Moved, read_address

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "PROCTOR_"
LAST_PORT = 65535
SHORTEST_SECRET = 16
LARGEST_LIMIT = 1_000_000
MOST_DAYS = 3650
MOST_A_MINUTE = 100_000_000


class SettingsError(ValueError):
    """A setting is unknown or has a value that cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What an operator may choose. Paths are absolute; URLs are SQLAlchemy's or the queue's."""

    database_url: str = field(repr=False)  # it may hold a password
    artifact_root: Path
    data_dir: Path
    reports_dir: Path
    spec_path: Path
    artifact_map: tuple[Moved, ...] = ()
    artifact_server: str | None = field(default=None, repr=False)  # so may it
    artifact_limit_mb: int = 2000
    """What the artifacts of one run may weigh to be fetched from elsewhere, or to be sent as one file."""
    raw_data: Path | None = None
    source_url: str | None = None
    queue_url: str = field(default="", repr=False)
    embedded_worker: bool = True
    first_training: bool = True
    secret_key: str | None = field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = 8080
    trusted_hosts: tuple[str, ...] = ()
    open_reading: bool | None = None
    """Whether people without an account may read; None: those on this machine may, where HOST is a loopback address."""
    prediction_days: int = 90
    """For how long the log of predictions keeps an answer."""
    log_sensitive: bool = False
    """Whether the log keeps the sensitive inputs, too."""
    predictions_per_minute: int = 300_000
    """How many requests for predictions one token, account or address may send."""
    limits_url: str | None = field(default=None, repr=False)  # it may hold a password
    """The Redis in which requests and wrong passwords are counted; None: each process counts for itself."""
    backup_done: bool = False
    log_level: str = "INFO"

    @property
    def is_embedded(self) -> bool:
        """Whether the store is a SQLite file, which the app may create and migrate by itself."""
        return self.database_url.startswith("sqlite")

    @property
    def artifact_roots(self) -> ArtifactRoots:
        """The folders in which artifacts may lie."""
        return ArtifactRoots(self.artifact_root, self.artifact_map, self.data_dir / "artifacts", self.data_dir)


def known_names() -> tuple[str, ...]:
    """Every name that `read_settings` understands."""
    return (*(PREFIX + name for name in _READERS), "HOST", "PORT")


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
        shown = name if name.removeprefix(PREFIX) in _SECRETS else f"{name}={raw!r}"
        raise SettingsError(f"{shown}: {error}") from error


def _text(raw: str, _root: Path) -> str:
    return raw


def _path(raw: str, root: Path) -> Path:
    return (root / Path(raw).expanduser()).resolve()


def _folder(raw: str, root: Path) -> Path:
    path = _path(raw, root)
    if path.exists() and not path.is_dir():
        raise ValueError("this is a file, and a folder is wanted")
    return path


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
    if not raw.isdecimal() or not 0 < int(raw) <= LAST_PORT:
        raise ValueError(f"a port is a whole number from 1 to {LAST_PORT}")
    return int(raw)


def _secret(raw: str, _root: Path) -> str:
    if len(raw) < SHORTEST_SECRET:
        raise ValueError(f"a secret key has at least {SHORTEST_SECRET} characters, best out of a random generator")
    return raw


def _web_address(raw: str, _root: Path) -> str:
    if urlsplit(raw).scheme not in {"http", "https"} or not urlsplit(raw).hostname:
        raise ValueError("a web address starts with http:// or https:// and names a host")
    return raw


def _moves(raw: str, root: Path) -> tuple[Moved, ...]:
    return tuple(_move(part.strip(), root) for part in raw.split(",") if part.strip())


def _move(raw: str, root: Path) -> Moved:
    old, equals, new = (part.strip() for part in raw.rpartition("="))
    if not (equals and old and new):
        raise ValueError(f"{raw!r} is not old=new: an address that runs have recorded, and the folder that it is now")
    return Moved(read_address(old), _folder(new, root))


def _megabytes(raw: str, _root: Path) -> int:
    if not (raw.isascii() and raw.isdigit()) or not 0 < int(raw[:9]) <= LARGEST_LIMIT:
        raise ValueError(f"say a whole number of megabytes from 1 to {LARGEST_LIMIT}")
    return int(raw)


def _days(raw: str, _root: Path) -> int:
    if not (raw.isascii() and raw.isdigit()) or not 0 < int(raw[:9]) <= MOST_DAYS:
        raise ValueError(f"say a whole number of days from 1 to {MOST_DAYS}")
    return int(raw)


def _requests(raw: str, _root: Path) -> int:
    if not (raw.isascii() and raw.isdigit()) or not 0 < int(raw[:10]) <= MOST_A_MINUTE:
        raise ValueError(f"say a whole number of requests from 1 to {MOST_A_MINUTE}")
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
            raise ValueError(f"a URL starts with one of {', '.join(known + '://' for known in schemes)}")
        if scheme == "sqlite":
            return f"sqlite:///{_database_file(rest, root)}"
        _ = urlsplit(raw).port  # which raises ValueError where it is no port
        return f"postgresql+psycopg://{rest}" if scheme in {"postgresql", "postgres"} else raw

    return read


def _database_file(rest: str, root: Path) -> Path:
    name = rest.removeprefix("/")
    if not rest.startswith("/") or not name or ":memory:" in name or "?" in name:
        raise ValueError("a SQLite URL is sqlite:/// and the path of a file, which several processes can open")
    path = _path(name, root)
    if path.is_dir():
        raise ValueError("this is a folder, and a file is wanted")
    return path


_READERS: dict[str, tuple[str, Callable[[str, Path], Any]]] = {
    "DATABASE_URL": ("database_url", _url(("sqlite", "postgresql", "postgres", "postgresql+psycopg"))),
    "ARTIFACT_ROOT": ("artifact_root", _folder),
    "ARTIFACT_MAP": ("artifact_map", _moves),
    "ARTIFACT_SERVER": ("artifact_server", _web_address),
    "ARTIFACT_LIMIT_MB": ("artifact_limit_mb", _megabytes),
    "DATA_DIR": ("data_dir", _folder),
    "REPORTS_DIR": ("reports_dir", _folder),
    "SPEC": ("spec_path", _existing_file),
    "RAW_DATA": ("raw_data", _existing_file),
    "SOURCE_URL": ("source_url", _web_address),
    "QUEUE_URL": ("queue_url", _url(("sqlite", "postgresql", "postgres", "postgresql+psycopg", "redis"))),
    "EMBEDDED_WORKER": ("embedded_worker", _switch),
    "FIRST_TRAINING": ("first_training", _switch),
    "SECRET_KEY": ("secret_key", _secret),
    "TRUSTED_HOSTS": ("trusted_hosts", _hosts),
    "OPEN_READING": ("open_reading", _switch),
    "PREDICTION_DAYS": ("prediction_days", _days),
    "LOG_SENSITIVE": ("log_sensitive", _switch),
    "PREDICTIONS_PER_MINUTE": ("predictions_per_minute", _requests),
    "LIMITS_URL": ("limits_url", _url(("redis",))),
    "BACKUP_DONE": ("backup_done", _switch),
    "LOG_LEVEL": ("log_level", _level),
}
_SECRETS = {
    "ARTIFACT_SERVER",
    "DATABASE_URL",
    "LIMITS_URL",
    "QUEUE_URL",
    "SECRET_KEY",
}  # never shown: they hold passwords
