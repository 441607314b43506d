"""Families of models, and how one is fitted to a clean table."""

from ml.train.families import FAMILIES, UnknownFamilyError, find_family
from ml.train.family import Family
from ml.train.fit import fit_family, fit_pipeline
from ml.train.search import SearchError, search_within

__all__ = [
    "FAMILIES",
    "Family",
    "SearchError",
    "UnknownFamilyError",
    "find_family",
    "fit_family",
    "fit_pipeline",
    "search_within",
]
