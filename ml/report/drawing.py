"""The confusion matrix as a static picture."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ml.results import Evaluation

_DARK_FROM = 0.55
"""Share of a row from which its cell is so dark that it is lettered in white."""


def confusion_png(evaluation: Evaluation) -> bytes:
    """Draw mean counts a repeat, shaded by their share of the true class."""
    counts = np.array(evaluation.confusion_matrix)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 2.4 + 0.75 * len(counts)
    figure = Figure(figsize=(size + 0.6, size), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > _DARK_FROM else "black"
        axes.text(column, row, f"{count:.1f}\n{shares[row, column]:.0%}", ha="center", va="center", color=colour)
    axes.set_xticks(range(len(counts)), evaluation.classes, rotation=30)
    axes.set_yticks(range(len(counts)), evaluation.classes)
    axes.set(xlabel="predicted", ylabel="truth", title=f"Out of fold: mean of {evaluation.repeats} repeats")
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    return content.getvalue()
