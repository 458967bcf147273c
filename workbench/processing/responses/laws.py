"""Laws' kernels: level, edge, spot, wave and ripple along each axis."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of

from ..arrays import BORDERS
from ..chunks import by_chunks
from ..smoothing import mean
from .passes import Kernel, slice_or_volume
from .pooling import cascaded, filtered_axes, reaching

WEIGHTS = {
    "L3": (1, 2, 1),
    "E3": (-1, 0, 1),
    "S3": (-1, 2, -1),
    "L5": (1, 4, 6, 4, 1),
    "E5": (-1, -2, 0, 2, 1),
    "S5": (-1, 0, 2, 0, -1),
    "W5": (-1, 2, 0, -2, 1),
    "R5": (1, -4, 6, -4, 1),
}
#: The kernels by name, each of length 1 (the root of its squared weights).
LAWS_KERNELS: dict[str, Kernel] = {
    name: tuple((np.array(weights) / np.linalg.norm(weights)).tolist()) for name, weights in WEIGHTS.items()
}


def _reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    count = len(filtered_axes(options["axes"], ndim))
    longest = max(map(len, _kernels(options["kernels"], count)))
    return reaching(longest // 2 + options.get("distance", 0), options["axes"], ndim)


@by_chunks(_reach)
def laws(
    image: ArrayLike,
    *,
    kernels: str,
    pooling: str | None = None,
    axes: tuple[int, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    """Convolve with one of Laws' kernels along each axis.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    kernels : str
        One name for each axis, such as ``"E5L5S5"``: level L, edge E and spot S with 3 or 5 weights, wave W and
        ripple R with 5. In IBSI's order: along columns first, then rows, then slices.
    pooling : {"max", "average", "min"}, optional
        Pool the responses in all rotations by right angles, 4 in the plane and 24 in space.
    axes : tuple of int, optional
        Two or three that are filtered together, all where not given; ``(1, 2)`` takes slices one by one.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units; the squared weights of a kernel sum to 1.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or an option is unknown.

    References
    ----------
    Laws KI. Rapid texture identification. Proceedings of SPIE 238 (1980) 376-381.

    Examples
    --------
    >>> edge = [[0, 0, 0, 1, 1, 1]] * 6
    >>> laws(edge, kernels="E3L3")[2].round(3)  # an edge along the columns: across them, level along the rows
    array([ 0.   ,  0.   , -1.155, -1.155,  0.   ,  0.   ])
    """
    array = slice_or_volume(image)
    one_of(border, BORDERS, name="border")
    chosen = filtered_axes(axes, array.ndim)
    return cascaded(array, (_kernels(kernels, len(chosen)),), chosen, pooling=pooling, border=border)


@by_chunks(_reach)
def laws_energy(
    image: ArrayLike,
    *,
    kernels: str,
    distance: int = 7,
    pooling: str | None = None,
    axes: tuple[int, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    """Average the absolute response to Laws' kernels around each voxel: the energy of a texture.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    kernels : str
        As `laws`.
    distance : int, optional
        How many voxels the window reaches from its centre, along each axis that is filtered.
    pooling : {"max", "average", "min"}, optional
        As `laws`; responses are pooled first.
    axes : tuple of int, optional
        As `laws`.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image and its response continue, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units, not negative.

    Raises
    ------
    TypeError, ValueError
        As `laws`, or if the distance is negative.

    Examples
    --------
    >>> edge = [[0, 0, 0, 1, 1, 1]] * 6
    >>> laws_energy(edge, kernels="E3L3", distance=1)[2].round(3)
    array([0.   , 0.385, 0.77 , 0.77 , 0.385, 0.   ])
    """
    if not hasattr(distance, "__index__") or distance < 0:
        raise ValueError(f"distance must be an integer of 0 voxels or more, received {distance!r}")
    response = laws(image, kernels=kernels, pooling=pooling, axes=axes, border=border)
    chosen = filtered_axes(axes, response.ndim)
    size = tuple(2 * distance + 1 if axis in chosen else 1 for axis in range(response.ndim))
    # Running sums end a rounding error below 0 where there is nothing.
    return np.maximum(mean(np.abs(response), size=size, border=border), 0)


def _kernels(names: str, count: int) -> tuple[Kernel, ...]:
    known = "|".join(LAWS_KERNELS)
    if not re.fullmatch(f"({known}){{{count}}}", names):
        raise ValueError(
            f"kernels must name one of {', '.join(LAWS_KERNELS)} for each of the {count} axes, "
            f"received {names!r}; "
            'use for example kernels="L5E5" in the plane and "L5E5S5" in space'
        )
    return tuple(LAWS_KERNELS[name] for name in reversed(re.findall(known, names)))
