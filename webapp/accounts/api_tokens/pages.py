"""What the pages about tokens show."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.axes import isolate
from webapp.accounts.api_tokens.forms import TokenForm
from webapp.accounts.api_tokens.queries import Ended, Token
from webapp.accounts.api_tokens.scopes import SCOPES


@dataclass(frozen=True)
class TokenLine:
    """A token in a list; `ended` is a word, empty as long as it is good."""

    id: int
    owner: str
    name: str
    ending: str
    scopes: tuple[str, ...]
    created_at: int
    expires_at: int
    last_used_at: int | None
    ended: str


@dataclass(frozen=True)
class TokensPage:
    """The tokens of one account; `fresh` is one that was made this moment, shown this once."""

    headline: str
    form: TokenForm
    lines: tuple[TokenLine, ...]
    fresh: str
    fresh_name: str


@dataclass(frozen=True)
class AllTokensPage:
    """The tokens of all accounts."""

    headline: str
    lines: tuple[TokenLine, ...]


def show_tokens(tokens: tuple[Token, ...], form: TokenForm, fresh: str = "", fresh_name: str = "") -> TokensPage:
    """Lay out somebody's own."""
    return TokensPage(_count_own(tokens), form, tuple(map(_show, tokens)), fresh, isolate(fresh_name))


def show_all_tokens(tokens: tuple[Token, ...]) -> AllTokensPage:
    """Lay out everybody's."""
    good = _count_good(tokens)
    headline = ngettext("%(num)s API token is good", "%(num)s API tokens are good", good)
    return AllTokensPage(headline, tuple(map(_show, tokens)))


def _count_own(tokens: tuple[Token, ...]) -> str:
    good = _count_good(tokens)
    return (
        ngettext("You have %(num)s API token", "You have %(num)s API tokens", good) if good else _("No API token yet")
    )


def _count_good(tokens: tuple[Token, ...]) -> int:
    return sum(token.ended is None for token in tokens)


def _show(token: Token) -> TokenLine:
    words = {Ended.EXPIRED: _("expired"), Ended.REVOKED: _("revoked"), Ended.DISABLED: _("account disabled")}
    return TokenLine(
        id=token.id,
        owner=token.owner,
        name=token.name,
        ending=token.ending,
        scopes=tuple(scope for scope in SCOPES if scope in token.scopes),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        ended=words[token.ended] if token.ended else "",
    )
