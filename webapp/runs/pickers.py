"""A choice among links."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """What may be picked, and where its link leads."""

    label: str
    href: str
    is_chosen: bool
