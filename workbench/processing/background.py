"""What lies behind the structures: a slow background, or haze, found by a rolling ball or an opening."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of

from .arrays import floating, per_axis
from .chunks import by_chunks

METHODS = ("rolling-ball", "top-hat")


def _ball_reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    radii = per_axis(options["radius"], ndim, name="radius", positive=True)
    return tuple(int(np.ceil(radius)) for radius in radii)


@by_chunks(_ball_reach)
def rolling_ball(image: ArrayLike, *, radius: float | tuple[float, ...], height: float | None = None) -> NDArray:
    """Find the background by rolling a ball along under the image, seen as a landscape of intensities.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume, bright on a dark background.
    radius : float or tuple of float
        Of the ball in voxels, one for all axes or one for each; larger than the structures that are to stay.
    height : float, optional
        From the ball's middle to its top, in the image's units. The radius where not given, as the method's
        first form has it, for images of about 0 to 255; a wide range of intensities needs a higher ball.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units: the background, nowhere above the image. Take it from the image to remove it. Equal
        to scikit-image.

    Raises
    ------
    TypeError, ValueError
        If the image is not a slice or volume of finite real numbers, or a radius or the height is not positive.

    References
    ----------
    Sternberg SR. Biomedical image processing. Computer 16 (1983) 22-34.

    Examples
    --------
    >>> rolling_ball([[10, 10, 90, 10, 10]], radius=2).round(2)
    array([[10.  , 10.  , 10.27, 10.  , 10.  ]])
    """
    from workbench.compiled.rolling import lowest_sum

    array = floating(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must be a slice or a volume, received shape {array.shape}")
    radii = per_axis(radius, array.ndim, name="radius", positive=True)
    (top,) = per_axis(max(radii) if height is None else height, 1, name="height", positive=True)
    # What is farther away than the image is long has no part in it, however large the ball.
    reach = [min(int(np.ceil(r)), length - 1) for r, length in zip(radii, array.shape, strict=True)]
    offsets = np.meshgrid(*(np.arange(-margin, margin + 1) for margin in reach), indexing="ij")
    distance = sum((offset / length) ** 2 for offset, length in zip(offsets, radii, strict=True))
    cap = np.where(distance > 1, np.inf, top * (1 - np.sqrt(np.clip(1 - distance, 0, None))))
    flat = (1,) * (3 - array.ndim)
    return lowest_sum(array.reshape(flat + array.shape), cap.reshape(flat + cap.shape)).reshape(array.shape)


def _reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    # An opening is two passes over the element.
    passes = 2 if options["method"] == "top-hat" else 1
    return tuple(passes * margin for margin in _ball_reach(ndim, options))


@by_chunks(_reach)
def remove_background(
    image: ArrayLike,
    *,
    radius: float | tuple[float, ...],
    method: str = "rolling-ball",
    height: float | None = None,
    bright: bool = True,
) -> NDArray:
    """Take a slow background away, or the haze of scattered light or radiation, and keep what stands out of it.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    radius : float or tuple of float
        In voxels, one for all axes or one for each; larger than the structures that are to stay.
    method : {"rolling-ball", "top-hat"}, optional
        The background is what `rolling_ball` finds, or the opening with a flat ball, which leaves the top-hat.
    height : float, optional
        Of the rolling ball.
    bright : bool, optional
        Whether the structures are brighter than the background; if not, they are kept as what is darker (the
        bottom-hat) and come out bright.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units, nowhere negative: how far a structure stands out.

    Raises
    ------
    TypeError, ValueError
        If the image is not a slice or volume of finite real numbers, a radius or the height is not positive, or
        the method is unknown.

    References
    ----------
    Sternberg SR. Biomedical image processing. Computer 16 (1983) 22-34. Meyer F. Iterative image transformations
    for an automatic screening of cervical smears. Journal of Histochemistry and Cytochemistry 27 (1979) 128-135.

    Examples
    --------
    >>> remove_background([[10, 11, 90, 13, 13]], radius=1, method="top-hat")
    array([[ 0.,  0., 77.,  0.,  0.]])
    >>> remove_background([[50, 50, 20, 50, 50]], radius=1, method="top-hat", bright=False)
    array([[ 0.,  0., 30.,  0.,  0.]])
    """
    from workbench.segmentation import opening

    upright = floating(image) if bright else -floating(image)
    if one_of(method, METHODS, name="method") == "rolling-ball":
        return upright - rolling_ball(upright, radius=radius, height=height)
    # A ball as long as all edges together holds the whole image wherever it lies.
    reach = [min(margin, sum(upright.shape)) for margin in _ball_reach(upright.ndim, {"radius": radius})]
    return upright - opening(upright, size=tuple(2 * margin + 1 for margin in reach), element="ball")
