"""Where voxels lie. Given an Image, each function returns one whose voxels are at their places in the patient."""

from .boxes import crop, crop_to_mask, pad
from .planes import flip, plane
from .sampling import resample, resize
from .tiles import tile, untile
from .turning import rotate

__all__ = [
    "crop",
    "crop_to_mask",
    "flip",
    "pad",
    "plane",
    "resample",
    "resize",
    "rotate",
    "tile",
    "untile",
]
