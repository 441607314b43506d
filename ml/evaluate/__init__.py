"""What a family is worth on rows that it has not seen, beside what hardly looking is worth."""

from ml.evaluate.cross_validation import align_probabilities
from ml.evaluate.evaluation import evaluate_family
from ml.evaluate.metrics import METRICS, report_classes, score_predictions
from ml.evaluate.splits import EvaluationError

__all__ = [
    "METRICS",
    "EvaluationError",
    "align_probabilities",
    "evaluate_family",
    "report_classes",
    "score_predictions",
]
