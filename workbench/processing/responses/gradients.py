"""First derivatives in units of the image per millimetre: Sobel, Scharr, central differences."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of

from ..arrays import BORDERS, per_axis
from ..chunks import by_chunks, in_memory
from .passes import Kernel, Kernels, combine, convolved, slice_or_volume
from .pooling import filtered_axes, over_all_axes, reaching

# Convolution turns a kernel around: this is (f(x + 1) - f(x - 1)) / 2.
DIFFERENCE: Kernel = (0.5, 0.0, -0.5)
# What smooths the other axes: each sums to 1, so that all three methods agree on a ramp.
ACROSS: dict[str, Kernel] = {
    "central": (1.0,),
    "sobel": (1 / 4, 2 / 4, 1 / 4),
    "scharr": (3 / 16, 10 / 16, 3 / 16),
}


def _reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    return reaching(1, options["axes"], ndim)


@in_memory("its result has one axis more")
def gradient(
    image: ArrayLike,
    *,
    method: str = "sobel",
    spacing: tuple[float, ...] | None = None,
    axes: tuple[int, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    """Differentiate along each axis.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    method : {"sobel", "scharr", "central"}, optional
        Central differences along the axis; smoothed over the other axes with weights 1, 2, 1 (Sobel) or
        3, 10, 3 (Scharr: the direction is more exact) or not at all.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis; 1 where not given.
    axes : tuple of int, optional
        Two or three that are filtered together, all where not given; ``(1, 2)`` takes slices one by one.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    (D, ...) ndarray of float32 or float64
        For each of the D axes the derivative, in units of the image per mm.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or an option is unknown.

    References
    ----------
    Sobel I, Feldman G. A 3x3 isotropic gradient operator for image processing. Stanford Artificial Intelligence
    Project (1968). Scharr H. Optimale Operatoren in der digitalen Bildverarbeitung. Heidelberg (2000).

    Examples
    --------
    >>> ramp = [[0, 4, 8], [0, 4, 8], [0, 4, 8]]
    >>> gradient(ramp, spacing=(1, 2))[:, 1, 1]
    array([0., 2.])
    """
    array = slice_or_volume(image)
    wanted = _kernels(array, method, spacing, axes, border)
    result = np.empty((len(wanted), *array.shape), array.dtype)
    for kernels, part in convolved(array, wanted, border=border):
        result[wanted.index(kernels)] = part
    return result


@by_chunks(_reach)
def gradient_magnitude(
    image: ArrayLike,
    *,
    method: str = "sobel",
    spacing: tuple[float, ...] | None = None,
    axes: tuple[int, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    """Measure how steep the image is: the length of its gradient.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    method : {"sobel", "scharr", "central"}, optional
        As `gradient`.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis; 1 where not given.
    axes : tuple of int, optional
        As `gradient`.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape; units of the image per mm, not negative.

    Raises
    ------
    TypeError, ValueError
        As `gradient`.

    Examples
    --------
    >>> gradient_magnitude([[0, 4, 8], [3, 7, 11], [6, 10, 14]])[1]
    array([3.6..., 5.  ..., 3.6...])
    """
    array = slice_or_volume(image)
    result = np.zeros_like(array)
    for _, part in convolved(array, _kernels(array, method, spacing, axes, border), border=border):
        combine(lambda total, some: total + some * some, result, part)
    return np.sqrt(result, out=result)


@in_memory("its result has one axis more")
def gradient_direction(
    image: ArrayLike,
    *,
    method: str = "scharr",
    spacing: tuple[float, ...] | None = None,
    axes: tuple[int, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    """Tell where the image rises fastest, as a unit vector.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    method : {"scharr", "sobel", "central"}, optional
        As `gradient`.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis; 1 where not given.
    axes : tuple of int, optional
        As `gradient`.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    (D, ...) ndarray of float32 or float64
        For each of the D axes the component of the direction; all are 0 where the image is flat.

    Raises
    ------
    TypeError, ValueError
        As `gradient`.

    Examples
    --------
    >>> rows, columns = gradient_direction([[0, 0, 0], [3, 3, 3], [6, 6, 6]])
    >>> float(rows[1, 1]), float(columns[1, 1])
    (1.0, 0.0)
    """
    parts = gradient(image, method=method, spacing=spacing, axes=axes, border=border)
    length = np.sqrt(np.einsum("i...,i...->...", parts, parts))
    return np.divide(parts, length, out=np.zeros_like(parts), where=length > 0)


def _kernels(
    array: NDArray, method: str, spacing: tuple[float, ...] | None, axes: tuple[int, ...] | None, border: str
) -> list[Kernels]:
    across = ACROSS[one_of(method, list(ACROSS), name="method")]
    one_of(border, BORDERS, name="border")
    edges = (
        (1.0,) * array.ndim if spacing is None else per_axis(spacing, array.ndim, name="spacing", positive=True)
    )
    chosen = filtered_axes(axes, array.ndim)
    along = {axis: tuple(weight / edges[axis] for weight in DIFFERENCE) for axis in chosen}
    return [
        over_all_axes(tuple(along[axis] if each == axis else across for each in chosen), chosen, array.ndim)
        for axis in chosen
    ]
