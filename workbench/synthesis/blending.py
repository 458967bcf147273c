"""One image out of several by weights."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.images import Image, Step

from .inputs import alike, on_one_grid


def blend(images: Sequence[ArrayLike], weights: Sequence[float]) -> NDArray | Image:
    """Blend images by weights, ``sum(weight * image)``.

    Parameters
    ----------
    images : sequence of (...) array_like
        One or more of the same shape.
    weights : sequence of float
        One for each image, none negative, 1 in sum: an average, so units and range are kept.

    Returns
    -------
    ndarray or Image
        Floating; an Image if one of the images is.

    Raises
    ------
    ValueError
        If shapes, affines or units differ, or the weights are not as said.

    Examples
    --------
    >>> blend([[[0.0, 4.0]], [[8.0, 4.0]]], weights=(0.25, 0.75))
    array([[6., 4.]])
    """
    arrays = alike(images, [f"images[{index}]" for index in range(len(images))])
    shares = np.asarray(weights, dtype=np.float64)
    if shares.shape != (len(arrays),):
        raise ValueError(f"weights must have one entry for each of {len(arrays)} images, received {weights}")
    if not (shares >= 0).all() or not np.isclose(shares.sum(), 1):
        raise ValueError(
            f"weights must not be negative and must sum to 1, received {weights}; divide them by their sum"
        )
    dtype = np.result_type(*arrays, np.float32)
    pixels = np.zeros(arrays[0].shape, dtype)
    for array, share in zip(arrays, shares, strict=True):
        pixels += array * dtype.type(share)
    options = {"others": tuple(images[1:]), "weights": tuple(shares.tolist())}
    return on_one_grid(pixels, images, Step("synthesis.blend", options), grids=images)
