"""Errors of the API as problem documents (RFC 9457), and the one way in which it reads a JSON body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from math import isinf
from typing import Any, NoReturn

from flask import Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, UnsupportedMediaType

LARGEST_JSON = 1024 * 1024
DEEPEST_JSON = 20
LARGEST_INTEGER = 2**63 - 1


class Problem(HTTPException):
    """An error that the caller of the API can act on.

    `members` extend the document: `errors=[{"pointer": "/rows/0/age", "detail": "…"}]` says what is wrong where.
    """

    def __init__(self, status: int, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.code = status
        self.members: Mapping[str, Any] = members


class RetryProblem(Problem):
    """An error of this moment: the same may go well in `seconds`, as its header Retry-After says."""

    def __init__(self, status: int, detail: str, seconds: int) -> None:
        super().__init__(status, detail)
        self.seconds = seconds

    def get_headers(self, *arguments: Any, **options: Any) -> list[tuple[str, str]]:
        """The headers of the answer."""
        return [*super().get_headers(*arguments, **options), ("Retry-After", str(self.seconds))]


def answer_problem(error: HTTPException) -> Response:
    """Turn any HTTP error into a problem document, keeping headers such as Allow and Retry-After."""
    status = error.code or 500
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error.description or "",
        **getattr(error, "members", {}),
    }
    response = Response(json.dumps(document), status, content_type="application/problem+json")
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After", "WWW-Authenticate"}}
    response.headers.update(kept)
    return response


def read_json_object(largest: int = LARGEST_JSON, *, nan_is_null: bool = False) -> dict[str, Any]:
    """Read the request's body as one JSON object of at most `largest` bytes.

    Stricter than Python's own reader: no NaN, no name twice, no integer past 63 bits, no lone surrogate, no nesting
    that nobody needs; each is refused with words, since what came after would only trip over it later. Where pandas
    writes the body `nan_is_null`: that is how it spells a missing value.

    Raises
    ------
    Problem, UnsupportedMediaType, RequestEntityTooLarge
        With what is wrong.
    """
    if not request.is_json:
        raise UnsupportedMediaType("Send JSON, with the header Content-Type: application/json.")
    body = read_body(largest)
    try:
        text = body.decode("utf-8")
        value = (_LENIENT if nan_is_null else _STRICT).decode(text)
    except UnicodeDecodeError:
        raise Problem(400, "The body is not UTF-8.") from None
    except RecursionError:
        raise Problem(400, f"The body nests deeper than {DEEPEST_JSON} levels.") from None
    except json.JSONDecodeError as error:
        raise Problem(400, f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    if not isinstance(value, dict):
        raise Problem(422, "The body must be a JSON object.")
    if "\\u" in text or text.count("{") + text.count("[") > DEEPEST_JSON:
        _check_values(value, DEEPEST_JSON)
    return value


def read_body(largest: int) -> bytes:
    """Read no more than is allowed, however long the body says it is."""
    if request.content_encoding not in {None, "", "identity"}:
        raise UnsupportedMediaType("Send the body as it is, without a Content-Encoding.")
    too_large = f"A body here has at most {largest:,} bytes."
    if request.content_length is not None and request.content_length > largest:
        raise RequestEntityTooLarge(too_large)
    body = request.stream.read(largest + 1)
    if len(body) > largest:
        raise RequestEntityTooLarge(too_large)
    return body


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _value in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise Problem(400, f"The name {json.dumps(repeated)} stands twice in one object.")
    return value


def _refuse_constant(word: str) -> NoReturn:
    raise Problem(400, f"{word} is not JSON.")


def _read_nan(word: str) -> None:
    if word != "NaN":
        _refuse_constant(word)


def _read_integer(digits: str) -> int:
    if len(digits) > len(str(LARGEST_INTEGER)) + 1 or abs(int(digits)) > LARGEST_INTEGER:
        raise Problem(422, "The body has a whole number that does not fit into 64 bits.")
    return int(digits)


def _read_float(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise Problem(422, "The body has a number that is too large.")
    return value


_HOOKS: dict[str, Any] = {
    "object_pairs_hook": _refuse_repeats,
    "parse_int": _read_integer,
    "parse_float": _read_float,
}
_STRICT = json.JSONDecoder(**_HOOKS, parse_constant=_refuse_constant)
_LENIENT = json.JSONDecoder(**_HOOKS, parse_constant=_read_nan)


def _check_values(value: Any, depth: int) -> None:
    """Look at every value: only an escape can bring in half of a character, and only brackets nest."""
    if depth < 0:
        raise Problem(400, f"The body nests deeper than {DEEPEST_JSON} levels.")
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Problem(422, "The body has half of a character (a lone surrogate).")
    for part in [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_values(part, depth - 1)
