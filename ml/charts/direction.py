"""Whether less or more of a metric is better, as far as its name tells: others name theirs as they like."""

from __future__ import annotations

import re
from typing import Literal

from ml.results import LOWER_IS_BETTER

Direction = Literal["lower", "higher", "unknown"]
_LOWER = {
    *("loss", "logloss", "losses", "error", "err", "errors", "mae", "mse", "rmse", "rmsle", "mape", "smape", "nll"),
    *("perplexity", "ppl", "brier", "ece", "wer", "cer", "hinge", "deviance", "divergence", "fid"),
}
_HIGHER = {
    *("accuracy", "acc", "auc", "auroc", "auprc", "roc", "f1", "precision", "recall", "r2", "iou", "dice", "ndcg"),
    *("mrr", "bleu", "rouge", "kappa", "mcc", "reward"),
}


def find_direction(metric: str) -> Direction:
    """Tell from the words of a metric's name (`val/log_loss`, `trainAcc`) which way is better."""
    if metric in LOWER_IS_BETTER:
        return "lower"
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+\d?|[A-Z]+\d?(?![a-z])", metric)}
    if words & _LOWER:
        return "lower"
    return "higher" if words & _HIGHER else "unknown"
