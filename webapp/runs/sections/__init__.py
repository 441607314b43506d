"""The sections of a run's page, in order: each a module that lays out its part and a template of the same name."""

from __future__ import annotations

from collections.abc import Callable

from webapp.runs.context import Context, Section
from webapp.runs.sections.audit import show as show_audit
from webapp.runs.sections.classes import show as show_classes
from webapp.runs.sections.curves import show as show_curves
from webapp.runs.sections.folds import show as show_folds
from webapp.runs.sections.matrix import show as show_matrix
from webapp.runs.sections.metrics import show as show_metrics
from webapp.runs.sections.people import show as show_people
from webapp.runs.sections.reproduce import show as show_reproduce
from webapp.runs.sections.rules import show as show_rules
from webapp.runs.sections.sure import show as show_sure
from webapp.runs.sections.why import show as show_why

__all__ = ["Context", "Section", "show_sections"]

_Show = Callable[[Context], Section | None]
"""Returns None where the run was not examined so."""

_SECTIONS: tuple[_Show, ...] = (
    show_audit,
    show_classes,
    show_matrix,
    show_curves,
    show_sure,
    show_rules,
    show_people,
    show_why,
    show_folds,
    show_metrics,
    show_reproduce,
)


def show_sections(context: Context) -> tuple[Section, ...]:
    """Lay out every section that there is something to show in."""
    shown = (show(context) for show in _SECTIONS)
    return tuple(section for section in shown if section is not None)
