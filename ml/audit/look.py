"""Every check that needs nothing but a table, and what the checks after them build on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.audit.columns import check_categories, check_columns, check_strength, find_constant, find_near_unique
from ml.audit.fitted import check_fitted
from ml.audit.labels import check_few_rows, check_missing_labels
from ml.audit.matrix import Cells, Matrix
from ml.audit.means import check_means
from ml.audit.order import check_order, goes_with_file, is_dense_index, is_told_by
from ml.audit.rules import FOLDS, Rules, deal_folds, find_profiles, hold_out
from ml.audit.target import check_mixture, check_target
from ml.audit.twins import Bound, Copies, check_copies, check_twins, find_bound, find_copies
from ml.examination.audit import AuditReport, Check, Finding

_ORDER = {"cheat": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Look:
    """What was found in a table, and what it allows."""

    matrix: Matrix
    cells: tuple[Cells, ...]
    """The columns that are left when those are out that hold the target, only number the rows, or never vary."""
    rules: Rules
    bound: Bound
    copies: Copies
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]


def look_at(matrix: Matrix, *, folds: int = FOLDS, with_forest: bool = False) -> Look:
    """Make every check of a table.

    Parameters
    ----------
    folds
        Into how many the rows are going to be split.
    with_forest
        Whether a forest is among the plain rules; it costs a second, and predictions have to be held against it.
    """
    target = check_target(matrix)
    leaked = tuple(name for finding in target for name in finding.where)
    mixture = check_mixture(matrix, leaked)
    means = check_means(matrix, leaked)
    averaged = tuple(name for finding in means or () for name in finding.where)
    constant, near_unique = find_constant(matrix), find_near_unique(matrix)
    index = tuple(cells for cells in matrix.without(leaked) if is_dense_index(cells))
    mixed = tuple(cells.name for cells in matrix.cells if cells.numbers is not None) if mixture else ()
    numbering = tuple(c for c in index if not is_told_by(c, matrix.labels) or goes_with_file(c, matrix.position))
    idle = tuple(cells.name for cells in (*constant, *numbering))
    cells = matrix.without((*leaked, *averaged, *mixed, *idle))
    profiles = find_profiles(cells, matrix.rows) if cells else np.arange(matrix.rows)
    rules = hold_out(matrix, cells, deal_folds(matrix, profiles), with_forest=with_forest)
    bound = find_bound(matrix, profiles)
    copies = find_copies(matrix, cells, bound, rules)
    plain = deal_folds(matrix, np.arange(matrix.rows))
    order = check_order(matrix, index, plain)
    told = tuple(name for finding in order for name in finding.where)
    found = {
        "target": target,
        "mixture": mixture,
        "means": means,
        "order": order,
        "columns": check_columns(constant, near_unique, [c for c in index if c.name not in told], matrix),
        "strength": check_strength(matrix, cells, plain, rules, bound.total),
        "twins": check_twins(matrix, bound),
        "copies": check_copies(matrix, bound, copies),
        "labels": (*check_missing_labels(matrix), *check_few_rows(matrix, folds)),
        "categories": check_categories(cells),
        "fitted": check_fitted(matrix, leaked),
    }
    checks = tuple(Check(code, "" if findings is not None else "no_numbers") for code, findings in found.items())
    findings = tuple(finding for findings in found.values() for finding in findings or ())
    return Look(matrix, cells, rules, bound, copies, checks, findings)


def make_report(look: Look, checks: Sequence[Check], findings: Sequence[Finding]) -> AuditReport:
    """Put the checks of the table and those after it together, the worst finding first."""
    bound = look.bound
    return AuditReport(
        checks=(*look.checks, *checks),
        findings=sort_findings((*look.findings, *findings)),
        ceiling=bound.ceiling,
        best_low=bound.best_low,
        best_high=bound.best_high,
        rows=look.matrix.rows,
        columns=len(look.matrix.cells),
        classes=look.matrix.classes,
    )


def sort_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Put cheats before warnings before notes, each as they were found."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))
