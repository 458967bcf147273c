"""Figures in one style; each function takes numbers and returns a figure."""

from .boxes import show_box_panels, show_counts, show_heat, show_overlap
from .contact_sheet import contact_sheet
from .curves import show_decision, show_precision_recall, show_reliability, show_roc
from .densities import show_bayes, show_densities, show_weights
from .detection import show_box_precision, show_boxes, show_froc
from .evaluation import show_confusion, show_forest, show_intervals, show_people, show_studies
from .explanation import show_explanations, show_sanity
from .external import show_external
from .failures import show_failures
from .feature_tables import show_changes, show_feature_table, show_redundancy, show_stability
from .features import show_curves, show_distributions, show_glcm, show_surfaces
from .generation import show_adversaries, show_cnn_against_gan, show_nearest, show_rows
from .importance import show_importance
from .intensities import show_histograms, show_windows
from .pictures import draw, outline, show, show_labels
from .processing import show_comparison, show_profiles, show_with_histograms
from .registration import show_alignment, show_field
from .responses import show_responses
from .segmentation import show_agreement, show_energies, show_thresholds
from .style import COLORS, STYLE, Figure, blank, figure
from .sweeps import show_seams, show_settings, show_wall_times
from .training import show_errors, show_learning, show_slice_scores, show_split

__all__ = [
    "COLORS",
    "STYLE",
    "Figure",
    "blank",
    "contact_sheet",
    "draw",
    "figure",
    "outline",
    "show",
    "show_adversaries",
    "show_agreement",
    "show_alignment",
    "show_bayes",
    "show_box_panels",
    "show_box_precision",
    "show_boxes",
    "show_changes",
    "show_cnn_against_gan",
    "show_comparison",
    "show_confusion",
    "show_counts",
    "show_curves",
    "show_decision",
    "show_densities",
    "show_distributions",
    "show_energies",
    "show_errors",
    "show_explanations",
    "show_external",
    "show_failures",
    "show_feature_table",
    "show_field",
    "show_forest",
    "show_froc",
    "show_glcm",
    "show_heat",
    "show_histograms",
    "show_importance",
    "show_intervals",
    "show_labels",
    "show_learning",
    "show_nearest",
    "show_overlap",
    "show_people",
    "show_precision_recall",
    "show_profiles",
    "show_redundancy",
    "show_reliability",
    "show_responses",
    "show_roc",
    "show_rows",
    "show_sanity",
    "show_seams",
    "show_settings",
    "show_slice_scores",
    "show_split",
    "show_stability",
    "show_studies",
    "show_surfaces",
    "show_thresholds",
    "show_wall_times",
    "show_weights",
    "show_windows",
    "show_with_histograms",
]
