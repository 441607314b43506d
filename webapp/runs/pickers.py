"""A choice among links, and what a list in a form offers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """What may be picked, and where its link leads."""

    label: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Option:
    """What may be picked in a list."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class OptionGroup:
    """Options that belong together under a label; without one they stand first."""

    label: str
    options: tuple[Option, ...]
