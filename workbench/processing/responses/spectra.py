"""Filters that are defined in the Fourier domain, with borders."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ..arrays import pad

# Frequencies along each axis, 1 at the Nyquist frequency, to real weights.
Transfer = Callable[[list[NDArray]], NDArray]
# Values to weigh at a time: they fit a core's cache.
BLOCK = 2**15


def filtered_spectrum(
    image: NDArray, transfer: Transfer, axes: tuple[int, ...], *, border: str, odd: tuple[int, ...] = ()
) -> NDArray:
    """Multiply the spectrum of an image by real weights, and by -i for each axis along which they are odd.

    Parameters
    ----------
    image : ndarray of float32 or float64
        Any shape.
    transfer : callable
        From a list of frequency arrays, one for each of `axes`, to the weights.
    axes : tuple of int
        That are transformed.
    border : str
        Of scipy.ndimage. ``"wrap"``, ``"reflect"`` and ``"mirror"`` are exact: the image continues without end.
        With ``"constant"`` and ``"nearest"`` it continues for half its length on each side.
    odd : tuple of int, optional
        Of `axes`, those along which the weights change their sign with the frequency.

    Returns
    -------
    ndarray
        Same shape and dtype.

    Examples
    --------
    >>> wave = np.cos(np.pi * np.arange(8) / 4)
    >>> sign = lambda frequencies: np.sign(frequencies[0])
    >>> shifted = filtered_spectrum(wave, sign, (0,), border="wrap", odd=(0,))
    >>> np.allclose(shifted, np.sin(np.pi * np.arange(8) / 4))
    True
    """
    if border == "reflect":
        return _by_cosines(image, transfer, axes, odd)
    before = [0] * image.ndim
    after = [0] * image.ndim
    if border != "wrap":
        for axis in axes:
            # The whole period of a mirrored image is two voxels shorter than twice the image.
            more = max(image.shape[axis] - 2 * (border == "mirror"), 0)
            before[axis], after[axis] = more // 2, more - more // 2
    padded = pad(image, tuple(before), tuple(after), border=border)
    workers = _threads()
    spectrum = fft.rfftn(padded, axes=axes, workers=workers)
    lengths = [padded.shape[axis] for axis in axes]
    frequencies = [fft.fftfreq(n) * 2 for n in lengths[:-1]] + [fft.rfftfreq(lengths[-1]) * 2]
    for values, axis, length in zip(frequencies, axes, lengths, strict=True):
        if axis in odd and length % 2 == 0:
            values[length // 2] = 0  # the Nyquist frequency has no sign
    _weigh(spectrum, transfer, _open_grid(frequencies, axes, image), (-1j) ** len(odd))
    result = fft.irfftn(spectrum, s=lengths, axes=axes, workers=workers)
    inside = tuple(slice(first, first + length) for first, length in zip(before, image.shape, strict=True))
    return np.ascontiguousarray(result[inside])


def _by_cosines(image: NDArray, transfer: Transfer, axes: tuple[int, ...], odd: tuple[int, ...]) -> NDArray:
    """Filter the image and its mirror images without storing them: cosines stay cosines, or become sines."""
    workers = _threads()
    even = tuple(axis for axis in axes if axis not in odd)
    spectrum = fft.dctn(image, axes=axes, workers=workers)
    frequencies = [np.arange(image.shape[axis]) / image.shape[axis] for axis in axes]
    _weigh(spectrum, transfer, _open_grid(frequencies, axes, image), 1)
    for axis in odd:
        # The first sine has the frequency of the second cosine.
        spectrum = np.roll(spectrum, -1, axis)
        np.moveaxis(spectrum, axis, 0)[-1] = 0
        spectrum = fft.idst(spectrum, axis=axis, workers=workers)
    return fft.idctn(spectrum, axes=even, workers=workers) if even else spectrum


def _weigh(spectrum: NDArray, transfer: Transfer, grid: list[NDArray], factor: complex) -> None:
    """Multiply in place, slab by slab, so that the weights of the whole spectrum are never stored."""
    from workbench.compiled.slabs import over_slabs

    step = max(1, BLOCK * len(spectrum) // spectrum.size)

    def weigh(start: int, stop: int) -> None:
        for first in range(start, stop, step):
            place = slice(first, min(first + step, stop))
            weights = transfer([each[place] if len(each) > 1 else each for each in grid])
            spectrum[place] *= weights
            if factor != 1:
                spectrum[place] *= factor

    over_slabs(weigh, len(spectrum), shortest=step)


def _open_grid(frequencies: list[NDArray], axes: tuple[int, ...], image: NDArray) -> list[NDArray]:
    """Give each frequency array its axis, in the image's precision."""
    grid = []
    for values, axis in zip(frequencies, axes, strict=True):
        shape = [1] * image.ndim
        shape[axis] = len(values)
        grid.append(values.astype(image.dtype).reshape(shape))
    return grid


def _threads() -> int:
    from numba import get_num_threads

    return int(get_num_threads())
