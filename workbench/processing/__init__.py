"""Processing: smoothing, denoising, contrast, crop and resize; simulated noise and image quality.

Every function takes the image first and its options by keyword, leaves its input as it is, and can be used as
``image.map(processing.median, size=5)``; crop, resize, plane and grayscale, which change the shape, take
an Image and return one.
"""

from .contrast import clahe, equalize, grayscale, normalize, stretch, window
from .denoising import bilateral, non_local_means, total_variation
from .geometry import crop, plane, resize
from .noise import add_impulses, add_noise
from .quality import edge_sharpness, psnr, ssim
from .smoothing import convolve, gaussian, mean, median

__all__ = [
    "add_impulses",
    "add_noise",
    "bilateral",
    "clahe",
    "convolve",
    "crop",
    "edge_sharpness",
    "equalize",
    "gaussian",
    "grayscale",
    "mean",
    "median",
    "non_local_means",
    "normalize",
    "plane",
    "psnr",
    "resize",
    "ssim",
    "stretch",
    "total_variation",
    "window",
]
