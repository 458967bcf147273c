"""Features: numbers that describe a region, under the names and definitions of the IBSI.

Size and form, intensities, histograms, texture and colour: `extract` gives them as one row of a table,
`extract_cohort` the table, `map` a picture of one of them; `stability` and `redundancy` say which to trust and
which to leave out.
"""

from typing import TYPE_CHECKING, Any

from .colour import colour_features
from .discretization import FixedBinNumber, FixedBinSize, default_discretization, discretize
from .extraction import FAMILIES, catalog, extract
from .histogram import histogram_features, volume_histogram_features
from .intensity import intensity_features, peak_features
from .maps import map
from .morphology import morphology_features
from .perturbation import arranged, perturb
from .preparation import Prepared, prepare
from .regions import ball, balls
from .tables import Extraction, extract_cohort
from .texture import (
    AGGREGATIONS,
    TEXTURE_FAMILIES,
    glcm,
    glcm_features,
    gldzm,
    gldzm_features,
    glrlm,
    glrlm_features,
    glszm,
    glszm_features,
    ngldm,
    ngldm_features,
    ngtdm,
    ngtdm_features,
    texture_features,
)

if TYPE_CHECKING:
    from .reliability import redundancy, stability
    from .transformer import FeatureExtractor

__all__ = [
    "AGGREGATIONS",
    "FAMILIES",
    "TEXTURE_FAMILIES",
    "Extraction",
    "FeatureExtractor",
    "FixedBinNumber",
    "FixedBinSize",
    "Prepared",
    "arranged",
    "ball",
    "balls",
    "catalog",
    "colour_features",
    "default_discretization",
    "discretize",
    "extract",
    "extract_cohort",
    "glcm",
    "glcm_features",
    "gldzm",
    "gldzm_features",
    "glrlm",
    "glrlm_features",
    "glszm",
    "glszm_features",
    "histogram_features",
    "intensity_features",
    "map",
    "morphology_features",
    "ngldm",
    "ngldm_features",
    "ngtdm",
    "ngtdm_features",
    "peak_features",
    "perturb",
    "prepare",
    "redundancy",
    "stability",
    "texture_features",
    "volume_histogram_features",
]

#: What loads pandas or scikit-learn, which others need not wait for.
_LATER = {"FeatureExtractor": "transformer", "redundancy": "reliability", "stability": "reliability"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)
