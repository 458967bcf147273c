"""Gabor filters: waves of one length and direction under a Gaussian, in planes."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from workbench.checks import one_of

from ..arrays import BORDERS, pad, per_axis, positive
from ..chunks import by_chunks
from .passes import slice_or_volume
from .pooling import POOL, START, filtered_axes

# Beyond 5 standard deviations a Gaussian is below 4e-6 of its height.
CUT_OFF = 5.0
# In voxels; a kernel is stored whole.
LARGEST_RADIUS = 1024


def _reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    names = ("sigma", "wavelength", "angles", "aspect", "spacing", "axes")
    reach = [0] * ndim
    for plane, kernels in _kernels(ndim, **{name: options[name] for name in names}).items():
        for kernel in kernels:
            for axis, length in zip(plane, kernel.shape, strict=True):
                reach[axis] = max(reach[axis], length // 2)
    return tuple(reach)


@by_chunks(_reach)
def gabor(
    image: ArrayLike,
    *,
    sigma: float,
    wavelength: float,
    angles: float | Sequence[float] = (0.0, 45.0, 90.0, 135.0),
    aspect: float = 1.0,
    spacing: tuple[float, ...] | None = None,
    pooling: str = "average",
    axes: tuple[int, int] | None = None,
    border: str = "reflect",
) -> NDArray:
    r"""Measure how strongly a wave of one length is present: the modulus of complex Gabor filters.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    sigma : float
        Standard deviation of the Gaussian along the wave, in voxels, or in mm where `spacing` is given.
    wavelength : float
        From crest to crest, in the same unit; at least two voxels, or no sampled image can hold the wave.
    angles : float or sequence of float, optional
        Directions in which the wave travels, in degrees from the columns' axis (to the right) towards the rows'
        (down). Half a turn is enough: the response at 180 degrees more is the same.
    aspect : float, optional
        Standard deviation along the wave divided by that across it.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis of the image.
    pooling : {"average", "max", "min"}, optional
        How to pool over angles and planes.
    axes : (int, int), optional
        The plane that is filtered. Where not given, all orthogonal planes are, and pooled: one in a slice, three
        in a volume; ``(1, 2)`` takes the slices of a volume one by one.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape, not negative. Units of the image times squared voxels: as in IBSI the Gaussian is 1 in its
        centre, so that a wave of amplitude 1 gives :math:`\pi \sigma^2 / \text{aspect}` (in voxels).

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or an option is out of its range.

    Notes
    -----
    :math:`g(\mathbf k) = \exp\left(-\frac{R_1^2 + \gamma^2 R_2^2}{2 \sigma^2} + \frac{2 \pi i}{\lambda} R_1
    \right)` with :math:`R_1 = k_1 \cos\theta + k_2 \sin\theta` and
    :math:`R_2 = k_1 \sin\theta - k_2 \cos\theta`.

    References
    ----------
    Jain AK, Farrokhnia F. Unsupervised texture segmentation using Gabor filters. Pattern Recognition 24 (1991)
    1167-1186.

    Examples
    --------
    >>> import numpy as np
    >>> wave = np.tile(np.cos(2 * np.pi * np.arange(16) / 4), (16, 1))
    >>> strong, none = (gabor(wave, sigma=2, wavelength=4, angles=angle, border="wrap")[8, 8] for angle in (0, 90))
    >>> round(float(strong), 2), round(float(none), 2)  # pi sigma^2 = 12.57
    (12.57, 0.0)
    """
    array = slice_or_volume(image)
    one_of(border, BORDERS, name="border")
    one_of(pooling, list(POOL), name="pooling")
    by_plane = _kernels(
        array.ndim, sigma=sigma, wavelength=wavelength, angles=angles, aspect=aspect, spacing=spacing, axes=axes
    )
    result = np.full_like(array, START[pooling])
    for plane, kernels in by_plane.items():
        planes, pooled = (np.moveaxis(each, plane, (-2, -1)) for each in (array, result))
        _pool_planes(planes, pooled, kernels, pooling, border)
    if pooling == "average":
        result /= sum(map(len, by_plane.values()))
    return result


def _kernels(
    ndim: int,
    *,
    sigma: float,
    wavelength: float,
    angles: float | Sequence[float],
    aspect: float,
    spacing: tuple[float, ...] | None,
    axes: tuple[int, int] | None,
) -> dict[tuple[int, ...], list[NDArray]]:
    """Return the complex kernels of each plane."""
    turns = np.deg2rad(np.atleast_1d(np.asarray(angles, dtype=float)))
    if turns.ndim != 1 or turns.size == 0 or not np.isfinite(turns).all():
        raise ValueError(f"angles must be one finite angle in degrees or a sequence of them, received {angles!r}")
    edges = (1.0,) * ndim if spacing is None else per_axis(spacing, ndim, name="spacing", positive=True)
    planes: list[tuple[int, ...]] = list(combinations(range(ndim), 2))
    if axes is not None:
        planes = [filtered_axes(axes, ndim, allowed=(2,))]
    used = [edges[axis] for plane in planes for axis in plane]
    if positive(wavelength, name="wavelength") < 2 * max(used):
        raise ValueError(
            f"wavelength must be at least two voxels, here {2 * max(used):g}, received {wavelength:g}; "
            "use a longer wave or resample the image"
        )
    widest = CUT_OFF * positive(sigma, name="sigma") / min(1, positive(aspect, name="aspect")) / min(used)
    if widest > LARGEST_RADIUS:
        raise ValueError(
            f"sigma must leave the filter within {LARGEST_RADIUS} voxels of its centre, received {sigma:g} with "
            f"aspect {aspect:g}, whose filter reaches {widest:.0f}; use less or resample the image"
        )
    return {
        plane: [_kernel(sigma, wavelength, aspect, turn, [edges[axis] for axis in plane]) for turn in turns]
        for plane in planes
    }


def _kernel(sigma: float, wavelength: float, aspect: float, turn: float, edges: list[float]) -> NDArray:
    along, across = sigma, sigma / aspect
    reach = np.hypot([along * np.sin(turn), along * np.cos(turn)], [across * np.cos(turn), across * np.sin(turn)])
    rows, columns = (
        np.arange(-radius, radius + 1) * edge
        for radius, edge in zip(np.ceil(CUT_OFF * reach / edges).astype(int), edges, strict=True)
    )
    with_wave = columns * np.cos(turn) + rows[:, None] * np.sin(turn)
    with_crest = columns * np.sin(turn) - rows[:, None] * np.cos(turn)
    exponent = -(with_wave**2 + (aspect * with_crest) ** 2) / (2 * sigma**2)
    return np.exp(exponent + 2j * np.pi / wavelength * with_wave)


def _pool_planes(planes: NDArray, result: NDArray, kernels: list[NDArray], pooling: str, border: str) -> None:
    """Pool the moduli of the responses into `result`, by Fourier transforms of one plane at a time."""
    from workbench.compiled.slabs import over_slabs

    extent = planes.shape[-2:]
    reach = tuple(max(kernel.shape[axis] // 2 for kernel in kernels) for axis in (0, 1))
    # Zeros behind the image serve both of its ends, because the transform is periodic.
    before = (0, 0) if border in {"wrap", "constant"} else reach
    after = (0, 0) if border == "wrap" else reach
    lengths = [n + a + b for n, a, b in zip(extent, before, after, strict=True)]
    if border != "wrap":
        lengths = [fft.next_fast_len(length) for length in lengths]
    transfers = [_transfer(kernel, lengths, planes.dtype) for kernel in kernels]
    inside = tuple(slice(first, first + length) for first, length in zip(before, extent, strict=True))
    places = list(np.ndindex(planes.shape[:-2]))

    moduli: list[NDArray] = [np.empty(0)] * len(transfers)

    def spectrum_of(place: tuple[int, ...]) -> NDArray:
        return fft.fft2(pad(planes[place], before, after, border=border), s=lengths)

    def modulus(spectrum: NDArray, transfer: NDArray) -> NDArray:
        return np.abs(fft.ifft2(spectrum * transfer, overwrite_x=True)[inside])

    def each_plane(start: int, stop: int) -> None:
        for place in places[start:stop]:
            spectrum = spectrum_of(place)
            for transfer in transfers:
                POOL[pooling](result[place], modulus(spectrum, transfer), out=result[place])

    def each_wave(start: int, stop: int, spectrum: NDArray) -> None:
        for index in range(start, stop):
            moduli[index] = modulus(spectrum, transfers[index])

    # A single plane keeps all cores busy by its waves.
    if len(places) > 1:
        over_slabs(each_plane, len(places))
    else:
        over_slabs(each_wave, len(transfers), spectrum_of(places[0]))
        for each in moduli:
            POOL[pooling](result[places[0]], each, out=result[places[0]])


def _transfer(kernel: NDArray, lengths: list[int], dtype: np.dtype) -> NDArray:
    """Return the spectrum of a kernel, which is real because the kernel's halves are conjugates of each other."""
    periodic = np.zeros(lengths, np.result_type(dtype, np.complex64))
    rows, columns = ((np.arange(n) - n // 2) % length for n, length in zip(kernel.shape, lengths, strict=True))
    np.add.at(periodic, (rows[:, None], columns), kernel)
    return np.ascontiguousarray(fft.fft2(periodic, overwrite_x=True).real)
