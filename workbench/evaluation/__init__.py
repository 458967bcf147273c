"""How good a result is: metrics of classifications and of masks, with intervals."""

from .classification import accuracy, confusion, f1, natural_frequencies, precision, recall, specificity
from .intervals import Interval, bootstrap
from .masks import dice, jaccard
from .probabilities import auc, brier, calibration, roc_curve, threshold_for_recall

__all__ = [
    "Interval",
    "accuracy",
    "auc",
    "bootstrap",
    "brier",
    "calibration",
    "confusion",
    "dice",
    "f1",
    "jaccard",
    "natural_frequencies",
    "precision",
    "recall",
    "roc_curve",
    "specificity",
    "threshold_for_recall",
]
