"""Simoncelli's isotropic wavelets: bands of frequencies, whatever their direction."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from workbench.checks import one_of

from ..arrays import BORDERS, pad
from ..chunks import in_memory
from .passes import checked_level, slice_or_volume
from .pooling import filtered_axes
from .spectra import filtered_spectrum


@in_memory("its filter reaches every voxel")
def simoncelli(
    image: ArrayLike,
    *,
    level: int = 1,
    axes: tuple[int, ...] | None = None,
    grid: str = "exact",
    border: str = "reflect",
) -> NDArray:
    r"""Return one band of the non-separable, undecimated wavelet transform of Simoncelli.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    level : int, optional
        From 1. The band is centred at half the Nyquist frequency (a wave of four voxels) for level 1, and at
        half of the previous band's for each level more.
    axes : tuple of int, optional
        Two or three that are filtered together, all where not given; ``(1, 2)`` takes slices one by one.
    grid : {"exact", "ibsi"}, optional
        Frequencies of the Fourier transform, or those of IBSI's reference responses: evenly spaced from -1 to 1,
        both ends included, which for an even length miss frequency 0 by half a step. Then the response of a
        mirrored image is not the mirrored response; use it to compare with other software.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero. The filter has no end: zeros and
        nearest values reach half the image's length beyond it.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units; a constant image has no response.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or an option is unknown.

    Notes
    -----
    :math:`\hat g_j(\nu) = \cos\left(\frac{\pi}{2} \log_2 (2^j \lVert\nu\rVert)\right)` where
    :math:`2^{-j-1} < \lVert\nu\rVert \le 2^{1-j}`, else 0, with :math:`\lVert\nu\rVert = 1` at the Nyquist
    frequency. The squares of all levels add up to 1 below half the Nyquist frequency.

    References
    ----------
    Simoncelli EP, Freeman WT. The steerable pyramid: a flexible architecture for multi-scale derivative
    computation. IEEE International Conference on Image Processing (1995) 444-447. Portilla J, Simoncelli EP.
    A parametric texture model based on joint statistics of complex wavelet coefficients. International Journal of
    Computer Vision 40 (2000) 49-70.

    Examples
    --------
    >>> import numpy as np
    >>> wave = np.tile(np.cos(np.pi * np.arange(8) / 2), (8, 1))  # half the Nyquist frequency
    >>> np.allclose(simoncelli(wave, level=1, border="wrap"), wave)
    True
    """
    array = slice_or_volume(image)
    one_of(border, BORDERS, name="border")
    chosen = filtered_axes(axes, array.ndim)
    checked_level(level)
    if one_of(grid, ("exact", "ibsi"), name="grid") == "exact":
        return filtered_spectrum(array, lambda frequencies: _band(frequencies, level), chosen, border=border)
    return _on_ibsi_grid(array, level, chosen, border)


def _band(frequencies: list[NDArray], level: int) -> NDArray:
    """Evaluate the logarithm and cosine only inside the band."""
    squared = sum((each**2 for each in frequencies), start=np.zeros((), frequencies[0].dtype))
    weights = np.zeros_like(squared)
    inside = (squared > 4.0 ** (-level - 1)) & (squared < 4.0 ** (1 - level))
    weights[inside] = np.cos(np.pi / 4 * np.log2(4.0**level * squared[inside]))
    return weights


def _on_ibsi_grid(image: NDArray, level: int, axes: tuple[int, ...], border: str) -> NDArray:
    around = tuple(
        length // 2 if axis in axes and border != "wrap" else 0 for axis, length in enumerate(image.shape)
    )
    padded = pad(image, around, around, border=border)
    grid = [fft.ifftshift(np.linspace(-1, 1, padded.shape[axis])) for axis in axes]
    frequencies = [
        np.expand_dims(values, [other for other in range(image.ndim) if other != axis])
        for values, axis in zip(grid, axes, strict=True)
    ]
    response = fft.ifftn(fft.fftn(padded, axes=axes) * _band(frequencies, level), axes=axes).real
    inside = tuple(slice(first, first + length) for first, length in zip(around, image.shape, strict=True))
    return np.ascontiguousarray(response[inside], dtype=image.dtype)
