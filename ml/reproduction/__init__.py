"""Making a run again: what the original was made from, and whether the new one came out the same."""

from ml.reproduction.compare import hold_against
from ml.reproduction.original import Original, ReproductionError, read_original
from ml.reproduction.surroundings import read_surroundings

__all__ = ["Original", "ReproductionError", "hold_against", "read_original", "read_surroundings"]
