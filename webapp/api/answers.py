"""Answers for programs: the idempotency key of a request, and the problems that an answer may meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, request

from ml.serve.contract import Row, RowError
from webapp.accounts import current_user
from webapp.api.problems import Problem, RetryProblem
from webapp.api.silence import make_silence
from webapp.champion import Champion
from webapp.predict.answering import Answered, NobodyAnswersError, answer_caller
from webapp.predictions.keys import LONGEST_KEY, KeyInFlightError, KeyUnusableError, OtherBodyError, make_key
from webapp.predictions.values import Channel, Key

KEY_HEADER = "Idempotency-Key"
REPEATED_HEADER = "Idempotency-Replayed"


def read_key(body: object) -> Key | None:
    """Read the idempotency key of this request, which belongs to its account or else its address.

    Raises
    ------
    Problem
        For a key that cannot be used.
    """
    text = request.headers.get(KEY_HEADER)
    if text is None:
        return None
    user = current_user()
    caller = f"user {user.id}" if user else f"address {request.remote_addr}"
    try:
        return make_key(current_app.config["SECRET_KEY"], f"{caller} {request.path}", text, body)
    except KeyUnusableError:
        raise Problem(400, f"{KEY_HEADER} has 1 to {LONGEST_KEY} printable ASCII characters.") from None


def answer(champion: Champion | None, rows: Sequence[Row], channel: Channel, key: Key | None = None) -> Answered:
    """Answer rows for this request's caller.

    Raises
    ------
    Problem
        With what is wrong with the rows or the key, or that there is no model.
    """
    try:
        return answer_caller(champion, rows, channel, key)
    except NobodyAnswersError:
        raise make_silence() from None
    except RowError as error:
        raise Problem(422, str(error), errors=[_locate(error, champion)]) from error
    except KeyInFlightError:
        raise RetryProblem(409, f"A request with this {KEY_HEADER} is being answered: ask again.", 1) from None
    except OtherBodyError:
        words = f"This {KEY_HEADER} was used with another body: a key stands for one request, sent again unchanged."
        raise Problem(422, words) from None


def _locate(error: RowError, champion: Champion | None) -> dict[str, Any]:
    """Point at the cell, and say what it may be."""
    name = error.column.replace("~", "~0").replace("/", "~1")
    found: dict[str, Any] = {"pointer": f"/rows/{error.row - 1}/{name}", "detail": str(error), "reason": error.reason}
    columns = champion.predictor.columns if champion else ()
    column = next((column for column in columns if column.name == error.column), None)
    if column is not None and column.categories:
        found["allowed"] = [*column.categories, None]
    return found
