"""Why no model answers, for programs."""

from __future__ import annotations

from webapp.api.problems import Problem
from webapp.champion import peek_served
from webapp.store.session import reading


def make_silence(status: int = 503) -> Problem:
    """Say what is wrong: there is no model yet, or its file is refused."""
    served = peek_served(reading())
    if served and served.trouble:
        return Problem(
            status, "The champion's file cannot be trusted, so nothing answers: an admin has to put it right."
        )
    return Problem(status, "No model answers yet: train one first.")
