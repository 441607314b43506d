"""The types that a file of a fitted pipeline may name, beside those that skops itself takes for harmless.

The list is ours and never read from a file: what a file says of itself is no reason to trust it.
"""

TRUSTED_TYPES = (
    "catboost.core.CatBoostClassifier",
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "ml.train.bins.QuantileBins",
    "ml.train.boosters.NumberedLabels",
    "ml.train.calibrated.CalibratedClassifier",
    "ml.train.inner_folds.InnerFolds",
    "ml.train.neighbours.NeighbourShares",
    "ml.train.proportional_odds.ProportionalOdds",
    "ml.train.ruled.RuledPipeline",
    "ml.train.single_column.SingleColumnClassifier",
    "ml.train.soft_vote.SoftVote",
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "xgboost.core.Booster",
    "xgboost.sklearn.XGBClassifier",
)
