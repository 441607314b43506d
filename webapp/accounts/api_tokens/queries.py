"""Tokens as the store knows them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, select

from webapp.accounts.api_tokens.scopes import Scope, read_scopes
from webapp.accounts.queries import User
from webapp.accounts.tokens import hash_token
from webapp.store.direct import Direct
from webapp.store.tables import token, user


class Ended(StrEnum):
    """Why a token is good no more."""

    EXPIRED = "expired"
    REVOKED = "revoked"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Grant:
    """What a token stands for; `ended` is None as long as it is good."""

    token_id: int
    user: User
    scopes: frozenset[Scope]
    ended: Ended | None


@dataclass(frozen=True)
class Token:
    """A token as a list shows it: never the token itself, which nobody keeps."""

    id: int
    owner: str
    name: str
    ending: str
    scopes: frozenset[Scope]
    created_at: int
    expires_at: int
    last_used_at: int | None
    ended: Ended | None


_FIND = Direct(
    select(token.c.id, token.c.scopes, token.c.expires_at, token.c.revoked_at)
    .add_columns(user.c.id, user.c.name, user.c.role, user.c.is_enabled)
    .join(user, user.c.id == token.c.user_id)
    .where(token.c.token_hash == bindparam("token_hash"))
)


def find_grant(conn: Connection, text: str, now: int) -> Grant | None:
    """Find what a token stands for, be it that it has ended; None where there never was such a one."""
    row = _FIND.find(conn, token_hash=hash_token(text))
    if row is None:
        return None
    token_id, scopes, expires_at, revoked_at, user_id, name, role, is_enabled = row
    ended = _find_end(expires_at, revoked_at, now, is_enabled=is_enabled)
    return Grant(token_id, User(user_id, name, role), read_scopes(scopes), ended)


def list_tokens(conn: Connection, now: int, user_id: int | None = None) -> tuple[Token, ...]:
    """List the tokens of an account, or of all, newest first; those that have ended are among them for a while."""
    query = select(token, user.c.name.label("owner"), user.c.is_enabled).join(user, user.c.id == token.c.user_id)
    query = query.order_by(token.c.created_at.desc(), token.c.id.desc())
    return tuple(
        Token(
            id=row.id,
            owner=row.owner,
            name=row.name,
            ending=row.ending,
            scopes=read_scopes(row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            ended=_find_end(row.expires_at, row.revoked_at, now, is_enabled=row.is_enabled),
        )
        for row in conn.execute(query if user_id is None else query.where(token.c.user_id == user_id))
    )


def count_good(conn: Connection, user_id: int, now: int) -> int:
    """Count the tokens of an account that have not ended."""
    good = (token.c.user_id == user_id, token.c.revoked_at.is_(None), token.c.expires_at > now)
    return conn.execute(select(func.count()).select_from(token).where(*good)).scalar_one()


def _find_end(expires_at: int, revoked_at: int | None, now: int, *, is_enabled: bool) -> Ended | None:
    if revoked_at is not None:
        return Ended.REVOKED
    if expires_at <= now:
        return Ended.EXPIRED
    return None if is_enabled else Ended.DISABLED
