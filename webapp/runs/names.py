"""What a run is called on a page."""

from __future__ import annotations

import re
from typing import Protocol

_TIME = re.compile(r"-\d{8}-\d{6}\Z")
"""What a training puts behind the family."""


class Named(Protocol):
    """Whatever has a run's id, and its name where it has one."""

    @property
    def run_id(self) -> str:
        """MLflow's id."""
        ...

    @property
    def name(self) -> str | None:
        """As it was logged."""
        ...


def name_run(run: Named) -> str:
    """The run's name, or the beginning of its id where a stranger gave it none that can be seen."""
    name = run.name or ""
    is_seen = any(letter.isprintable() and not letter.isspace() for letter in name)
    return name if is_seen else run.run_id[:8]


def is_named_after(name: str, family: str | None) -> bool:
    """Whether a run's name is only its family and the time, so that the family says it shorter."""
    return bool(family) and _TIME.sub("", name) == family != name
