"""Who somebody is, as the store knows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, exists, select

from webapp.accounts.tokens import hash_token
from webapp.store.direct import Direct
from webapp.store.tables import session, setup_link, user


@dataclass(frozen=True)
class User:
    """Somebody with an account; `role` is `admin` or `reader`."""

    id: int
    name: str
    role: str


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against. It stays within this package."""

    user: User
    password_hash: str
    is_enabled: bool


class LinkState(StrEnum):
    """What a one-time link is good for."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


_OF_SESSION = Direct(
    select(user.c.id, user.c.name, user.c.role)
    .join(session, session.c.user_id == user.c.id)
    .where(session.c.token_hash == bindparam("token_hash"), session.c.expires_at > bindparam("now"), user.c.is_enabled)
)


def find_user_of_session(conn: Connection, token: str, now: int) -> User | None:
    """Find who holds the session, unless it has expired or the account was disabled."""
    row = _OF_SESSION.find(conn, token_hash=hash_token(token), now=now)
    return User(*row) if row else None


def find_credentials(conn: Connection, name: str) -> Credentials | None:
    """Find the account of that name."""
    row = conn.execute(select(user).where(user.c.name == name)).one_or_none()
    return Credentials(User(row.id, row.name, row.role), row.password_hash, row.is_enabled) if row else None


def is_anybody_there(conn: Connection) -> bool:
    """Whether there is any account yet."""
    return bool(conn.execute(select(exists().where(user.c.id.is_not(None)))).scalar_one())


def find_link_state(conn: Connection, token: str, now: int) -> LinkState:
    """Find what the one-time link with this token is good for at `now`."""
    row = conn.execute(select(setup_link).where(setup_link.c.token_hash == hash_token(token))).one_or_none()
    if row is None:
        return LinkState.UNKNOWN
    if row.used_at is not None or is_anybody_there(conn):
        return LinkState.USED
    return LinkState.OPEN if row.expires_at > now else LinkState.EXPIRED
