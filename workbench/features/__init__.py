"""Features: numbers that describe a region, under the names and definitions of the IBSI.

Intensities (first-order), texture (co-occurrence), shape and colour; `extract` gives them as one row of a table.
"""

from .colour import colour_features
from .discretization import FixedBinNumber, FixedBinSize, default_discretization, discretize
from .extraction import catalog, extract, extract_table
from .intensity import intensity_features, peak_features
from .regions import ball, balls
from .shape import shape_features
from .texture import AGGREGATIONS, glcm, glcm_features

__all__ = [
    "AGGREGATIONS",
    "FixedBinNumber",
    "FixedBinSize",
    "ball",
    "balls",
    "catalog",
    "colour_features",
    "default_discretization",
    "discretize",
    "extract",
    "extract_table",
    "glcm",
    "glcm_features",
    "intensity_features",
    "peak_features",
    "shape_features",
]
