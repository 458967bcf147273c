"""The Riesz transform: derivatives of every order without preference for a scale, steerable to any direction."""

from itertools import product
from math import factorial, prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array

from ..arrays import BORDERS
from ..chunks import in_memory
from .passes import slice_or_volume
from .pooling import filtered_axes
from .spectra import filtered_spectrum


@in_memory("its filter reaches every voxel")
def riesz(
    image: ArrayLike, *, order: tuple[int, ...], axes: tuple[int, ...] | None = None, border: str = "reflect"
) -> NDArray:
    r"""Return one component of the Riesz transform.

    Applied to a band of frequencies it is a directional filter: ``riesz(laplacian_of_gaussian(image, sigma=2),
    order=(0, 1, 0))``, ``riesz(simoncelli(image, level=2), order=(2, 0))``.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume, usually the response of an isotropic filter.
    order : tuple of int
        How often to differentiate along each axis: not negative, their sum positive.
    axes : tuple of int, optional
        The two or three that `order` names, all where not given; ``(1, 2)`` takes slices one by one.
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
        If the image is not finite real numbers, or an option is out of its range.

    Notes
    -----
    :math:`\hat R^{\mathbf l}(\nu) = (-i)^L \sqrt{\frac{L!}{l_1! \cdots l_D!}}
    \frac{\nu_1^{l_1} \cdots \nu_D^{l_D}}{\lVert\nu\rVert^L}` with :math:`L = l_1 + \cdots + l_D`. The squared
    responses of all components of one :math:`L` have the energy of the image without its mean.

    References
    ----------
    Unser M, Van De Ville D. Wavelet steerability and the higher-order Riesz transform. IEEE Transactions on Image
    Processing 19 (2010) 636-652.

    Examples
    --------
    >>> import numpy as np
    >>> phase = np.pi * np.arange(8) / 4
    >>> np.allclose(riesz([np.cos(phase)] * 2, order=(0, 1), border="wrap"), np.sin(phase))
    True
    """
    array = slice_or_volume(image)
    one_of(border, BORDERS, name="border")
    chosen = filtered_axes(axes, array.ndim)
    if (
        len(order) != len(chosen)
        or not all(hasattr(each, "__index__") and each >= 0 for each in order)
        or sum(order) == 0
    ):
        raise ValueError(
            f"order must be an integer of 0 or more for each of the {len(chosen)} axes, their sum positive, "
            f"received {order}"
        )
    total = sum(order)
    # -i to an even power is a sign; the odd rest belongs to the sine waves that cosines become.
    scale = (-1) ** sum(each // 2 for each in order) * _root(order)

    def transfer(frequencies: list[NDArray]) -> NDArray:
        squared = sum((each**2 for each in frequencies), start=np.zeros((), frequencies[0].dtype))
        powers = prod((each**power for each, power in zip(frequencies, order, strict=True) if power), start=1.0)
        return np.where(squared > 0, scale * powers / np.where(squared > 0, squared, 1) ** (total / 2), 0)

    odd = tuple(axis for axis, power in zip(chosen, order, strict=True) if power % 2)
    return filtered_spectrum(array, transfer, chosen, border=border, odd=odd)


@in_memory("its filter reaches every voxel")
def riesz_along(
    image: ArrayLike,
    *,
    direction: ArrayLike,
    order: int = 1,
    axes: tuple[int, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    r"""Steer the Riesz transform: differentiate `order` times along any direction, one for all voxels or one each.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume, usually the response of an isotropic filter.
    direction : (D,) or (D, ...) array_like
        A vector with one component for each axis, or such a vector for each voxel, as `gradient_direction`
        returns; its length does not matter, but where it is 0 so is the response.
    order : int, optional
        How often, from 1.
    axes : tuple of int, optional
        The D axes, two or three, all where not given; ``(1, 2)`` takes slices one by one.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        As `riesz`.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units.

    Raises
    ------
    TypeError, ValueError
        As `riesz`, or if the direction has another shape.

    Notes
    -----
    :math:`\sum_{\lvert\mathbf l\rvert = L} \sqrt{\frac{L!}{l_1! \cdots l_D!}}\, u_1^{l_1} \cdots u_D^{l_D}
    R^{\mathbf l}` for the unit vector :math:`\mathbf u`, whose transfer function is
    :math:`(-i \, \mathbf u \cdot \nu / \lVert\nu\rVert)^L`.

    References
    ----------
    Unser M, Van De Ville D. Wavelet steerability and the higher-order Riesz transform. IEEE Transactions on Image
    Processing 19 (2010) 636-652.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.random.default_rng(0).normal(size=(6, 6))
    >>> np.allclose(riesz_along(image, direction=(0, 3), order=2), riesz(image, order=(0, 2)))
    True
    """
    array = slice_or_volume(image)
    chosen = filtered_axes(axes, array.ndim)
    vectors = real_array(direction, name="direction").astype(array.dtype)
    if vectors.shape not in {(len(chosen),), (len(chosen), *array.shape)}:
        raise ValueError(
            f"direction must have shape {(len(chosen),)} or {(len(chosen), *array.shape)}, "
            f"received {vectors.shape}"
        )
    if not hasattr(order, "__index__") or order < 1:
        raise ValueError(f"order must be a positive integer, received {order!r}")
    length = np.sqrt(np.einsum("i...,i...->...", vectors, vectors))
    units = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    result = np.zeros_like(array)
    for orders in product(range(order + 1), repeat=len(chosen)):
        if sum(orders) != order:
            continue
        weight = _root(orders) * prod(unit**power for unit, power in zip(units, orders, strict=True))
        result += weight * riesz(array, order=orders, axes=chosen, border=border)
    return result


def _root(order: tuple[int, ...]) -> float:
    return float(np.sqrt(factorial(sum(order)) / prod(map(factorial, order))))
