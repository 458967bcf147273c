"""Thresholds that follow the image: one for each voxel, from its surroundings."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array, window_size
from workbench.processing.smoothing import gaussian, mean, median

METHODS = ("mean", "gaussian", "median")


def local_threshold(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] = 51,
    method: str = "mean",
    offset: float = 0.0,
    border: str = "reflect",
) -> NDArray:
    """Take the mean around each voxel as its threshold, which uneven light or coil sensitivity cannot mislead.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    size : int or tuple of int, optional
        Odd edge lengths of the surroundings, in voxels: wider than what is sought.
    method : {"mean", "gaussian", "median"}, optional
        The mean, the mean with Gaussian weights of standard deviation ``(size - 1) / 6``, or the median.
    offset : float, optional
        Subtracted from it, in the units of `image`.
    border : str, optional
        How the image goes on beyond its border, as in `processing.mean`.

    Returns
    -------
    ndarray of float32 or float64
        A threshold for each voxel: ``image > local_threshold(image)``.

    Raises
    ------
    ValueError
        If `size` is not odd and positive, `method` or `border` is none of those named, or `image` is empty or not
        finite.

    Examples
    --------
    >>> local_threshold([[0.0, 3.0, 0.0, 9.0]], size=(1, 3), offset=1)
    array([[0., 0., 3., 5.]])
    """
    array = _floating(image)
    sizes = window_size(size, array.ndim)
    one_of(method, METHODS, name="method")
    if method == "gaussian":
        return gaussian(array, sigma=tuple((length - 1) / 6 for length in sizes), border=border) - offset
    return (mean if method == "mean" else median)(array, size=sizes, border=border) - offset


def sauvola(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] = 15,
    weight: float = 0.2,
    deviation: float | None = None,
    border: str = "mirror",
) -> NDArray:
    """Lower the mean around each voxel where contrast is low, so that flat surroundings stay on one side.

    The threshold is ``mean * (1 + weight * (s / deviation - 1))``, ``s`` the standard deviation around the voxel.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities of zero and above: the rule scales the mean, so a shift of HU changes it.
    size : int or tuple of int, optional
        Odd edge lengths of the surroundings, in voxels.
    weight : float, optional
        How far low contrast lowers the threshold, as a fraction of the mean.
    deviation : float, optional
        The standard deviation of full contrast; by default half the range of the image's intensities.
    border : str, optional
        How the image goes on beyond its border, as in `processing.mean`.

    Returns
    -------
    ndarray of float32 or float64
        A threshold for each voxel: ``image > sauvola(image)``.

    Raises
    ------
    ValueError
        If `image` has negative or only equal intensities, is empty or not finite; if `size` is not odd and
        positive, or `deviation` not positive.

    References
    ----------
    Sauvola J, Pietikainen M. Adaptive document image binarization. Pattern Recognition 33 (2000) 225-236.

    Examples
    --------
    >>> sauvola([[4.0, 4.0, 4.0, 8.0]], size=(1, 3), deviation=2.0).round(2)
    array([[3.2 , 3.2 , 5.27, 5.27]])
    """
    array = _floating(image)
    if array.min() < 0:
        raise ValueError(f"image must be zero or above, received {array.min()}; subtract its minimum first")
    full = np.ptp(array) / 2 if deviation is None else deviation
    if not full > 0:
        raise ValueError(f"deviation must be positive, received {full}")
    centre = array.mean(dtype=np.float64).astype(array.dtype)
    shifted = array - centre
    means = mean(shifted, size=size, border=border)
    squares = mean(shifted * shifted, size=size, border=border) - means * means
    spread = np.sqrt(np.maximum(squares, 0))
    return (means + centre) * (1 + weight * (spread / array.dtype.type(full) - 1))


def _floating(image: ArrayLike) -> NDArray:
    array = real_array(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    return array.astype(np.float32 if array.dtype in (np.float32, np.float16) else np.float64)
