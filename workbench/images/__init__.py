"""Images with geometry: reading, looking, writing.

Axes are ``(slice, row, column)``; affines map their indices to LPS millimetres.
"""

from .image import Image, Step
from .picture import PRESETS, Window, default_window, render
from .reading import ImageReadError, read
from .writing import write

__all__ = [
    "PRESETS",
    "Image",
    "ImageReadError",
    "Step",
    "Window",
    "default_window",
    "read",
    "render",
    "write",
]
