"""Families of models, and how one is fitted to a clean table."""

from ml.train.calibrated import CalibrationError, calibrate_family
from ml.train.families import FAMILIES, UnknownFamilyError, find_family
from ml.train.family import Family
from ml.train.fit import fit_family, fit_pipeline
from ml.train.search import SearchError, search_within, settle_family

__all__ = [
    "FAMILIES",
    "CalibrationError",
    "Family",
    "SearchError",
    "UnknownFamilyError",
    "calibrate_family",
    "find_family",
    "fit_family",
    "fit_pipeline",
    "search_within",
    "settle_family",
]
