"""From an image to a mask: thresholds, morphology, energies, templates, classifiers of pixels."""

from typing import TYPE_CHECKING

import lazy_loader

from .anatomy import body_mask, lung_mask
from .clusters import Clusters, kmeans
from .descents import Descent
from .distances import distance_transform
from .elements import structuring_element
from .fusion import fuse_labels, joint_weights, similarity_weights
from .geodesics import edge_indicator, geodesic_active_contour, geodesic_steps
from .growing import confidence_growing, region_growing
from .heads import brain_mask, one_sided
from .local_thresholds import local_threshold, sauvola
from .middle import middle_object
from .mixtures import Mixture, gaussian_mixture
from .morphological_contours import morphological_chan_vese
from .morphology import closing, dilation, erosion, opening
from .proposals import mask_overlaps, suppress_overlaps
from .random_walks import random_walker
from .regions import fill_holes, label, largest_region, remove_small
from .residues import black_top_hat, morphological_gradient, white_top_hat
from .seeded import seeded_watershed
from .superpixels import superpixels
from .templates import fit_templates, weighted_templates
from .thresholds import li, multi_otsu, otsu, threshold, triangle
from .two_regions import chan_vese, chan_vese_steps
from .watersheds import watershed

if TYPE_CHECKING:
    from .pixel_models import PixelModel
    from .pixels import PixelClassifier, filter_bank

# scikit-learn takes seconds to load, which a threshold need not wait for.
__getattr__, _, _ = lazy_loader.attach(
    __name__, submod_attrs={"pixel_models": ["PixelModel"], "pixels": ["PixelClassifier", "filter_bank"]}
)

__all__ = [
    "Clusters",
    "Descent",
    "Mixture",
    "PixelClassifier",
    "PixelModel",
    "black_top_hat",
    "body_mask",
    "brain_mask",
    "chan_vese",
    "chan_vese_steps",
    "closing",
    "confidence_growing",
    "dilation",
    "distance_transform",
    "edge_indicator",
    "erosion",
    "fill_holes",
    "filter_bank",
    "fit_templates",
    "fuse_labels",
    "gaussian_mixture",
    "geodesic_active_contour",
    "geodesic_steps",
    "joint_weights",
    "kmeans",
    "label",
    "largest_region",
    "li",
    "local_threshold",
    "lung_mask",
    "mask_overlaps",
    "middle_object",
    "morphological_chan_vese",
    "morphological_gradient",
    "multi_otsu",
    "one_sided",
    "opening",
    "otsu",
    "random_walker",
    "region_growing",
    "remove_small",
    "sauvola",
    "seeded_watershed",
    "similarity_weights",
    "structuring_element",
    "superpixels",
    "suppress_overlaps",
    "threshold",
    "triangle",
    "watershed",
    "weighted_templates",
    "white_top_hat",
]
