"""Denoising that keeps edges: bilateral, non-local means, total variation.

Intensities keep their units; float32 images give float32, everything else float64.
"""

from math import ceil

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, window_size

from .arrays import BORDERS, floating, in_voxels, pad, planes_or_more


def bilateral(
    image: ArrayLike,
    *,
    sigma: float | tuple[float, ...] = 1.0,
    range_sigma: float,
    spacing: tuple[float, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    """Average over neighbours that are near in space and alike in intensity.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        A slice or a volume.
    sigma : float or tuple of float, optional
        Standard deviation in space, in voxels, or in mm where `spacing` is given; 0 leaves out an axis. The window
        is the ellipsoid with radii ``ceil(3 sigma)``.
    range_sigma : float
        Standard deviation of intensity differences, in the image's units: edges much higher than it remain.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units. Slices with one sigma for both axes are computed in single precision by OpenCV, equal
        to the written-out sum to 1e-5 of the image's range.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, a sigma is not positive, or the border is unknown.

    References
    ----------
    Tomasi C, Manduchi R. Bilateral filtering for gray and color images. ICCV (1998) 839-846.

    Examples
    --------
    >>> bilateral([[0, 0, 0, 100, 100]], sigma=(0, 1), range_sigma=10).round(6)
    array([[  0.,   0.,   0., 100., 100.]])
    """
    array = planes_or_more(floating(image))
    _check_positive(range_sigma, name="range_sigma")
    widths = in_voxels(sigma, spacing, array.ndim)
    one_of(border, BORDERS, name="border")
    radii = tuple(ceil(3 * width) for width in widths)
    padded = pad(array, radii, radii, border=border)
    if array.ndim == 2 and widths[0] == widths[1] > 0 and np.ptp(padded) > 0:
        return _opencv_bilateral(padded, widths[0], range_sigma, radii[0])
    total, weights = np.zeros_like(array), np.zeros_like(array)
    for index in np.ndindex(*(2 * radius + 1 for radius in radii)):
        offset = np.subtract(index, radii)
        if sum((step / radius) ** 2 for step, radius in zip(offset, radii, strict=True) if radius) > 1:
            continue
        window = tuple(slice(start, start + length) for start, length in zip(index, array.shape, strict=True))
        distance = sum((step / width) ** 2 for step, width in zip(offset, widths, strict=True) if width)
        neighbour = padded[window]
        weight = np.exp(-0.5 * (((neighbour - array) / range_sigma) ** 2 + distance))
        total += weight * neighbour
        weights += weight
    return total / weights


def non_local_means(image: ArrayLike, *, noise: float, patch: int = 5, search: int = 13) -> NDArray:
    """Average over voxels whose surroundings look alike, wherever in the search window they are.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    noise : float
        Standard deviation of the noise, in the image's units; as in the method's fast form, 0.6 of it is the
        scale on which two patches count as alike once the noise itself is taken into account.
    patch, search : int, optional
        Odd lengths of the patches compared and of the window searched, in voxels.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units.

    Raises
    ------
    TypeError, ValueError
        If the image is not a slice or volume of finite real numbers, noise is not positive, or a length is even.

    References
    ----------
    Buades A, Coll B, Morel J-M. A non-local algorithm for image denoising. CVPR (2005) 60-65.
    Darbon J et al. Fast nonlocal filtering applied to electron cryomicroscopy. ISBI (2008) 1331-1334.

    Examples
    --------
    >>> non_local_means(np.full((8, 8), 7.0), noise=1.0)[0]
    array([7., 7., 7., 7., 7., 7., 7., 7.])
    """
    from skimage.restoration import denoise_nl_means

    array = floating(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must be a slice or a volume, received shape {array.shape}")
    _check_positive(noise, name="noise")
    window_size(patch, 1, name="patch")
    window_size(search, 1, name="search")
    return denoise_nl_means(
        array, patch_size=patch, patch_distance=search // 2, h=0.6 * noise, sigma=noise, fast_mode=True
    )


def total_variation(image: ArrayLike, *, weight: float, iterations: int = 200) -> NDArray:
    """Find the image near this one whose gradients are few: minimise (u - f)^2 / 2 + weight |grad u|.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        The noisy image f: a slice or a volume.
    weight : float
        In the image's units: more is smoother. About the noise's standard deviation is a good start.
    iterations : int, optional
        At most; it ends earlier where the sum no longer falls.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units; flat regions with sharp edges, the mean unchanged.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or weight or iterations are not positive.

    References
    ----------
    Rudin L, Osher S, Fatemi E. Nonlinear total variation based noise removal algorithms. Physica D 60 (1992)
    259-268. Chambolle A. An algorithm for total variation minimization and applications. Journal of Mathematical
    Imaging and Vision 20 (2004) 89-97.

    Examples
    --------
    >>> total_variation([[1.0, 3.0], [1.0, 3.0]], weight=100).round(2)
    array([[2., 2.],
           [2., 2.]])
    """
    from skimage.restoration import denoise_tv_chambolle

    array = planes_or_more(floating(image))
    _check_positive(weight, name="weight")
    _check_positive(iterations, name="iterations")
    return denoise_tv_chambolle(array, weight=weight, max_num_iter=iterations)


def _opencv_bilateral(padded: NDArray, sigma: float, range_sigma: float, radius: int) -> NDArray:
    # Scaled to 0..1 first, so that single precision is relative to the range whatever the units.
    lowest, extent = padded.min(), np.ptp(padded)
    unit = ((padded - lowest) / extent).astype(np.float32)
    blurred = cv2.bilateralFilter(unit, 2 * radius + 1, float(range_sigma / extent), sigma)
    return blurred[radius:-radius, radius:-radius].astype(padded.dtype) * extent + lowest


def _check_positive(value: float, *, name: str) -> None:
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be positive and finite, received {value}")
