"""What changes accounts: one transaction each, with the time passed in."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.exc import IntegrityError

from webapp.accounts.passwords import hash_password, is_hash_outdated, is_password_right
from webapp.accounts.queries import User, find_credentials, is_anybody_there
from webapp.accounts.tokens import hash_token, make_token
from webapp.events import write_event
from webapp.store.session import Store
from webapp.store.tables import session, setup_link, user

HOUR = 60 * 60 * 1000
SESSION_LASTS = 12 * HOUR
LINK_LASTS = 24 * HOUR


class NameTakenError(ValueError):
    """Somebody else is called that."""


class LinkRefusedError(ValueError):
    """The one-time link was used, has expired, was replaced by a newer one, or never was."""


def issue_setup_link(store: Store, now: int) -> str | None:
    """Make the one link that is good now and return its token; None once there is an account."""
    token = make_token()
    with store.write() as conn:
        if is_anybody_there(conn):
            return None
        conn.execute(delete(setup_link).where(setup_link.c.expires_at <= now))
        conn.execute(update(setup_link).values(expires_at=now))
        conn.execute(
            insert(setup_link).values(token_hash=hash_token(token), created_at=now, expires_at=now + LINK_LASTS)
        )
    return token


def redeem_setup_link(store: Store, token: str, name: str, password: str, now: int) -> User:
    """Create the first admin with a one-time link. Of two that come at once, one wins.

    Raises
    ------
    LinkRefusedError
        When the link is not, or no longer, good.
    """
    password_hash = hash_password(password)
    with store.write() as conn:
        # All open links at once: whoever comes at the same moment, with this link or another, waits and finds none.
        spent = conn.execute(
            update(setup_link)
            .where(setup_link.c.used_at.is_(None), setup_link.c.expires_at > now)
            .values(used_at=now)
            .returning(setup_link.c.token_hash)
        )
        if hash_token(token) not in spent.scalars().all() or is_anybody_there(conn):
            raise LinkRefusedError
        return _insert_admin(conn, name, password_hash, now)


def create_admin(store: Store, name: str, password: str, now: int) -> User:
    """Create an admin; a one-time link that is still about is thereby spent.

    Raises
    ------
    NameTakenError
        When there is an account of that name.
    """
    password_hash = hash_password(password)
    try:
        with store.write() as conn:
            conn.execute(update(setup_link).where(setup_link.c.used_at.is_(None)).values(used_at=now))
            return _insert_admin(conn, name, password_hash, now)
    except IntegrityError as error:
        raise NameTakenError(name) from error


def check_credentials(store: Store, name: str, password: str) -> User | None:
    """Find the enabled account whose password this is; a hash with yesterday's parameters is replaced in passing."""
    with store.read() as conn:
        found = find_credentials(conn, name)
    is_right = is_password_right(password, found.password_hash if found else None)
    if found is None or not is_right or not found.is_enabled:
        return None
    if is_hash_outdated(found.password_hash):
        replace_password_hash(store, found.user.id, found.password_hash, hash_password(password))
    return found.user


def open_session(store: Store, user_id: int, now: int) -> str:
    """Begin a session of twelve hours and return its token; sessions that have run out are swept away."""
    token = make_token()
    with store.write() as conn:
        conn.execute(delete(session).where(session.c.expires_at <= now))
        conn.execute(
            insert(session).values(
                token_hash=hash_token(token), user_id=user_id, created_at=now, expires_at=now + SESSION_LASTS
            )
        )
    return token


def close_session(store: Store, token: str) -> None:
    """End a session for good: a copy of its cookie is worth nothing from now on."""
    with store.write() as conn:
        conn.execute(delete(session).where(session.c.token_hash == hash_token(token)))


def replace_password_hash(store: Store, user_id: int, old: str, new: str) -> None:
    """Put a hash with today's parameters in the place of `old`, unless the password was changed meanwhile."""
    with store.write() as conn:
        conn.execute(update(user).where(user.c.id == user_id, user.c.password_hash == old).values(password_hash=new))


def _insert_admin(conn: Connection, name: str, password_hash: str, now: int) -> User:
    values = {"name": name, "password_hash": password_hash, "role": "admin", "is_enabled": True, "created_at": now}
    added: int = conn.execute(insert(user).values(values).returning(user.c.id)).scalar_one()
    write_event(conn, "account_created", name, "admin", user=name, now=now)
    return User(added, name, "admin")
