"""Phantoms: simulated images of patients who do not exist, with their truth.

One file per anatomy, and shared drawing and physics. For teaching and testing; no substitute for real images.
"""

from .lesions import LESIONS, simulate_lesion
from .simulation import (
    ANATOMIES,
    Anatomy,
    Phantom,
    boxes_of,
    label_of,
    simulate,
    simulate_image,
    simulate_mask,
)

__all__ = [
    "ANATOMIES",
    "LESIONS",
    "Anatomy",
    "Phantom",
    "boxes_of",
    "label_of",
    "simulate",
    "simulate_image",
    "simulate_lesion",
    "simulate_mask",
]
