"""Who may see a file's answers: whoever sent it, and admins."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app, request, session

from webapp.accounts import current_user
from webapp.jobs.queue import Job

SESSION_KEY, ARGUMENT = "files", "key"
MOST_REMEMBERED = 20


def may_open(found: Job) -> bool:
    """Whether whoever asks sent the file, or is an admin.

    Where reading is open, who has no account is known by their cookie, or by the key that the API gave them.
    """
    user, owner = current_user(), found.params.get("user_id")
    if user is not None and (user.role == "admin" or user.id == owner):
        return True
    if owner is not None:
        return False
    given = request.args.get(ARGUMENT, "")
    return found.id in session.get(SESSION_KEY, []) or hmac.compare_digest(given.encode(), make_key(found.id).encode())


def remember(job_id: str) -> None:
    """Note in the cookie of somebody without an account that this file is theirs."""
    if current_user() is None:
        session[SESSION_KEY] = [*session.get(SESSION_KEY, []), job_id][-MOST_REMEMBERED:]


def list_remembered() -> list[str]:
    """The files of somebody without an account."""
    return list(session.get(SESSION_KEY, []))


def make_key(job_id: str) -> str:
    """The key that opens one file's answers to somebody without an account and without cookies."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, b"proctor: answers of a file " + job_id.encode(), hashlib.sha256).hexdigest()[:32]
