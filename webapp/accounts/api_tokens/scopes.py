"""What a token may be made for."""

from __future__ import annotations

from typing import Literal, get_args

from flask_babel import gettext as _

Scope = Literal["predict", "read", "truth"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


def describe_scope(scope: Scope) -> str:
    """What a token with this scope may do, in words."""
    words: dict[Scope, str] = {
        "predict": _("have rows predicted"),
        "read": _("read what the API tells: the model, runs, jobs"),
        "truth": _("say what turned out to be true"),
    }
    return words[scope]


def write_scopes(scopes: frozenset[Scope]) -> str:
    """As the store keeps them."""
    return " ".join(scope for scope in SCOPES if scope in scopes)


def read_scopes(text: str) -> frozenset[Scope]:
    """As the store keeps them; what an older Proctor knew and this one does not is nothing that it may do."""
    kept = text.split()
    return frozenset(scope for scope in SCOPES if scope in kept)
