"""How good a result is: metrics of classifications and of masks, with intervals."""

from .cases import probability_column, probability_columns
from .classification import accuracy, confusion, f1, natural_frequencies, precision, recall, specificity
from .comparing import compare_masks
from .curves import precision_recall_curve, roc_curve
from .differences import Comparison, compare, compare_predictions, external_validation
from .intervals import Interval, bootstrap, spread_interval, weighted_bootstrap
from .judging import Classification, classification, evaluate, patients_needed, subgroups
from .masks import dice, jaccard, volume_difference
from .metrics import METRICS
from .paired import PairedTest, auc_covariance
from .probabilities import auc, brier, threshold_for_recall
from .readers import cohen_kappa, fleiss_kappa
from .resampling import drawn_patients, patient_codes, resampled_auc
from .risk_curves import calibration_curve, decision_curve
from .staple import Staple, staple
from .surfaces import average_surface_distance, hausdorff, normalized_surface_distance
from .wording import difference_in_words, falls_in_words, figures_in_words, in_short, readable

__all__ = [
    "METRICS",
    "Classification",
    "Comparison",
    "Interval",
    "PairedTest",
    "Staple",
    "accuracy",
    "auc",
    "auc_covariance",
    "average_surface_distance",
    "bootstrap",
    "brier",
    "calibration_curve",
    "classification",
    "cohen_kappa",
    "compare",
    "compare_masks",
    "compare_predictions",
    "confusion",
    "decision_curve",
    "dice",
    "difference_in_words",
    "drawn_patients",
    "evaluate",
    "external_validation",
    "f1",
    "falls_in_words",
    "figures_in_words",
    "fleiss_kappa",
    "hausdorff",
    "in_short",
    "jaccard",
    "natural_frequencies",
    "normalized_surface_distance",
    "patient_codes",
    "patients_needed",
    "precision",
    "precision_recall_curve",
    "probability_column",
    "probability_columns",
    "readable",
    "recall",
    "resampled_auc",
    "roc_curve",
    "specificity",
    "spread_interval",
    "staple",
    "subgroups",
    "threshold_for_recall",
    "volume_difference",
    "weighted_bootstrap",
]
