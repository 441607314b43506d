"""A run as MLflow's own tables hold it: tags, parameters and metrics."""

from __future__ import annotations

import getpass
import json
from typing import Any

from ml.examination import Examination
from ml.examination.audit import AUDIT_TAG
from ml.examination.reproduction import REPRODUCES
from ml.report import environment
from ml.results import NO_GRAPH_TAG, Evaluation, Origin, TrainingRequest
from ml.spec import DatasetSpec


def name_author(request: TrainingRequest) -> str:
    """Name who asked for the training: an account of the site, or of this machine."""
    return request.user or getpass.getuser()


def run_tags(request: TrainingRequest, spec: DatasetSpec, origin: Origin, rows: int) -> dict[str, str]:
    """Say what a run saw and what made it; all of it is known before the run begins."""
    return {
        "mlflow.user": name_author(request),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": "proctor",
        "proctor.family": request.family,
        "proctor.dataset": spec.name,
        "proctor.dataset_sha256": origin.content_sha256,
        "proctor.dataset_rows": str(rows),
        "proctor.origin": origin.kind,
        "proctor.spec_sha256": spec.sha256,
        "proctor.code_version": environment.code_version(),
        "proctor.python": environment.python_version(),
        "proctor.versions": json.dumps(environment.library_versions()),
        "proctor.platform": environment.platform_name(),
        "proctor.blas": environment.linear_algebra(),
        "proctor.job_id": request.job_id,
        **({REPRODUCES: request.reproduces} if request.reproduces else {}),
    }


def found_tags(
    evaluation: Evaluation, examination: Examination, refusal: str, no_graph: str = "", configurations: int = 0
) -> dict[str, str]:
    """Say what is known only at the end: folds, best single column, audit, how it is served, how much was tried."""
    columns = [baseline.detail for baseline in evaluation.baselines.values() if baseline.detail]
    tags = {"proctor.folds_sha256": evaluation.folds_sha256} | audit_tags(examination)
    tags |= {"proctor.single_column": columns[0]} if columns else {}
    tags |= {"proctor.configurations": str(configurations)} if configurations else {}
    tags |= {NO_GRAPH_TAG: no_graph} if no_graph else {}
    return tags | ({"proctor.refusal": refusal} if refusal else {})


def audit_tags(examination: Examination) -> dict[str, str]:
    """The audit's verdict, for the run and for the version made of it; nothing where nobody examined it."""
    return {AUDIT_TAG: examination.audit.verdict} if examination.audit else {}


def run_params(pipeline: Any, request: TrainingRequest) -> dict[str, Any]:
    """Return what was asked for, and the estimator's own parameters."""
    asked = ("family", "folds", "repeats", "seed", "with_sensitive", "drop_repeats", "rule", "is_tuned", "calibration")
    model = pipeline[-1]
    own = (model.estimator_[-1] if request.calibration != "none" else model).get_params(deep=False)
    return {name: _describe(value) for name, value in own.items() if not _is_deprecated(value)} | {
        name: getattr(request, name) for name in asked
    }


def _is_deprecated(value: Any) -> bool:
    return isinstance(value, str) and value == "deprecated"


def _describe(value: Any) -> Any:
    """Name the members of a vote, not their every setting."""
    is_members = isinstance(value, list | tuple) and all(isinstance(item, tuple) for item in value)
    return ", ".join(str(name) for name, *_ in value) if value and is_members else value


def run_metrics(evaluation: Evaluation) -> dict[str, float]:
    """Return means and interval ends, those of the rivals on the same folds, and the scores on the training rows."""
    metrics = {f"training_{name}": value for name, value in evaluation.training.items()}
    for rival, baseline in evaluation.baselines.items():
        metrics |= {f"{rival}_{name}": estimate.mean for name, estimate in baseline.metrics.items()}
    for name, estimate in evaluation.metrics.items():
        metrics |= {name: estimate.mean, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return metrics
