"""Families of models, and how one is fitted to a clean table."""

from ml.train.families import FAMILIES, UnknownFamilyError, find_family
from ml.train.family import Family
from ml.train.fit import fit_family, fit_pipeline

__all__ = ["FAMILIES", "Family", "UnknownFamilyError", "find_family", "fit_family", "fit_pipeline"]
