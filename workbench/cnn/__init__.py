"""Convolutional networks: small Keras models, trained, used and compared without ceremony.

TensorFlow is imported here and nowhere else, and keeps quiet.
"""

from .baselines import Thresholds, dice_by_slice, fit_thresholds
from .data import (
    LabelledSlices,
    Split,
    fit_to,
    labelled_slices,
    random_crops,
    split,
    split_patients,
    split_slices,
)
from .degradation import bias_field, rician_noise
from .losses import MeanDice, cross_entropy_dice
from .models import classifier, unet
from .prediction import feature_maps, predict
from .storing import load, save
from .training import Training, fit

__all__ = [
    "LabelledSlices",
    "MeanDice",
    "Split",
    "Thresholds",
    "Training",
    "bias_field",
    "classifier",
    "cross_entropy_dice",
    "dice_by_slice",
    "feature_maps",
    "fit",
    "fit_thresholds",
    "fit_to",
    "labelled_slices",
    "load",
    "predict",
    "random_crops",
    "rician_noise",
    "save",
    "split",
    "split_patients",
    "split_slices",
    "unet",
]
