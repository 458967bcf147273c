"""From an image to a mask: thresholds, morphology, energies, templates, classifiers of pixels."""

from typing import TYPE_CHECKING

import lazy_loader

from .energy import ChanVese, chan_vese
from .morphology import closing, dilation, erosion, opening
from .regions import fill_holes, largest_region
from .templates import fit_templates, weighted_templates
from .thresholds import multi_otsu, otsu, threshold

if TYPE_CHECKING:
    from .pixels import PixelClassifier, filter_bank

# scikit-learn takes seconds to load, which a threshold need not wait for.
__getattr__, _, _ = lazy_loader.attach(__name__, submod_attrs={"pixels": ["PixelClassifier", "filter_bank"]})

__all__ = [
    "ChanVese",
    "PixelClassifier",
    "chan_vese",
    "closing",
    "dilation",
    "erosion",
    "fill_holes",
    "filter_bank",
    "fit_templates",
    "largest_region",
    "multi_otsu",
    "opening",
    "otsu",
    "threshold",
    "weighted_templates",
]
