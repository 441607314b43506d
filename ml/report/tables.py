"""The results as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.results import ClassFigures, Evaluation, OutOfFold, to_json


def as_json(value: Any) -> str:
    """Return `value` as JSON text that ends in a newline."""
    return json.dumps(to_json(value), ensure_ascii=False, indent=1) + "\n"


def classification_text(evaluation: Evaluation) -> str:
    """Return the classification report as an aligned table, with a first line that says what it was measured on."""
    report = evaluation.classification_report
    named = {**report.per_class, "macro average": report.macro, "weighted average": report.weighted}
    width = max(len(name) for name in named)
    split = f"{evaluation.folds} folds, {evaluation.repeats} repeats, seed {evaluation.seed}, rule {evaluation.rule}"
    lines = [
        f"Out-of-fold predictions: {evaluation.rows} rows, {split}. Support counts rows.",
        "",
        f"{'':{width}}  {'precision':>9}  {'recall':>9}  {'f1-score':>9}  {'support':>9}",
        *(_figures_line(name, figures, width) for name, figures in named.items()),
        "",
        f"accuracy {evaluation.metrics['accuracy'].mean:.3f}",
    ]
    return "\n".join(lines) + "\n"


def _figures_line(name: str, figures: ClassFigures, width: int) -> str:
    cells = "".join(f"  {value:>9.3f}" for value in (figures.precision, figures.recall, figures.f1))
    return f"{name:{width}}{cells}  {figures.support:>9}"


def classification_json(evaluation: Evaluation) -> str:
    """Return the same figures under the names that scikit-learn's `output_dict` has."""
    report = evaluation.classification_report
    named = {**report.per_class, "macro avg": report.macro, "weighted avg": report.weighted}
    figures = {
        name: {"precision": item.precision, "recall": item.recall, "f1-score": item.f1, "support": item.support}
        for name, item in named.items()
    }
    return as_json(figures | {"accuracy": evaluation.metrics["accuracy"].mean})


def confusion_json(evaluation: Evaluation) -> str:
    """Return the confusion matrix: mean counts a repeat, the truth in rows and the prediction in columns."""
    return as_json(
        {
            "classes": evaluation.classes,
            "rows": "truth",
            "columns": "prediction",
            "counts": evaluation.confusion_matrix,
        }
    )


def out_of_fold_csv(out_of_fold: OutOfFold, classes: tuple[str, ...], answers: npt.NDArray[np.int64]) -> str:
    """Return one line a row and repeat: its fold, the truth, the prediction and every class's probability.

    Parameters
    ----------
    answers
        Shape (repeats, rows): the class that the rule answers.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["repeat", "row", "fold", "truth", "prediction", *(f"p.{name}" for name in classes)])
    truth = [classes[code] for code in out_of_fold.truth]
    repeats = zip(out_of_fold.probabilities, out_of_fold.fold, answers, strict=True)
    for repeat, (probabilities, folds, predicted) in enumerate(repeats):
        shown = np.round(probabilities, 6).tolist()
        rows = zip(folds.tolist(), truth, predicted.tolist(), shown, strict=True)
        writer.writerows(
            [repeat, row, fold, true, classes[code], *chances]
            for row, (fold, true, code, chances) in enumerate(rows)
        )  # fmt: skip
    return text.getvalue()
