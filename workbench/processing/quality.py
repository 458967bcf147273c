"""How near a processed image is to a reference: PSNR, SSIM, sharpness of edges."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.checks import same_shape

from .arrays import floating
from .chunks import in_memory


@in_memory("it is one number of all voxels")
def psnr(image: ArrayLike, reference: ArrayLike, *, data_range: float) -> float:
    """Peak signal-to-noise ratio, 10 log10(range^2 / mean squared error).

    Parameters
    ----------
    image, reference : array_like
        Same shape and units.
    data_range : float
        From the lowest to the highest value that an image of this kind can have.

    Returns
    -------
    float
        In decibels; infinite where the images are equal.

    Raises
    ------
    TypeError, ValueError
        If the images are not finite real numbers of one shape, or the range is not positive.

    Examples
    --------
    >>> psnr([[0.0, 0.1]], [[0.1, 0.0]], data_range=1)
    20.0
    """
    changed, truth = _pair(image, reference, data_range)
    error = float(np.mean((changed - truth) ** 2))
    return float("inf") if error == 0 else float(10 * np.log10(data_range**2 / error))


@in_memory("it is one number of all voxels")
def ssim(image: ArrayLike, reference: ArrayLike, *, data_range: float) -> float:
    """Structural similarity, the mean over windows of Gaussian weights with sigma 1.5.

    Parameters
    ----------
    image, reference : (M, N) or (P, M, N) array_like
        Same shape and units, each axis 11 voxels at least.
    data_range : float
        From the lowest to the highest value that an image of this kind can have.

    Returns
    -------
    float
        At most 1, where the images are equal.

    Raises
    ------
    TypeError, ValueError
        If the images are not finite real numbers of one shape, are too small, or the range is not positive.

    References
    ----------
    Wang Z, Bovik AC, Sheikh HR, Simoncelli EP. Image quality assessment: from error visibility to structural
    similarity. IEEE Transactions on Image Processing 13 (2004) 600-612.

    Examples
    --------
    >>> ssim(np.eye(16), np.eye(16), data_range=1)
    1.0
    """
    from skimage.metrics import structural_similarity

    changed, truth = _pair(image, reference, data_range)
    if min(truth.shape) < 11:
        raise ValueError(f"images must be 11 voxels long at least along each axis, received {truth.shape}")
    return float(
        structural_similarity(
            truth, changed, data_range=data_range, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        )
    )


@in_memory("it is one number of all voxels")
def edge_sharpness(image: ArrayLike, reference: ArrayLike, *, fraction: float = 0.05) -> float:
    """How steep the reference's edges still are: the slope of the gradients on the reference's.

    Parameters
    ----------
    image, reference : (M, N[, ...]) array_like
        Same shape and units.
    fraction : float, optional
        The part of the voxels, those of steepest gradient in the reference, that counts as edges.

    Returns
    -------
    float
        1 where edges are as they were, less where they are blurred, more where they are sharpened. Noise
        neither adds to it nor takes from it on average, as it does not follow the reference's direction.

    Raises
    ------
    TypeError, ValueError
        If the images are not finite real numbers of one shape, or the reference is constant.

    Examples
    --------
    >>> step = np.tile([0.0, 0.0, 8.0, 8.0], (4, 1))
    >>> edge_sharpness(step / 2, step)
    0.5
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction must be above 0 and at most 1, received {fraction}")
    changed, truth = _pair(image, reference, 1)
    slopes = _gradient(truth)
    steepness = (slopes**2).sum(axis=0)
    if steepness.max() == 0:
        raise ValueError("a constant reference has no edges")
    edges = steepness >= max(np.quantile(steepness, 1 - fraction), np.finfo(float).tiny)
    return float((_gradient(changed) * slopes).sum(axis=0)[edges].sum() / steepness[edges].sum())


def _gradient(image: NDArray) -> NDArray:
    return np.stack([ndimage.sobel(image, axis=axis) for axis in range(image.ndim)])


def _pair(image: ArrayLike, reference: ArrayLike, data_range: float) -> tuple[NDArray, NDArray]:
    changed = floating(image).astype(np.float64)
    truth = floating(reference, name="reference").astype(np.float64)
    same_shape(image=changed, reference=truth)
    if not (np.isfinite(data_range) and data_range > 0):
        raise ValueError(f"data_range must be positive and finite, received {data_range}")
    return changed, truth
