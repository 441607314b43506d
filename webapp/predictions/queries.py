"""What the log of predictions holds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from ml.significance import wilson_interval
from webapp.predictions.values import AnsweredRequest, read_request
from webapp.store.tables import prediction, prediction_request

_COUNTS = select(prediction.c.truth, prediction.c.answer, func.count().label("rows"))


@dataclass(frozen=True)
class Labelled:
    """How a version's answers compare with what turned out to be true of them.

    `counts` is by (true class, answer). `most_frequent` is the commonest true class: what always naming it would have
    had right is the baseline.
    """

    counts: dict[tuple[str, str], int]

    @property
    def rows(self) -> int:
        """Answers whose truth somebody recorded."""
        return sum(self.counts.values())

    @property
    def right(self) -> int:
        """How many of them were right."""
        return sum(count for (truth, answer), count in self.counts.items() if truth == answer)

    @property
    def most_frequent(self) -> tuple[str, int]:
        """The commonest true class, and how many answers have it; the first by name where several have as many."""
        totals: dict[str, int] = {}
        for (truth, _answer), count in self.counts.items():
            totals[truth] = totals.get(truth, 0) + count
        return min(totals.items(), key=lambda item: (-item[1], item[0]))

    @property
    def accuracy(self) -> float:
        """The share that was right."""
        return self.right / self.rows

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of that share."""
        return wilson_interval(self.right, self.rows)

    @property
    def baseline(self) -> float:
        """The share that always naming the commonest true class would have had right."""
        return self.most_frequent[1] / self.rows


def find_request(conn: Connection, request_id: str, row: int | None = None) -> AnsweredRequest | None:
    """Find a request by its id, with all its rows, or with one of them; one that is not there leaves it without."""
    header = conn.execute(select(prediction_request).where(prediction_request.c.id == request_id)).one_or_none()
    if header is None:
        return None
    rows = select(prediction).where(prediction.c.request_id == request_id).order_by(prediction.c.row)
    return read_request(header, conn.execute(rows if row is None else rows.where(prediction.c.row == row)))


def find_size(conn: Connection, request_id: str) -> int | None:
    """Find how many rows a request had; None where the log has no such request."""
    return conn.execute(select(prediction_request.c.rows).where(prediction_request.c.id == request_id)).scalar()


def find_by_key(conn: Connection, key_hash: str) -> AnsweredRequest | None:
    """Find the request that was answered under an idempotency key, as it was answered."""
    request_id = conn.execute(
        select(prediction_request.c.id).where(
            prediction_request.c.key_hash == key_hash, prediction_request.c.key_hash.is_not(None)
        )
    ).scalar()
    return find_request(conn, request_id) if request_id else None


def find_labelled(
    conn: Connection, model: str, version: int, since: int | None = None, until: int | None = None
) -> Labelled | None:
    """Count a version's answers by what turned out to be true of them; None where nobody has said of any.

    `since` and `until` are times at which the answers were made, the latter not included.
    """
    made_at = prediction_request.c.made_at
    query = (
        _COUNTS.join(prediction_request, prediction_request.c.id == prediction.c.request_id)
        .where(
            prediction.c.truth.is_not(None),
            prediction_request.c.model_name == model,
            prediction_request.c.model_version == version,
            *(() if since is None else (made_at >= since,)),
            *(() if until is None else (made_at < until,)),
        )
        .group_by(prediction.c.truth, prediction.c.answer)
    )
    counts = {(row.truth, row.answer): row.rows for row in conn.execute(query)}
    return Labelled(counts) if counts else None
