"""Texture: how grey levels are arranged, by the six families of matrices of the IBSI."""

from .families import TEXTURE_FAMILIES, texture_features
from .glcm import glcm, glcm_features
from .gldzm import gldzm, gldzm_features
from .glrlm import glrlm, glrlm_features
from .glszm import glszm, glszm_features
from .grid import AGGREGATIONS
from .ngldm import ngldm, ngldm_features
from .ngtdm import ngtdm, ngtdm_features
from .windows import texture_map

__all__ = [
    "AGGREGATIONS",
    "TEXTURE_FAMILIES",
    "glcm",
    "glcm_features",
    "gldzm",
    "gldzm_features",
    "glrlm",
    "glrlm_features",
    "glszm",
    "glszm_features",
    "ngldm",
    "ngldm_features",
    "ngtdm",
    "ngtdm_features",
    "texture_features",
    "texture_map",
]
