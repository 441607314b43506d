"""What changes tokens: one transaction each, with the time passed in."""

from __future__ import annotations

from sqlalchemy import delete, insert, or_, select, update

from webapp.accounts.actions import HOUR
from webapp.accounts.api_tokens.queries import count_good
from webapp.accounts.api_tokens.scopes import Scope, write_scopes
from webapp.accounts.queries import User
from webapp.accounts.tokens import hash_token, make_token
from webapp.events import write_event
from webapp.store.session import Store
from webapp.store.tables import token, user

PREFIX = "proctor_"
"""What scanners for secrets that lie about can look for."""
MOST_TOKENS = 50
DAY = 24 * HOUR
KEPT_AFTER_END = 30 * DAY
"""For how long a list shows a token that has ended."""
_SHOWN = 4


class TooManyTokensError(ValueError):
    """The account has as many good tokens as it may."""


def issue_token(store: Store, owner: User, name: str, scopes: frozenset[Scope], days: int, now: int) -> str:
    """Make a token and return it; the store keeps its hash alone, so this is the one time that it is known.

    Raises
    ------
    TooManyTokensError
    """
    text = PREFIX + make_token()
    values = {
        "user_id": owner.id,
        "name": name,
        "token_hash": hash_token(text),
        "ending": text[-_SHOWN:],
        "scopes": write_scopes(scopes),
        "created_at": now,
        "expires_at": now + days * DAY,
    }
    long_ago = now - KEPT_AFTER_END
    with store.write() as conn:
        if count_good(conn, owner.id, now) >= MOST_TOKENS:
            raise TooManyTokensError
        conn.execute(delete(token).where(or_(token.c.expires_at < long_ago, token.c.revoked_at < long_ago)))
        conn.execute(insert(token).values(values))
        write_event(conn, "token_made", name, write_scopes(scopes), user=owner.name, now=now)
    return text


def revoke_token(store: Store, token_id: int, by: User, now: int, *, owner_id: int | None = None) -> str | None:
    """End a token at once and return its name; with `owner_id` only one of that account's. None where there is none."""
    where = [token.c.id == token_id, token.c.revoked_at.is_(None)]
    where += [] if owner_id is None else [token.c.user_id == owner_id]
    with store.write() as conn:
        row = conn.execute(
            update(token).where(*where).values(revoked_at=now).returning(token.c.name, token.c.user_id)
        ).one_or_none()
        if row is None:
            return None
        owner = conn.execute(select(user.c.name).where(user.c.id == row.user_id)).scalar_one()
        write_event(conn, "token_revoked", row.name, owner, user=by.name, now=now)
    return str(row.name)


def note_use(store: Store, token_id: int, now: int) -> None:
    """Write down when a token was last used."""
    with store.write() as conn:
        conn.execute(update(token).where(token.c.id == token_id).values(last_used_at=now))
