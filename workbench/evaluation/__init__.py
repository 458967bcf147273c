"""How good a result is: metrics of classifications and of masks, with intervals."""

from .classification import accuracy, confusion, f1, natural_frequencies, precision, recall, specificity
from .comparing import compare_masks
from .intervals import Interval, bootstrap
from .masks import dice, jaccard, volume_difference
from .probabilities import auc, brier, calibration, roc_curve, threshold_for_recall
from .readers import cohen_kappa, fleiss_kappa
from .staple import Staple, staple
from .surfaces import average_surface_distance, hausdorff, normalized_surface_distance

__all__ = [
    "Interval",
    "Staple",
    "accuracy",
    "auc",
    "average_surface_distance",
    "bootstrap",
    "brier",
    "calibration",
    "cohen_kappa",
    "compare_masks",
    "confusion",
    "dice",
    "f1",
    "fleiss_kappa",
    "hausdorff",
    "jaccard",
    "natural_frequencies",
    "normalized_surface_distance",
    "precision",
    "recall",
    "roc_curve",
    "specificity",
    "staple",
    "threshold_for_recall",
    "volume_difference",
]
