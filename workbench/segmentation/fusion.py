"""Label fusion: many segmentations of one image, from atlases aligned with it, become one."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.checks import real_array, same_shape, window_size

CHUNK = 100_000


def fuse_labels(segmentations: ArrayLike, *, weights: ArrayLike | None = None) -> NDArray:
    """Let segmentations vote on the label of each voxel.

    Parameters
    ----------
    segmentations : (R, ...) array_like of bool or int
        One label map for each atlas or reader, on one grid.
    weights : (R,) or (R, ...) array_like, optional
        What each vote counts, at each voxel if of the shape of `segmentations`; not negative. All alike by
        default: the majority decides. `similarity_weights` and `joint_weights` estimate them; of `joint_weights`
        some may be negative, which is meant.

    Returns
    -------
    (...) ndarray
        Of the type of `segmentations`: the label with the greatest sum of weights; of equal ones the lowest.

    Raises
    ------
    ValueError
        If shapes do not fit, labels are not whole numbers, all weights are zero somewhere, or an array is empty or
        not finite.

    References
    ----------
    Iglesias JE, Sabuncu MR. Multi-atlas segmentation of biomedical images: a survey. Medical Image Analysis 24
    (2015) 205-219.

    Examples
    --------
    >>> fuse_labels([[0, 1, 2], [0, 1, 1], [3, 0, 2]])
    array([0, 1, 2])
    >>> fuse_labels([[0, 1], [2, 2], [2, 2]], weights=[0.8, 0.1, 0.1])
    array([0, 1])
    """
    votes = _stack(segmentations, "segmentations")
    if votes.dtype.kind == "f":
        raise ValueError(
            "segmentations must be boolean or whole numbers, received floats; threshold fractions first"
        )
    counted = np.ones(len(votes)) if weights is None else real_array(weights, name="weights").astype(np.float64)
    if counted.ndim == 1 and len(counted) == len(votes):
        counted = counted.reshape(-1, *(1,) * (votes.ndim - 1))
    elif counted.shape != votes.shape:
        raise ValueError(f"weights must have shape ({len(votes)},) or {votes.shape}, received {counted.shape}")
    if not counted.any(axis=0).all():
        raise ValueError("weights must not all be zero at a voxel, for then nobody votes there")
    labels = np.unique(votes)
    fused = np.full(votes.shape[1:], labels[0], votes.dtype)
    highest = np.full(votes.shape[1:], -np.inf)
    for label in labels:
        support = np.where(votes == label, counted, 0).sum(axis=0)
        better = support > highest
        fused[better] = label
        highest[better] = support[better]
    return fused


def similarity_weights(
    image: ArrayLike, atlases: ArrayLike, *, size: int | tuple[int, ...] = 5, power: float = 2.0
) -> NDArray[np.float64]:
    """Weigh each atlas at each voxel by how alike image and atlas are around it.

    The weight is ``d ** -power``, where ``d`` is the mean squared difference in a window; the weights sum to 1.
    Bring the atlases to the intensities of the image first.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        What is to be segmented.
    atlases : (R, ...) array_like
        Images with known segmentations, aligned with `image`, in its units.
    size : int or tuple of int, optional
        Odd edge lengths of the window in voxels.
    power : float, optional
        0 makes all alike, great values let the most similar atlas decide.

    Returns
    -------
    (R, ...) ndarray
        For `fuse_labels`.

    Raises
    ------
    ValueError
        If shapes do not fit, an option is out of its range, or an array is empty or not finite.

    References
    ----------
    Artaechevarria X, Munoz-Barrutia A, Ortiz-de-Solorzano C. Combination strategies in multi-atlas image
    segmentation: application to brain MR data. IEEE Transactions on Medical Imaging 28 (2009) 1266-1277.

    Examples
    --------
    >>> similarity_weights([[10.0]], [[[11.0]], [[12.0]]], size=1, power=1).ravel()
    array([0.8, 0.2])
    """
    if not (np.isfinite(power) and power >= 0):
        raise ValueError(f"power must be zero or positive, received {power}")
    differences, window = _differences(image, atlases, size)
    distances = np.stack([ndimage.uniform_filter(difference**2, window) for difference in differences])
    # Relative to the smallest, so that neither an exact copy nor a great power leaves the range of numbers.
    nearest = np.maximum(distances.min(axis=0), 1e-12 * (1 + distances.max()))
    weights = (np.maximum(distances, nearest) / nearest) ** -power
    return weights / weights.sum(axis=0)


def joint_weights(
    image: ArrayLike,
    atlases: ArrayLike,
    *,
    size: int | tuple[int, ...] = 5,
    alpha: float = 0.1,
    beta: float = 2.0,
) -> NDArray[np.float64]:
    """Weigh atlases so that the expected error of their vote is least, knowing that like atlases err alike.

    Around each voxel, ``M_ij = <|A_i - I| |A_j - I|> ** beta`` says how probable it is that atlases ``i`` and
    ``j`` err together, where ``< >`` is the mean over a window. The weights of sum 1 with the least
    ``w' (M + alpha) w`` are ``w = (M + alpha)^-1 1 / (1' (M + alpha)^-1 1)``. Two copies of one atlas share one
    weight between them.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        What is to be segmented.
    atlases : (R, ...) array_like
        Images with known segmentations, aligned with `image`, in its units.
    size : int or tuple of int, optional
        Odd edge lengths of the window in voxels.
    alpha : float, optional
        Added to the diagonal, relative to the mean of `M` at the voxel: the greater, the more equal the weights.
    beta : float, optional
        How fast the chance of an error grows with the difference of the intensities.

    Returns
    -------
    (R, ...) ndarray
        For `fuse_labels`; an atlas that errs as another does, only more, gets a negative weight.

    Raises
    ------
    ValueError
        If shapes do not fit, an option is out of its range, or an array is empty or not finite.

    References
    ----------
    Wang H, Suh JW, Das SR, Pluta JB, Craige C, Yushkevich PA. Multi-atlas segmentation with joint label fusion.
    IEEE Transactions on Pattern Analysis and Machine Intelligence 35 (2013) 611-623.
    (Without their search for patches; their alpha is absolute.)

    Examples
    --------
    >>> joint_weights([[0.0]], [[[1.0]], [[1.0]], [[-1.0]]], size=1, alpha=1e-6).ravel().round(2)
    array([0.33, 0.33, 0.33])
    """
    if not (np.isfinite([alpha, beta]).all() and alpha > 0 and beta > 0):
        raise ValueError(f"alpha and beta must be positive, received alpha={alpha}, beta={beta}")
    differences, window = _differences(image, atlases, size)
    errors = np.abs(differences)
    count = len(errors)
    together = np.empty((count, count, errors[0].size))
    for i in range(count):
        for j in range(i, count):
            shared = ndimage.uniform_filter(errors[i] * errors[j], window).ravel()
            together[i, j] = together[j, i] = np.maximum(shared, 0) ** beta
    weights = np.empty((count, errors[0].size))
    for start in range(0, weights.shape[1], CHUNK):
        part = np.moveaxis(together[:, :, start : start + CHUNK], 2, 0)
        scale = part.mean(axis=(1, 2)) * alpha
        regular = part + np.where(scale > 0, scale, 1.0)[:, None, None] * np.eye(count)
        solved = np.linalg.solve(regular, np.ones((count, 1)))[..., 0]
        weights[:, start : start + CHUNK] = (solved / solved.sum(axis=1, keepdims=True)).T
    return weights.reshape(errors.shape)


def _differences(
    image: ArrayLike, atlases: ArrayLike, size: int | tuple[int, ...]
) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    array, stack = real_array(image).astype(np.float64), _stack(atlases, "atlases")
    same_shape(image=array, atlas=stack[0])
    return stack - array, window_size(size, array.ndim)


def _stack(arrays: ArrayLike, name: str) -> NDArray:
    stack = real_array(arrays, name=name)
    if stack.ndim < 2:
        raise ValueError(f"{name} must be stacked on the first axis, received shape {stack.shape}")
    return stack
