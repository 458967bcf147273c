"""Correlation over all shifts at once, by Fourier transforms."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from workbench.checks import real_array, same_shape

ZOOM = 5
NEAR = np.arange(-ZOOM, ZOOM + 1)


def phase_correlation(
    moving: ArrayLike, fixed: ArrayLike, *, precision: float = 0.01, low_pass: float = 0.0
) -> tuple[NDArray, float]:
    """Find the shift between two images by the phases of their Fourier transforms.

    Both are taken as periodic: what leaves at one border comes back at the other. For images that only overlap,
    use ``align(..., transform="translation")``.

    Parameters
    ----------
    moving, fixed : (...) array_like
        Same shape, any number of axes.
    precision : float, optional
        Of the shift in voxels; 1 leaves it at whole ones.
    low_pass : float, optional
        Standard deviation in voxels of a Gaussian that damps high frequencies, where there is little but noise.

    Returns
    -------
    shift : (D,) ndarray
        In voxels: moving's content at index i lies in fixed at ``i + shift``.
    peak : float
        Height of the correlation's peak, 1 for images that differ by a whole shift alone.

    Raises
    ------
    ValueError
        If shapes differ, an image is constant, or values are not finite.

    References
    ----------
    Kuglin CD, Hines DC. The phase correlation image alignment method. Proc. IEEE Conf. Cybernetics and Society
    (1975) 163-165. Guizar-Sicairos M, Thurman ST, Fienup JR. Efficient subpixel image registration algorithms.
    Optics Letters 33 (2008) 156-158.

    Examples
    --------
    >>> moving = np.zeros((8, 8))
    >>> moving[2, 3] = 1
    >>> shift, peak = phase_correlation(moving, np.roll(moving, (1, -2), axis=(0, 1)))
    >>> shift + 0.0, round(peak, 6)
    (array([ 1., -2.]), 1.0)
    """
    arrays = [real_array(image, name=name) for image, name in ((moving, "moving"), (fixed, "fixed"))]
    same_shape(moving=arrays[0], fixed=arrays[1])
    for array, name in zip(arrays, ("moving", "fixed"), strict=True):
        if array.min() == array.max():
            raise ValueError(f"{name} is constant ({array.min():g}): there is nothing to align")
    shape = arrays[0].shape
    source, target = (fft.rfftn(array.astype(np.float64) - array.mean(), workers=-1) for array in arrays)
    phases = target * source.conj()
    size = np.abs(phases)
    known = size > 1e-12 * size.max()
    phases[known] /= size[known]
    phases[~known] = 0
    phases[(0,) * phases.ndim] = 1  # of a mean that was taken off
    if low_pass:
        phases *= _gaussian_spectrum(shape, low_pass)
    surface = fft.irfftn(phases, shape, workers=-1)
    peak = np.unravel_index(surface.argmax(), shape)
    shift = np.array(
        [at - length if at > length // 2 else at for at, length in zip(peak, shape, strict=True)], float
    )
    step = 1.0
    while step > precision:
        step /= ZOOM
        around = [middle + NEAR * step for middle in shift]
        finer = _interpolated(phases, around, shape)
        at = np.unravel_index(finer.argmax(), finer.shape)
        shift = np.array([places[index] for places, index in zip(around, at, strict=True)])
    return shift, float(surface.max() if step == 1 else finer.max())


def overlap_correlation(
    moving: NDArray, fixed: NDArray, moving_mask: NDArray | None = None, fixed_mask: NDArray | None = None
) -> tuple[NDArray, NDArray]:
    """Correlate two images at every whole shift, each time over their overlap alone.

    Parameters
    ----------
    moving, fixed : (...) ndarray
        Same number of axes.
    moving_mask, fixed_mask : (...) ndarray of bool, optional
        What counts; all where not given.

    Returns
    -------
    correlation : ndarray
        Pearson's coefficient for each shift; 0 where an image is constant in the overlap. Along each axis the
        shifts are 0, 1, ... and, from the end, -1, -2, ...
    overlap : ndarray
        Number of voxels compared.

    References
    ----------
    Padfield D. Masked object registration in the Fourier domain. IEEE Transactions on Image Processing 21 (2012)
    2706-2718.

    Examples
    --------
    >>> correlation, overlap = overlap_correlation(np.array([1.0, 5, 2, 0]), np.array([9.0, 2, 4, 12]))
    >>> overlap.astype(int)
    array([4, 3, 2, 1, 1, 2, 3])
    """
    shape = [m + f - 1 for m, f in zip(moving.shape, fixed.shape, strict=True)]
    padded = [fft.next_fast_len(length, real=True) for length in shape]
    inside = [
        np.ones(image.shape, bool) if mask is None else mask
        for image, mask in ((moving, moving_mask), (fixed, fixed_mask))
    ]
    centred = [(image - image[mask].mean()) * mask for image, mask in zip((moving, fixed), inside, strict=True)]

    def spectrum(array: NDArray) -> NDArray:
        return fft.rfftn(array, padded, workers=-1)

    def over_shifts(target: NDArray, source: NDArray) -> NDArray:
        return fft.irfftn(target * source.conj(), padded, workers=-1)

    mask_m, mask_f = spectrum(inside[0].astype(float)), spectrum(inside[1].astype(float))
    image_m, image_f = spectrum(centred[0]), spectrum(centred[1])
    count = np.maximum(over_shifts(mask_f, mask_m).round(), 1)
    sum_f, sum_m = over_shifts(image_f, mask_m), over_shifts(mask_f, image_m)
    covariance = over_shifts(image_f, image_m) - sum_f * sum_m / count
    variance_f = over_shifts(spectrum(centred[1] ** 2), mask_m) - sum_f**2 / count
    variance_m = over_shifts(mask_f, spectrum(centred[0] ** 2)) - sum_m**2 / count
    least = 1e-9 * max(variance_f.max() * variance_m.max(), np.finfo(float).tiny)
    product = variance_f * variance_m
    valid = (product > least) & (variance_f > 0) & (variance_m > 0)
    correlation = np.where(valid, covariance / np.sqrt(np.where(valid, product, 1)), 0).clip(-1, 1)
    for axis, (length, kept) in enumerate(zip(fixed.shape, shape, strict=True)):
        chosen = [*range(length), *range(padded[axis] - kept + length, padded[axis])]
        correlation, count = correlation.take(chosen, axis), count.take(chosen, axis)
    return correlation, count


def shift_at(index: tuple[int, ...], fixed_shape: tuple[int, ...], surface_shape: tuple[int, ...]) -> NDArray:
    """Return the shift that an index of `overlap_correlation`'s result stands for.

    Parameters
    ----------
    index : tuple of int
        Where in the result.
    fixed_shape, surface_shape : tuple of int
        Of the fixed image and of the result.

    Returns
    -------
    (D,) ndarray of int
        Moving's content at index i lies in fixed at ``i + shift``.

    Examples
    --------
    >>> shift_at((6,), (4,), (7,))
    array([-1])
    """
    return np.array(
        [
            at if at < length else at - total
            for at, length, total in zip(index, fixed_shape, surface_shape, strict=True)
        ]
    )


def _frequencies(shape: tuple[int, ...]) -> list[NDArray]:
    return [fft.rfftfreq(n) if axis == len(shape) - 1 else fft.fftfreq(n) for axis, n in enumerate(shape)]


def _gaussian_spectrum(shape: tuple[int, ...], sigma: float) -> NDArray:
    made = np.ones(())
    for frequency in _frequencies(shape):
        made = np.multiply.outer(made, np.exp(-2 * (np.pi * frequency * sigma) ** 2))
    return made


def _interpolated(spectrum: NDArray, places: list[NDArray], shape: tuple[int, ...]) -> NDArray:
    # Half of a real image's spectrum is stored; the inner half of the last axis counts twice.
    twice = np.full(spectrum.shape[-1], 2.0)
    twice[0] = 1
    if shape[-1] % 2 == 0:
        twice[-1] = 1
    value = spectrum * twice
    for frequency, where in zip(_frequencies(shape), places, strict=True):
        value = np.tensordot(value, np.exp(2j * np.pi * np.outer(frequency, where)), axes=(0, 0))
    return value.real / np.prod(shape)
