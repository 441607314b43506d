"""What a run is called on a page."""

from __future__ import annotations

from typing import Protocol


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
