"""The numbers of an exploration: raw and cleaned table → `Exploration`. It draws nothing."""

from ml.explore.table import explore_table

__all__ = ["explore_table"]
