"""Colour features: the moments of each channel."""

import numpy as np
from numpy.typing import ArrayLike

from workbench.checks import real_array

from .intensity import intensity_features

CHANNELS = ("red", "green", "blue")


def colour_features(image: ArrayLike, mask: ArrayLike, *, channel_axis: int) -> dict[str, float]:
    """Measure mean, standard deviation and skewness of the red, green and blue of a region.

    Parameters
    ----------
    image : (M, N, 3) or (P, M, N, 3) array_like
        RGB image; its channels may lie on another axis.
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.
    channel_axis : int
        The axis that holds the channels.

    Returns
    -------
    dict of str to float
        Nine values, such as ``colour_red_mean``.

    Raises
    ------
    ValueError
        If there are not three channels, or the mask is empty or has another shape.

    References
    ----------
    Stricker M, Orengo M. Similarity of color images. Proc SPIE 2420 (1995) 381-392.

    Examples
    --------
    >>> found = colour_features([[[10, 0, 0], [30, 0, 0]]], [[1, 1]], channel_axis=-1)
    >>> found["colour_red_mean"], found["colour_red_standard_deviation"], found["colour_blue_mean"]
    (20.0, 10.0, 0.0)
    """
    pixels = real_array(image)
    if not -pixels.ndim <= channel_axis < pixels.ndim or pixels.shape[channel_axis] != len(CHANNELS):
        raise ValueError(
            f"expected red, green and blue on axis {channel_axis}, received shape {pixels.shape}; "
            "leave out an alpha channel, as in image[..., :3]"
        )
    found = {}
    for channel, plane in zip(CHANNELS, np.moveaxis(pixels, channel_axis, 0), strict=True):
        moments = intensity_features(plane, mask)
        found[f"colour_{channel}_mean"] = moments["intensity_mean"]
        found[f"colour_{channel}_standard_deviation"] = float(np.sqrt(moments["intensity_variance"]))
        found[f"colour_{channel}_skewness"] = moments["intensity_skewness"]
    return found
