"""The Laplacian of a Gaussian: blobs of one size."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of

from ..arrays import BORDERS, in_voxels, per_axis
from ..chunks import by_chunks
from ..smoothing import LARGEST_RADIUS, TRUNCATE
from .passes import IDENTITY, Kernel, combine, convolved, slice_or_volume


def _reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(map(_radius, in_voxels(options["sigma"], options["spacing"], ndim)))


@by_chunks(_reach)
def laplacian_of_gaussian(
    image: ArrayLike,
    *,
    sigma: float | tuple[float, ...],
    spacing: tuple[float, ...] | None = None,
    scale_normalized: bool = False,
    border: str = "reflect",
) -> NDArray:
    r"""Smooth with a Gaussian and add the second derivatives along all axes.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    sigma : float or tuple of float
        Standard deviation in voxels, or in mm where `spacing` is given; axes with 0 are left out, so that
        ``(0, 2, 2)`` takes the slices of a volume one by one. A bright ball of radius :math:`\sigma\sqrt D` has
        the strongest negative response in its centre.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis.
    scale_normalized : bool, optional
        Whether to multiply by sigma squared, so that responses to blobs of different sizes can be compared.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape. Units of the image per squared voxel, as IBSI has it (of the smallest edge, where voxels are
        not cubes); units of the image where scale-normalised.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, sigma negative or 0 for all axes, or the border unknown.

    Notes
    -----
    :math:`h = \sum_d \partial^2 (g_\sigma * f) / \partial k_d^2`. The kernels are sampled to 4 sigma; the
    Gaussian then sums to 1 and the second derivative to 0, so that a constant image has no response, whatever
    its level (air at -1000 HU).

    References
    ----------
    Marr D, Hildreth E. Theory of edge detection. Proceedings of the Royal Society B 207 (1980) 187-217.
    Lindeberg T. Feature detection with automatic scale selection. International Journal of Computer Vision 30
    (1998) 79-116.

    Examples
    --------
    >>> import numpy as np
    >>> spot = np.zeros((9, 9))
    >>> spot[4, 4] = 1
    >>> round(float(laplacian_of_gaussian(spot, sigma=1.0)[4, 4]), 3)  # -1 / (pi sigma^4)
    -0.318
    """
    array = slice_or_volume(image)
    widths = in_voxels(sigma, spacing, array.ndim)
    one_of(border, BORDERS, name="border")
    axes = [axis for axis, width in enumerate(widths) if width > 0]
    if not axes:
        raise ValueError(f"sigma must be positive for at least one axis, received {sigma}")
    edges = np.array((1.0,) * array.ndim if spacing is None else per_axis(spacing, array.ndim, name="spacing"))
    weights = np.array(widths) ** 2 if scale_normalized else (edges[axes].min() / edges) ** 2
    smooth = tuple(_sampled(width) if width > 0 else IDENTITY for width in widths)
    wanted = [
        tuple(
            _second_derivative(widths[each], weights[each]) if each == axis else smooth[each]
            for each in range(array.ndim)
        )
        for axis in axes
    ]
    result = np.zeros_like(array)
    for _, response in convolved(array, wanted, border=border):
        combine(np.add, result, response)
    return result


def _sampled(sigma: float) -> Kernel:
    radius = _radius(sigma)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return tuple((weights / weights.sum()).tolist())


def _second_derivative(sigma: float, weight: float) -> Kernel:
    smooth = np.array(_sampled(sigma))
    squares = np.arange(-(len(smooth) // 2), len(smooth) // 2 + 1) ** 2.0
    # The mean of the squares is sigma^2, less what was cut off: with it the kernel sums to 0.
    return tuple((weight * (squares - smooth @ squares) / sigma**4 * smooth).tolist())


def _radius(sigma: float) -> int:
    radius = int(TRUNCATE * sigma + 0.5)
    if radius > LARGEST_RADIUS:
        raise ValueError(f"sigma must be at most {LARGEST_RADIUS / TRUNCATE:g} voxels, received {sigma:g}")
    return radius
