"""What the pages of this subject show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.accounts.forms import SetupForm, SignInForm
from webapp.accounts.passwords import SHORTEST_PASSWORD
from webapp.accounts.queries import LinkState


@dataclass(frozen=True)
class SignInPage:
    """The sign-in form; `destination` is where to go afterwards."""

    form: SignInForm
    destination: str


@dataclass(frozen=True)
class TooManyTriesPage:
    """Too many wrong passwords: when another will be looked at."""

    minutes: int
    destination: str


@dataclass(frozen=True)
class SetupPage:
    """The form that creates the first admin."""

    form: SetupForm
    token: str
    shortest: int = SHORTEST_PASSWORD


@dataclass(frozen=True)
class DeadLinkPage:
    """A one-time link that no longer works, and why."""

    state: LinkState
