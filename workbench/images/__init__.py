"""Images with geometry: reading, looking, writing.

Axes are ``(slice, row, column)``; affines map their indices to LPS millimetres.
"""

from .errors import ImageReadError, ImageReadWarning
from .geometry import affine_from_spacing
from .history import Step
from .image import Image
from .masks import read_mask
from .picture import PRESETS, Window, default_window, render
from .reading import read
from .segmentation_files import save_segmentation
from .series import list_series
from .writing import write

__all__ = [
    "PRESETS",
    "Image",
    "ImageReadError",
    "ImageReadWarning",
    "Step",
    "Window",
    "affine_from_spacing",
    "default_window",
    "list_series",
    "read",
    "read_mask",
    "render",
    "save_segmentation",
    "write",
]
