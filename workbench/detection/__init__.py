"""Boxes: non-maximum suppression, matching, average precision, FROC and counts."""

from .boxes import iou
from .counting import counting_error
from .evaluating import evaluate
from .froc import froc, sensitivity_at
from .matching import match
from .precision import average_precision, precision_recall
from .suppression import Kept, non_maximum_suppression
from .tables import truth_table

__all__ = [
    "Kept",
    "average_precision",
    "counting_error",
    "evaluate",
    "froc",
    "iou",
    "match",
    "non_maximum_suppression",
    "precision_recall",
    "sensitivity_at",
    "truth_table",
]
