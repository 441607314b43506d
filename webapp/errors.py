"""Every error as a page that says what happened, why, and what to do; under /api the API's own handlers answer."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from limits.errors import StorageError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError, ServiceUnavailable

from ml.serve.contract import AwayError
from webapp.accounts.api_tokens.caller import bears_token
from webapp.api.problems import answer_problem
from webapp.predictions.log import NotLoggedError
from webapp.programs import SCORING, is_for_api
from webapp.rendering import render_page
from webapp.scoring.refusals import answer_refusal

RETRY_SECONDS = 5


@dataclass(frozen=True)
class ErrorPage:
    """What an error page shows."""

    status: int
    title: str
    explanation: str
    advice: str


class ModelAway(ServiceUnavailable):
    """The process that answers by the model is away."""

    description = "The process that answers by this model is being started again. Ask again in a moment."

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_SECONDS)


def init_app(app: Flask) -> None:
    """Answer HTTP errors, a store that is away, and whatever nobody foresaw."""
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(DBAPIError, answer_store_error)
    app.register_error_handler(NotLoggedError, answer_not_logged)
    app.register_error_handler(AwayError, answer_away)
    app.register_error_handler(StorageError, answer_uncounted)
    app.register_error_handler(Exception, answer_unforeseen)


def answer_http_error(error: HTTPException) -> ResponseReturnValue:
    """The page, or the API's problem document, of an HTTP error; a redirect passes through."""
    if error.response is not None or (error.code is not None and error.code < HTTPStatus.BAD_REQUEST):
        return error
    if isinstance(error, SecurityError):
        return answer_forged_host()
    if request.path == SCORING:
        return answer_refusal(error)
    if is_for_api(request.path) or bears_token():
        return answer_problem(error)
    page = describe_error(error)
    headers = [(name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"}]
    return render_page("errors/error.html", page), page.status, headers


def answer_forged_host() -> ResponseReturnValue:
    """Say it without a page: where the host is not ours, no address of ours can be made."""
    text = "This site does not go by the name that the request gives it. PROCTOR_TRUSTED_HOSTS lists its names.\n"
    return text, HTTPStatus.BAD_REQUEST, {"Content-Type": "text/plain; charset=utf-8"}


def answer_store_error(error: DBAPIError) -> ResponseReturnValue:
    """The store did not answer: say so with 503, and keep the cause for the log."""
    current_app.logger.error("the store did not answer: %s", error.orig, exc_info=error)
    g.store_is_away = True
    return answer_http_error(ServiceUnavailable())


def answer_not_logged(error: NotLoggedError) -> ResponseReturnValue:
    """An answer that the log did not take is not given."""
    current_app.logger.error("a prediction was not logged, so it was not given: %s", error.__cause__)
    g.store_is_away = True
    words = "The log of predictions cannot be written, so no answer is given. Nothing is lost: ask again in a moment."
    return answer_http_error(ServiceUnavailable(words, retry_after=RETRY_SECONDS))


def answer_away(error: AwayError) -> ResponseReturnValue:
    """The process apart that answers by the model does not answer: the model is in order, and so is the store."""
    current_app.logger.error("a prediction was not made: %s", error)
    return answer_http_error(ModelAway())


def answer_uncounted(error: StorageError) -> ResponseReturnValue:
    """Nobody signs in uncounted: passwords could be tried without end."""
    current_app.logger.error("the counts of tries (PROCTOR_LIMITS_URL) are away: %s", error.storage_error)
    return answer_http_error(ServiceUnavailable(retry_after=RETRY_SECONDS))


def answer_unforeseen(error: Exception) -> ResponseReturnValue:
    """Log the traceback, show none."""
    current_app.logger.error("unforeseen error at %s %s", request.method, request.path, exc_info=error)
    return answer_http_error(InternalServerError())


def describe_error(error: HTTPException) -> ErrorPage:
    """Words for a status code: what happened, why, what to do."""
    status = error.code or 500
    if isinstance(error, CSRFError):
        return ErrorPage(
            status,
            _("This form has gone stale"),
            _("Its safety token does not fit your session, most often because you signed in or out meanwhile."),
            _("Go back, reload the page and send the form again."),
        )
    if isinstance(error, ModelAway):
        return ErrorPage(
            status,
            _("The model does not answer at the moment"),
            _("scikit-learn answers by this model, in a process of its own, and that is being started again."),
            _("Nothing is lost. Try again in a moment; the server's log has the cause."),
        )
    words = {
        400: (
            _("The request cannot be understood"),
            str(error.description or ""),
            _("Check the address and try again."),
        ),
        401: (_("Please sign in"), _("This page is for people with an account."), _("Sign in and come back.")),
        403: (
            _("Not allowed"),
            _("Your account may read, but not do this."),
            _("Ask an admin to do it, or to change your role."),
        ),
        404: (
            _("There is no such page"),
            _("The address may be mistyped, or what it showed was deleted."),
            _("Choose a page from the menu, or go back."),
        ),
        405: (_("That is not how this page is used"), _("The address exists, but not for this method."), _("Go back.")),
        413: (
            _("That is too large"),
            _("One request may carry 20 MB at most."),
            _("Send a smaller file, or split it."),
        ),
        429: (_("Too many tries"), str(error.description or ""), _("Wait a little and try again.")),
        503: (
            _("The store does not answer"),
            _("The database behind this page is away, locked or full."),
            _("Nothing is lost. Try again in a moment; the server's log has the cause."),
        ),
    }
    unforeseen = (
        _("Something went wrong here"),
        _("The error is ours and has been written to the server's log."),
        _("Try again; if it stays, tell whoever runs this site the time and the page."),
    )
    return ErrorPage(status, *words.get(status, unforeseen))
