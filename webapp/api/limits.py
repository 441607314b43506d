"""How many requests for predictions a caller may send in a minute, and the headers that say how many are left."""

from __future__ import annotations

import math
import time

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.strategies import SlidingWindowCounterRateLimiter

from webapp.accounts import current_user
from webapp.accounts.api_tokens.caller import bears_token, current_grant
from webapp.accounts.attempts import name_network, open_counts
from webapp.api.problems import RetryProblem
from webapp.current import current_settings


def init_app(app: Flask) -> None:
    """Count in this process, or where the tries to sign in are counted; as quickly however many requests there were."""
    counts = open_counts(app.extensions["proctor_settings"].limits_url)
    app.extensions["proctor_request_counts"] = SlidingWindowCounterRateLimiter(counts)
    app.after_request(_add_headers)


def count_request(cost: int = 1) -> None:
    """Count this request as `cost` of them, before anything is done for it.

    Where the counts are away it is answered nevertheless: they are there to protect the service, not to stop it.

    Raises
    ------
    RetryProblem
        Where it is one too many.
    """
    counts: SlidingWindowCounterRateLimiter = current_app.extensions["proctor_request_counts"]
    most = current_settings().predictions_per_minute
    item, caller = RateLimitItemPerMinute(most, namespace="predictions"), name_caller()
    try:
        is_in = counts.hit(item, caller, cost=cost)
        found = counts.get_window_stats(item, caller)
    except StorageError as error:
        current_app.logger.warning("a request was not counted: %s", error.storage_error)
        return
    reset = max(1, math.ceil(found.reset_time - time.time()))
    g.proctor_limit = (most, found.remaining if is_in else 0, reset)
    if not is_in:
        words = f"That is more than {most:,} requests for predictions a minute. Wait, or send more rows at a time."
        raise RetryProblem(429, words, reset)


def name_caller() -> str:
    """Whose requests are counted together: a token's, an account's, else an address's."""
    if bears_token() and (grant := current_grant()):
        return f"token {grant.token_id}"
    user = current_user()
    return f"user {user.id}" if user else f"address {name_network(request.remote_addr)}"


def _add_headers(response: Response) -> Response:
    if found := g.get("proctor_limit"):
        for name, value in zip(("Limit", "Remaining", "Reset"), found, strict=True):
            response.headers[f"RateLimit-{name}"] = str(value)
    return response
