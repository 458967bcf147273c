"""Denoising that keeps edges: bilateral, non-local means, total variation, anisotropic diffusion.

Intensities keep their units; float32 images give float32, everything else float64. All cores work.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, window_size

from .arrays import (
    BORDERS,
    VOLUME,
    a_volume,
    floating,
    in_voxels,
    pad,
    per_axis,
    planes_or_more,
    positive,
    sources,
)
from .channels import neighbourhood, per_channel
from .chunks import in_memory

CONDUCTANCES = ("exponential", "quadratic")


def _bilateral_reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(ceil(3 * width) for width in in_voxels(options["sigma"], options["spacing"], ndim))


def _patch_reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    return (options["patch"] // 2 + options["search"] // 2,) * ndim


def _step_reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    return (options["iterations"],) * ndim


@neighbourhood(_bilateral_reach)
def bilateral(
    image: ArrayLike,
    *,
    sigma: float | tuple[float, ...] = 1.0,
    range_sigma: float,
    spacing: tuple[float, ...] | None = None,
    border: str = "reflect",
    channel_axis: int | None = None,
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
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units, equal to the written-out sum to 1e-12 of the image's range (float32: 1e-5).

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
    positive(range_sigma, name="range_sigma")
    widths = in_voxels(sigma, spacing, array.ndim)
    one_of(border, BORDERS, name="border")
    volume = a_volume(array)
    widths = (*[0.0] * (VOLUME - array.ndim), *widths)
    radii = tuple(ceil(3 * width) for width in widths)
    windows = tuple(2 * radius + 1 for radius in radii)
    # Along an axis of radius 0 every step is 0, whatever it is divided by.
    steps = np.indices(windows).reshape(VOLUME, -1).T - radii
    steps = steps[((steps / np.maximum(radii, 1)) ** 2).sum(axis=1) <= 1]
    places = steps / np.where(radii, widths, 1)

    from workbench.compiled import bilateral

    around = sources(volume.shape, windows, border=border)
    weights = -0.5 * (places**2).sum(axis=1)
    return bilateral.bilateral(volume, around, steps + radii, weights, range_sigma).reshape(array.shape)


@neighbourhood(_patch_reach)
def non_local_means(
    image: ArrayLike, *, noise: float, patch: int = 5, search: int = 13, channel_axis: int | None = None
) -> NDArray:
    """Average over voxels whose surroundings look alike, wherever in the search window they are.

    The weight of another voxel is exp(-max(d - 2 noise^2, 0) / (0.6 noise)^2), where d is the mean squared
    difference between the patches around the two. Beyond its borders the image is mirrored.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    noise : float
        Standard deviation of the noise, in the image's units.
    patch, search : int, optional
        Odd lengths of the patches compared and of the window searched, in voxels.
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units, equal to the written-out sum to 1e-12 of the image's range (float32 and 8-bit
        integers, which are summed in single precision: 1e-5).

    Raises
    ------
    TypeError, ValueError
        If the image is not a slice or volume of finite real numbers, noise is not positive, or a length is even.

    References
    ----------
    Buades A, Coll B, Morel J-M. A non-local algorithm for image denoising. CVPR (2005) 60-65.
    Buades A, Coll B, Morel J-M. Non-local means denoising. Image Processing On Line 1 (2011) 208-212.

    Examples
    --------
    >>> non_local_means(np.full((8, 8), 7.0), noise=1.0)[0]
    array([7., 7., 7., 7., 7., 7., 7., 7.])
    """
    array = floating(image)
    if array.ndim not in {2, VOLUME}:
        raise ValueError(f"image must be a slice or a volume, received shape {array.shape}")
    positive(noise, name="noise")
    precise = array.dtype
    if np.asarray(image).dtype.itemsize == 1:
        # The squares of bytes and their sums over a patch are exact in single precision.
        array = array.astype(np.float32)
    patches = (*[1] * (VOLUME - array.ndim), *window_size(patch, array.ndim, name="patch"))
    searches = (*[1] * (VOLUME - array.ndim), *window_size(search, array.ndim, name="search"))

    from workbench.compiled import patches as compiled

    margins = tuple(one // 2 + other // 2 for one, other in zip(patches, searches, strict=True))
    padded = pad(a_volume(array), margins, margins, border="mirror")
    denoised = compiled.non_local_means(padded, patches, searches, excess=2 * noise**2, scale=(0.6 * noise) ** 2)
    return denoised.reshape(array.shape).astype(precise, copy=False)


@in_memory("it stops where a sum over all voxels no longer falls")
@per_channel
def total_variation(
    image: ArrayLike,
    *,
    weight: float,
    iterations: int = 200,
    tolerance: float = 2e-4,
    channel_axis: int | None = None,
) -> NDArray:
    """Find the image near this one whose gradients are few: minimise ``(u - f)^2 / 2 + weight |grad u|``.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        The noisy image f: a slice or a volume.
    weight : float
        In the image's units: more is smoother. About the noise's standard deviation is a good start.
    iterations : int, optional
        At most so many steps.
    tolerance : float, optional
        It ends where the sum changes in a step by less than this times its first value.
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

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
    array = planes_or_more(floating(image))
    positive(weight, name="weight")
    positive(iterations, name="iterations")
    positive(tolerance, name="tolerance")
    volume = a_volume(array)

    from workbench.compiled import variation

    denoised = variation.total_variation(
        volume, weight=weight, tau=0.5 / array.ndim, tolerance=tolerance, iterations=int(iterations)
    )
    return denoised.reshape(array.shape)


@neighbourhood(_step_reach)
def anisotropic_diffusion(
    image: ArrayLike,
    *,
    contrast: float,
    iterations: int = 10,
    step: float | None = None,
    conductance: str = "exponential",
    spacing: tuple[float, ...] | None = None,
    channel_axis: int | None = None,
) -> NDArray:
    """Diffuse intensities within regions but not across edges (Perona and Malik).

    In each step a voxel f gains step times the sum over its nearest neighbours g of c(d) d / s, where s is their
    distance, d = (g - f) / s, and c the conductance. Nothing crosses the border of the image.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    contrast : float
        The gradient K from which on little flows, in the image's units (per mm where `spacing` is given): above
        the noise's, below the edges'.
    iterations : int, optional
        How many steps; more is smoother.
    step : float, optional
        Length of a step, at most one over twice the sum of 1 / s^2 over the axes, beyond which it would not be
        stable; that by default.
    conductance : {"exponential", "quadratic"}, optional
        c(d) = exp(-(d / K)^2), which favours edges of high contrast, or 1 / (1 + (d / K)^2), which favours wide
        regions: Perona and Malik's first and second.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis; 1 by default.
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units, and the same mean.

    Raises
    ------
    TypeError, ValueError
        If the image is not a slice or volume of finite real numbers, an option is not positive, the step too long
        or the conductance unknown.

    References
    ----------
    Perona P, Malik J. Scale-space and edge detection using anisotropic diffusion. IEEE Transactions on Pattern
    Analysis and Machine Intelligence 12 (1990) 629-639.

    Examples
    --------
    >>> anisotropic_diffusion([[0.0, 8.0, 8.0, 1000.0]], contrast=100, iterations=1, step=0.25).round(1)
    array([[   2.,    6.,    8., 1000.]])
    """
    array = floating(image)
    if array.ndim not in {2, VOLUME}:
        raise ValueError(f"image must be a slice or a volume, received shape {array.shape}")
    positive(contrast, name="contrast")
    one_of(conductance, CONDUCTANCES, name="conductance")
    if not (hasattr(iterations, "__index__") and iterations > 0):
        raise ValueError(f"iterations must be a positive integer, received {iterations}")
    distances = per_axis(1.0 if spacing is None else spacing, array.ndim, name="spacing", positive=True)
    longest = 0.5 / sum(distance**-2 for distance in distances)
    if step is not None and positive(step, name="step") > longest * (1 + 1e-9):
        raise ValueError(f"step must be at most {longest:g} to be stable, received {step}")
    inverse = (*[1.0] * (VOLUME - array.ndim), *(distance**-2 for distance in distances))

    from workbench.compiled import diffusion

    diffused = diffusion.diffuse(
        a_volume(array),
        rates=tuple((longest if step is None else step) * one for one in inverse),
        steepness=tuple(one / contrast**2 for one in inverse),
        exponential=conductance == "exponential",
        iterations=iterations,
    )
    return diffused.reshape(array.shape)
