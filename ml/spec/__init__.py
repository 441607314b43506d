"""The contract of a dataset, read from YAML: its columns, their order, labels, source and stand-in.

The web process builds its form from it, so neither pandas nor numpy is imported here.
"""

from ml.spec.reading import SpecError, load_spec
from ml.spec.spelling import fold_category, fold_header, strip_cell, strip_space
from ml.spec.values import NULL_WORDS, Column, DatasetSpec, Kind, SourceSpec, StandInSpec, Text

__all__ = [
    "NULL_WORDS",
    "Column",
    "DatasetSpec",
    "Kind",
    "SourceSpec",
    "SpecError",
    "StandInSpec",
    "Text",
    "fold_category",
    "fold_header",
    "load_spec",
    "strip_cell",
    "strip_space",
]
