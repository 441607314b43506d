"""The sections of a run's page, in order: each a module that lays out its part and a template of the same name."""

from __future__ import annotations

from collections.abc import Callable

from webapp.runs.context import Context, Section
from webapp.runs.sections.classes import show as show_classes
from webapp.runs.sections.matrix import show as show_matrix
from webapp.runs.sections.metrics import show as show_metrics
from webapp.runs.sections.rules import show as show_rules

__all__ = ["Context", "Section", "show_sections"]

_Show = Callable[[Context], Section | None]
"""Returns None where the run was not examined so."""

_SECTIONS: tuple[_Show, ...] = (
    show_classes,
    show_matrix,
    show_rules,
    show_metrics,
)


def show_sections(context: Context) -> tuple[Section, ...]:
    """Lay out every section that there is something to show in."""
    shown = (show(context) for show in _SECTIONS)
    return tuple(section for section in shown if section is not None)
