"""Recognition: from a table of features to a class, with patients kept apart."""

from .bayes import BayesExplanation, explain_bayes
from .leaks import noise_study
from .models import models
from .result import CrossValidation
from .tables import load_table
from .validation import cross_validate

__all__ = [
    "BayesExplanation",
    "CrossValidation",
    "cross_validate",
    "explain_bayes",
    "load_table",
    "models",
    "noise_study",
]
