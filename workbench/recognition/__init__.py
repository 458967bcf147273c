"""Recognition: from a table of features to a class, with patients kept apart.

`models` makes them, `cross_validate` says how good they are, `train` fits one for use, `save` and `load` keep it
with its card.
"""

from .bayes import BayesExplanation, explain_bayes
from .fitness import ModelError
from .importance import loss_in_words, permutation_importance
from .leaks import noise_study
from .mask_writing import write_masks
from .models import models
from .naming import feature_in_words, features_in_words
from .recipes import describe_image, describe_images, measure
from .recognizer import Recognizer
from .result import CrossValidation
from .segmenting import TrainedSegmenter, train_segmenter
from .selecting import DropRedundant
from .storing import load, save
from .tables import load_table, read_features
from .training import Trained, train
from .validation import cross_validate

__all__ = [
    "BayesExplanation",
    "CrossValidation",
    "DropRedundant",
    "ModelError",
    "Recognizer",
    "Trained",
    "TrainedSegmenter",
    "cross_validate",
    "describe_image",
    "describe_images",
    "explain_bayes",
    "feature_in_words",
    "features_in_words",
    "load",
    "load_table",
    "loss_in_words",
    "measure",
    "models",
    "noise_study",
    "permutation_importance",
    "read_features",
    "save",
    "train",
    "train_segmenter",
    "write_masks",
]
