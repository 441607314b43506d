"""The log of events: every kind of thing that people do here, and the one way in which it is written down."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from webapp.store.tables import event

KINDS = frozenset(
    {
        "account_created", "token_made", "token_revoked",
        "job_submitted", "job_cancelled",
        "note", "runs_tagged", "runs_untagged", "runs_noted", "runs_archived", "runs_restored", "runs_deleted",
        "run_deleted",
        "promote", "promote_despite_audit", "roll_back", "roll_back_despite_audit", "make_challenger",
        "retire", "retire_champion", "restore_version", "set_alias", "remove_alias",
        "truth_corrected", "prediction_exported", "prediction_erased", "file_deleted", "predictions_purged",
        "describe_version", "describe_model", "delete_version",
    }
)  # fmt: skip
"""Each has words on the admin page, and a test goes over them: a kind that is new here needs some there."""


class UnknownKindError(ValueError):
    """The kind is not among `KINDS`, so the admin page has no words for it."""


def write_event(conn: Connection, kind: str, subject: str, detail: str, *, user: str, now: int) -> None:
    """Write who did what, in the transaction that does it.

    Raises
    ------
    UnknownKindError
    """
    if kind not in KINDS:
        raise UnknownKindError(kind)
    conn.execute(insert(event).values(at=now, user_name=user, action=kind, subject=subject, detail=detail))
