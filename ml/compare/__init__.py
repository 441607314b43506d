"""Families run on the same folds: kept as they are finished, no more than the budget allows, and then weighed."""

from ml.compare.ground import Ground, lay_ground
from ml.compare.keeping import Keeper, Kept, open_keeper
from ml.compare.leaderboard import weigh
from ml.compare.order import choose_families
from ml.compare.running import Ran, run_families

__all__ = ["Ground", "Keeper", "Kept", "Ran", "choose_families", "lay_ground", "open_keeper", "run_families", "weigh"]
