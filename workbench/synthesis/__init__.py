"""Making one image out of several: composed, blended, fused, stitched side by side, or joined to a panorama.

Images given as `Image` must lie on one grid (same affine) and share their units; the result is an `Image` then.
"""

from .blending import blend
from .composition import checkerboard, composite, soft_ball
from .fusion import colour_fusion, from_pyramid, fuse, laplacian_pyramid
from .panorama import Panorama, panorama
from .stitching import stitch

__all__ = [
    "Panorama",
    "blend",
    "checkerboard",
    "colour_fusion",
    "composite",
    "from_pyramid",
    "fuse",
    "laplacian_pyramid",
    "panorama",
    "soft_ball",
    "stitch",
]
