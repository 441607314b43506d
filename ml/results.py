"""The frozen values that stages hand to each other, and their one way to and from JSON."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ml.rules import DEFAULT_RULE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ml.examination.reproduction import Reproduction


@dataclass(frozen=True)
class Progress:
    """How far a long piece of work has come: `done` of `total` steps of a named stage."""

    stage: str
    done: int = 0
    total: int = 1


Report = Callable[[Progress], None]


def ignore_progress(_progress: Progress) -> None:
    """Report to nobody: the empty twin of a progress bar."""


@dataclass(frozen=True)
class Origin:
    """Where a raw table came from, so that no dataset is passed off as another."""

    kind: Literal["file", "download", "stand_in"]
    name: str
    sha256: str
    """Of the bytes as got."""
    content_sha256: str
    """Of the header without spaces and the rows in file order, so that copies with other line ends agree."""
    location: str
    """The path or URL that it came from; for the stand-in, the seed."""
    is_verified: bool
    """Whether `content_sha256` is the one that the spec names."""


@dataclass(frozen=True)
class Count:
    """How often something happened in one column: `what` is a code such as `whitespace` or `case`."""

    what: str
    column: str
    cells: int


@dataclass(frozen=True)
class Rejection:
    """A raw row that cannot be used. `row` counts from 1 after the header."""

    row: int
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class CleaningReport:
    """What cleaning found and did. Counts are of cells unless the name says rows."""

    raw_rows: int
    clean_rows: int
    rejected: tuple[Rejection, ...]
    changes: tuple[Count, ...]
    """Cells changed to their canonical spelling, by reason and column."""
    missing: tuple[Count, ...]
    """Feature cells that are missing after cleaning, by reason (`empty`, `null_word`, `unknown_category`, …)."""
    renamed_columns: Mapping[str, str]
    dropped_columns: tuple[str, ...]
    repeated_rows: int
    """Rows equal to another once both are clean, as far as both are known (see `ml.clean.repeats`)."""
    disguised_repeats: int
    """Those among `repeated_rows` whose raw text no other row of their group has."""
    repeat_groups: tuple[tuple[int, ...], ...]
    """Raw row numbers of each group of equal clean rows, first row first."""
    unknown_values: Mapping[str, Mapping[str, int]]
    """For each column, the values outside its categories or range, with their counts."""


@dataclass(frozen=True)
class Estimate:
    """A mean over folds with the ends of its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """A paired difference over the same folds (this minus the other) with its 95 % interval and two-sided p-value."""

    mean: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class ClassFigures:
    """Precision, recall and F1 in [0, 1]; `support` counts rows."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class ClassificationReport:
    """From out-of-fold predictions, every row predicted once a repeat."""

    per_class: Mapping[str, ClassFigures]
    macro: ClassFigures
    weighted: ClassFigures


@dataclass(frozen=True)
class Baseline:
    """The same metrics on the same folds for a rival that hardly looks."""

    family: str
    detail: str
    """For the single column, the column most often chosen; else empty."""
    metrics: Mapping[str, Estimate]
    differences: Mapping[str, Difference]
    """The evaluated model minus this baseline."""


@dataclass(frozen=True)
class Evaluation:
    """What repeated, grouped, stratified cross-validation says of a family on a table."""

    classes: tuple[str, ...]
    rows: int
    folds: int
    repeats: int
    seed: int
    metrics: Mapping[str, Estimate]
    baselines: Mapping[str, Baseline]
    training: Mapping[str, float]
    """Scores on the rows the model was fitted on: never a result, shown only where labelled so."""
    classification_report: ClassificationReport
    confusion_matrix: tuple[tuple[float, ...], ...]
    """Mean counts a repeat; rows are the truth, columns the prediction, both in the order of `classes`."""
    fold_metrics: Mapping[str, tuple[float, ...]]
    """Every metric of every fold, repeat by repeat."""
    folds_sha256: str = ""
    """Of which row was held out when: runs that agree in it share their folds. An older Proctor kept none."""
    rule: str = DEFAULT_RULE
    """The decision rule that the answers were scored by."""


@dataclass(frozen=True)
class OutOfFold:
    """Out-of-fold probabilities: shape (repeats, rows, classes); every row is predicted once a repeat."""

    probabilities: npt.NDArray[np.float64]
    fold: npt.NDArray[np.int64]
    """Shape (repeats, rows): the fold in which the row was held out."""
    truth: npt.NDArray[np.int64]
    """Shape (rows,): index into the classes."""


@dataclass(frozen=True)
class TrainingRequest:
    """What a person asks of a training."""

    family: str
    folds: int = 5
    repeats: int = 10
    seed: int = 582
    with_sensitive: bool = True
    drop_repeats: bool = False
    calibration: str = "none"
    """One of `ml.families.CALIBRATIONS`."""
    rule: str = DEFAULT_RULE
    """By which the class that is answered is chosen from the probabilities (`ml.rules`)."""
    is_tuned: bool = False
    """Whether the family's settings are searched for, within every fold and for the model."""
    user: str = ""
    job_id: str = ""
    reproduces: str = ""
    """The id of the run that this one is to make again, and to be held against; else empty."""


NO_GRAPH_TAG = "proctor.no_graph"
"""On a run and on its version: why no graph could be written, so that scikit-learn answers, in a process apart."""


@dataclass(frozen=True)
class TrainingResult:
    """What a training left behind. `version` is None where the model could not be registered; `refusal` says why.

    `no_graph` says why scikit-learn is to answer by it in a process apart, where that is so.
    """

    run_id: str
    run_name: str
    family: str
    evaluation: Evaluation
    version: int | None
    aliases: tuple[str, ...]
    refusal: str = ""
    no_graph: str = ""
    reproduction: Reproduction | None = None


def to_json(value: Any) -> Any:
    """Turn results into what `json.dumps` takes; NaN and infinities become None, paths and enums text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_json(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy's arrays and scalars
        return to_json(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value


LOWER_IS_BETTER = frozenset({"log_loss", "brier", "ece", "ordinal_mae"})
