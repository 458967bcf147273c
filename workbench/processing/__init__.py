"""Processing: smoothing, denoising, contrast and geometry; simulated noise and image quality.

Every function takes the image first and its options by keyword, leaves its input as it is, and can be used as
``image.map(processing.median, size=5)``; grayscale and those of `geometry`, which move voxels, take an Image and
return one. Filters of a neighbourhood work chunk by chunk on Dask arrays (`chunks`).
Filter banks are in `responses`.
"""

from . import responses
from .background import remove_background, rolling_ball
from .bias import bias_field, correct_bias
from .compare import Comparison, compare
from .contrast import gamma, grayscale, normalize, stretch, window
from .denoising import anisotropic_diffusion, bilateral, non_local_means, total_variation
from .geometry import crop, crop_to_mask, flip, pad, plane, resample, resize, rotate, tile, untile
from .histograms import clahe, equalize, match_histogram
from .noise import add_impulses, add_noise
from .quality import edge_sharpness, psnr, ssim
from .smoothing import convolve, gaussian, mean, median, unsharp

__all__ = [
    "Comparison",
    "add_impulses",
    "add_noise",
    "anisotropic_diffusion",
    "bias_field",
    "bilateral",
    "clahe",
    "compare",
    "convolve",
    "correct_bias",
    "crop",
    "crop_to_mask",
    "edge_sharpness",
    "equalize",
    "flip",
    "gamma",
    "gaussian",
    "grayscale",
    "match_histogram",
    "mean",
    "median",
    "non_local_means",
    "normalize",
    "pad",
    "plane",
    "psnr",
    "remove_background",
    "resample",
    "resize",
    "responses",
    "rolling_ball",
    "rotate",
    "ssim",
    "stretch",
    "tile",
    "total_variation",
    "unsharp",
    "untile",
    "window",
]
