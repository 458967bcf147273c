"""Where a classifier looks: maps of what spoke for a class, and a check that they mean it.

All explain the log-odds of a class, in logits: 0 where class and all others are equally probable, and 1 more for
each factor of 2.72 in the odds. The log-odds are what the last dense layer adds up, so they do not saturate as
probabilities do.
"""

from .border import border_in_words, heat_at_border
from .grad_cam import grad_cam
from .integrated_gradients import integrated_gradients
from .occlusion import occlusion
from .sanity import SanityCheck, sanity_check

__all__ = [
    "SanityCheck",
    "border_in_words",
    "grad_cam",
    "heat_at_border",
    "integrated_gradients",
    "occlusion",
    "sanity_check",
]
