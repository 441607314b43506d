"""Any result → Plotly figure, as plain dictionaries: the web process draws them too, so nothing heavy is imported."""

from ml.charts.exploration import draw_figure, exploration_figures, figure_names
from ml.charts.figure import Figure, Table
from ml.charts.reader import Reader
from ml.charts.words import ENGLISH, Words

__all__ = ["ENGLISH", "Figure", "Reader", "Table", "Words", "draw_figure", "exploration_figures", "figure_names"]
