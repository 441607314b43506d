"""The audit of a table, of predictions, of a claim: whatever somebody has, without a spec."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ml.audit.calibration import check_calibration
from ml.audit.claim import FRACTIONS, check_bound, check_claim, check_far_above, exact_interval
from ml.audit.errors import AuditInputError
from ml.audit.look import Look, look_at, make_report, sort_findings
from ml.audit.matrix import Matrix, read_matrix
from ml.audit.predictions import Predictions, check_folds, check_rules, read_predictions, score
from ml.audit.selection import check_selection
from ml.audit.shared import check_shared
from ml.examination.audit import AuditReport, AuditRequest, Check, Claim, Finding
from ml.results import Progress, Report, ignore_progress
from ml.source import SourceError, read_table

_STAGE = "audit"
_PARQUET = (".parquet", ".pq")
_LEAST_ROWS = 10
_Findings = tuple[Finding, ...]
_Outcome = tuple[Check, _Findings]


def audit_table(request: AuditRequest, report: Report = ignore_progress) -> AuditReport:
    """Audit what there is: a table, predictions for it, a claim about it, or a claim alone.

    Raises
    ------
    AuditInputError
        Where something cannot be read or does not go together.
    """
    _check_request(request)
    report(Progress(_STAGE, 0, 3))
    if request.table is None:
        assert request.claim is not None  # noqa: S101 - for mypy: the request was checked
        check, findings = _audit_claim(request.claim, None)
        return AuditReport(checks=(check,), findings=sort_findings(findings))
    matrix = _read(request.table, request.target, request.seed)
    predictions = read_predictions(_load(request.predictions), matrix) if request.predictions else None
    training = _read(request.training, request.target, request.seed) if request.training else None
    report(Progress(_STAGE, 1, 3))
    look = look_at(matrix, with_forest=predictions is not None or request.claim is not None)
    report(Progress(_STAGE, 2, 3))
    outcomes: tuple[_Outcome, ...] = (
        _audit_shared(look, training),
        *_audit_predictions(look, predictions),
        _audit_claim(request.claim, look),
        _audit_selection(request, look, predictions),
    )
    report(Progress(_STAGE, 3, 3))
    checks = [check for check, _ in outcomes]
    return make_report(look, checks, [finding for _, found in outcomes for finding in found])


def _check_request(request: AuditRequest) -> None:
    claim = request.claim
    if request.table is None and claim is None:
        raise AuditInputError("there is nothing to audit: give a table, or a claim")
    if request.table is None and (request.predictions or request.training):
        raise AuditInputError("predictions and training rows need the table that they belong to")
    if request.table is not None and not request.target:
        raise AuditInputError("a table needs the name of its target column")
    if request.tried < 1:
        raise AuditInputError(f"at least 1 configuration was tried, not {request.tried}")
    if claim and not 0 <= claim.value <= 1:
        raise AuditInputError(f"a claim lies between 0 and 1, not at {claim.value:g}")
    if claim and claim.rows is not None and claim.rows < 1:
        raise AuditInputError(f"a claim is about 1 row or more, not {claim.rows}")
    if request.table is None and claim and claim.rows is None:
        raise AuditInputError("a claim alone needs its number of rows")


def _load(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.lower() in _PARQUET:
            frame = pd.read_parquet(path)
        else:
            frame, _ = read_table(path)
    except SourceError as error:
        raise AuditInputError(str(error)) from error
    except OSError as error:
        raise AuditInputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except Exception as error:  # pyarrow has errors of many kinds for a file that is not Parquet
        line = str(error).partition("\n")[0]
        raise AuditInputError(f"{path}: is not a table that can be read: {line}") from error
    return frame.rename(columns=lambda name: str(name).strip() or "(no name)")


def _read(path: Path, target: str, seed: int) -> Matrix:
    frame = _load(path)
    try:
        matrix = read_matrix(frame, target, seed)
    except AuditInputError as error:
        raise AuditInputError(f"{path}: {error}") from None
    if matrix.rows < _LEAST_ROWS:
        raise AuditInputError(f"{path}: has {matrix.rows} rows with a class; at least {_LEAST_ROWS} are needed")
    return matrix


def _audit_shared(look: Look, training: Matrix | None) -> _Outcome:
    if training is None:
        return Check("shared", "no_training"), ()
    names = {cells.name for cells in look.cells}
    leave_out = tuple(cells.name for cells in look.matrix.cells if cells.name not in names)
    return Check("shared"), check_shared(look.matrix, training, leave_out)


def _audit_predictions(look: Look, found: Predictions | None) -> tuple[_Outcome, ...]:
    if found is None:
        return tuple((Check(code, "no_predictions"), ()) for code in ("rules", "bound", "folds", "calibration"))
    matrix = look.matrix
    right = found.is_right(matrix)
    rules = (*score(found, matrix, look.rules), *check_rules(found, matrix, look.rules))
    is_whole = found.rows.size == matrix.rows
    bound = check_bound(
        float(right.mean()), exact_interval(int(right.sum()), right.size), look.bound, on_these_rows=is_whole
    )
    folds: _Outcome = (Check("folds", "no_folds"), ())
    if found.fold is not None:
        folds = Check("folds"), check_folds(found.rows, found.fold, matrix, look.bound, look.copies)
    calibration: _Outcome = (Check("calibration", "no_probabilities"), ())
    if found.probabilities is not None:
        findings = check_calibration(found.probabilities, matrix.labels[found.rows], matrix.classes)
        calibration = Check("calibration"), findings
    return (Check("rules"), rules), (Check("bound"), bound), folds, calibration


def _audit_claim(claim: Claim | None, look: Look | None) -> _Outcome:
    if claim is None:
        return Check("claim", "no_claim"), ()
    if claim.metric not in FRACTIONS:
        return Check("claim", "not_accuracy"), ()
    found: _Findings = check_claim(claim, claim.rows) if claim.rows is not None else ()
    if look is None:
        return Check("claim"), found
    rows = claim.rows or look.matrix.rows
    beyond = check_bound(claim.value, exact_interval(round(claim.value * rows), rows), look.bound, on_these_rows=False)
    if not any(finding.severity == "cheat" for finding in beyond):
        beyond = (*beyond, *check_far_above(claim.value, rows, look.rules.best))
    return Check("claim"), (*found, *beyond)


def _audit_selection(request: AuditRequest, look: Look, found: Predictions | None) -> _Outcome:
    if request.tried == 1:
        return Check("selection", "one_tried"), ()
    if found is not None:
        accuracy, rows = float(found.is_right(look.matrix).mean()), found.rows.size
    elif request.claim is not None and request.claim.metric in FRACTIONS:
        accuracy, rows = request.claim.value, request.claim.rows or look.matrix.rows
    else:
        return Check("selection", "no_claim"), ()
    error = float(np.sqrt(accuracy * (1 - accuracy) / rows))
    return Check("selection"), check_selection(accuracy, error, request.tried)
