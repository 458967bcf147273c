"""Filter banks: how strongly each voxel's neighbourhood answers to an edge, a blob, a wave, a texture.

The convolutional filters of the Image Biomarker Standardisation Initiative (IBSI 2), in the plane and in space.
A response has the shape of its image. Widths are in voxels, or in mm where `spacing` is given. Numbers for each
axis come in the order of the axes (slice, row, column); names made of letters ("E5L5S5", "LHL") come in IBSI's
order: columns, rows, slices. `axes=(1, 2)` filters the slices of a volume one by one.

======================  ==========  =====================================
IBSI's border           ``border``  how ``a b c`` continues to the right
======================  ==========  =====================================
constant value (zero)   constant    ``0 0 0``
nearest value           nearest     ``c c c``
periodisation           wrap        ``a b c``
mirror                  reflect     ``c b a``
(none)                  mirror      ``b a b``
======================  ==========  =====================================

References
----------
Whybra P, Zwanenburg A, Andrearczyk V, et al. The Image Biomarker Standardization Initiative: standardized
convolutional filters for reproducible radiomics and enhanced clinical insights. Radiology 310 (2024) e231319.
"""

from ..smoothing import mean
from .banks import bank
from .gabor import gabor
from .gradients import gradient, gradient_direction, gradient_magnitude
from .laplacian import laplacian_of_gaussian
from .laws import LAWS_KERNELS, laws, laws_energy
from .passes import IBSI_BORDERS
from .riesz import riesz, riesz_along
from .simoncelli import simoncelli
from .wavelets import wavelet, wavelets

__all__ = [
    "IBSI_BORDERS",
    "LAWS_KERNELS",
    "bank",
    "gabor",
    "gradient",
    "gradient_direction",
    "gradient_magnitude",
    "laplacian_of_gaussian",
    "laws",
    "laws_energy",
    "mean",
    "riesz",
    "riesz_along",
    "simoncelli",
    "wavelet",
    "wavelets",
]
