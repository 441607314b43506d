"""An answer's link: the row that it answers, encrypted, so that an address says nothing about anybody.

Nothing is stored: whoever has the link and may read this site sees the answer until it expires. Why so:
docs/decisions/explaining.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from ml.serve.contract import Cell, Row
from ml.spec import Column, DatasetSpec, Kind

DAYS = 30
LONGEST = 4096
_SECONDS_A_DAY = 86_400
_PURPOSE = "proctor: links to answers"


class LinkError(ValueError):
    """A link that cannot be opened; the message is for the reader. `is_past` where it was good once."""

    def __init__(self, message: str, *, is_past: bool = False) -> None:
        super().__init__(message)
        self.is_past = is_past


@dataclass(frozen=True)
class SavedAnswer:
    """A row, and what was answered to it: the version, its class (an index into the spec's) and that class's share.

    `request_id` is that under which the answer is in the log.
    """

    row: Mapping[str, Cell]
    version: int
    place: int
    share: float
    request_id: str


def seal(saved: SavedAnswer, spec: DatasetSpec) -> str:
    """Return a token for the address: as long as it is good, only this installation can read it."""
    cells = {place: _shorten(saved.row[c.name], c) for place, c in enumerate(spec.features) if c.name in saved.row}
    payload = [_fingerprint(spec), saved.version, saved.place, round(saved.share, 4), saved.request_id, cells]
    from cryptography.fernet import Fernet  # noqa: PLC0415 - costs as much as a page, and most requests need none

    return Fernet(_key()).encrypt(json.dumps(payload, separators=(",", ":")).encode()).decode().rstrip("=")


def unseal(token: str, spec: DatasetSpec) -> SavedAnswer:
    """Return what was sealed.

    Raises
    ------
    LinkError
        Where the token is not one of ours, is too old, or is about another dataset.
    """
    from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415 - see `seal`

    whole = token.strip()[:LONGEST]
    sealed = (whole + "=" * (-len(whole) % 4)).encode()
    fernet = Fernet(_key())
    try:
        content = fernet.decrypt(sealed)
    except (InvalidToken, UnicodeError):
        raise LinkError(_("This link cannot be opened: it is incomplete, or another site made it.")) from None
    try:
        fernet.decrypt(sealed, ttl=DAYS * _SECONDS_A_DAY)
    except InvalidToken:
        raise LinkError(_("This link was good for %(days)s days.", days=DAYS), is_past=True) from None
    fingerprint, version, place, share, request_id, cells = json.loads(content)
    if fingerprint != _fingerprint(spec):
        raise LinkError(_("This link is about a dataset whose columns have changed since."), is_past=True)
    row = {spec.features[int(i)].name: _lengthen(cell, spec.features[int(i)]) for i, cell in cells.items()}
    return SavedAnswer(row, version, place, share, request_id)


def find_token(pasted: str) -> str:
    """Return the token in what somebody pasted: an address, or the token alone."""
    return pasted.strip().partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


def fit_row(saved: SavedAnswer, names: Sequence[str]) -> Row:
    """Return the saved row for a model that reads these columns; what was not asked for then is not known."""
    return {name: saved.row.get(name) for name in names}


def _shorten(cell: Cell, column: Column) -> Cell:
    """A category by its place: a shorter address."""
    return cell if cell is None or column.kind is Kind.NUMERIC else column.categories.index(str(cell))


def _lengthen(cell: Cell, column: Column) -> Cell:
    return cell if cell is None or column.kind is Kind.NUMERIC else column.categories[int(cell)]


def _fingerprint(spec: DatasetSpec) -> str:
    """What must not have changed for the places in a link to mean the same."""
    columns = [(column.name, column.categories) for column in (*spec.features, spec.target)]
    return hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:8]


def _key() -> bytes:
    """A key of its own, derived from the one that signs cookies."""
    secret = f"{_PURPOSE}:{current_app.config['SECRET_KEY']}"
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest())
