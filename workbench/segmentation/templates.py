"""An image as a weighted sum of templates: how much of each tissue there is in each voxel."""

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.checks import real_array, same_shape, window_size

CHUNK = 200_000
SINGULAR = 1e-9


def weighted_templates(
    image: ArrayLike,
    templates: ArrayLike,
    *,
    mask: ArrayLike | None = None,
    size: int | tuple[int, ...] = 1,
    purity: float = 0.1,
) -> NDArray[np.float64]:
    """Estimate the weights of templates whose sum is the image.

    The image is ``u = a_1 f_1 + ... + a_K f_K``: each template ``f_i`` says what a voxel of pure class ``i`` looks
    like, and the weights ``a_i``, not negative and of sum one, are estimated at each voxel: they minimise

    ``< (u - sum_i a_i f_i)^2 >  +  purity * sum_i a_i < (u - f_i)^2 >``

    where ``< >`` is the mean over a window. The first term is the misfit of the sum. It alone is ambiguous, for
    one intensity is a mixture of three classes in many ways; the second term is the misfit of each class alone and
    so chooses the mixture of the most similar classes. For two classes it stretches the weights about one half by
    ``1 + purity``. The minimum is exact: it is looked for among all sets of classes, and of equal minima the one
    with the fewest and first classes is taken.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    templates : (K,) or (K, ...) array_like
        Of 2 to 6 classes, in the units of `image`: one intensity each, or an image each of the shape of `image`.
    mask : array_like of bool, optional
        Voxels to look at; all by default. Others enter no window and have weight zero.
    size : int or tuple of int, optional
        Odd edge lengths of the window in voxels: 1 where there is little noise, else 3 or 5.
    purity : float, optional
        Positive: the greater, the closer the weights to 0 and 1.

    Returns
    -------
    (K, ...) ndarray
        Weights; ``weights.argmax(axis=0)`` is the segmentation.

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than 6 templates, two are equal, shapes do not fit, an option is out of
        its range, or an array is empty or not finite.

    References
    ----------
    Choi HS, Haynor DR, Kim Y. Partial volume tissue classification of multichannel magnetic resonance images: a
    mixel model. IEEE Transactions on Medical Imaging 10 (1991) 395-407.

    Examples
    --------
    >>> weighted_templates([[10.0, 15.0, 20.0]], [10.0, 20.0])
    array([[[1. , 0.5, 0. ]],
    <BLANKLINE>
           [[0. , 0.5, 1. ]]])
    """
    array = real_array(image).astype(np.float64)
    forms = _checked_templates(templates, array.shape)
    inside = _inside(mask, array)
    if not (np.isfinite(purity) and purity > 0):
        raise ValueError(f"purity must be positive, received {purity}; without it the weights are ambiguous")
    misfits = _misfits(array, forms, inside, window_size(size, array.ndim))
    weights = np.zeros((len(forms), *array.shape))
    weights[:, inside] = np.concatenate(
        [_least(misfits[:, :, i : i + CHUNK], purity) for i in range(0, misfits.shape[2], CHUNK)], axis=1
    )
    return weights


def fit_templates(image: ArrayLike, fractions: ArrayLike, *, mask: ArrayLike | None = None) -> NDArray[np.float64]:
    """Estimate the intensity of each pure class where its fractions are known.

    It is the least-squares solution of ``image = sum_i fractions_i * template_i``. Where each voxel is of one
    class alone, it is the mean intensity in each class; where voxels are mixed, unlike the mean it is not pulled
    towards the neighbouring classes.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units, of training images: stack several.
    fractions : (K, ...) array_like
        How much of each class there is in each voxel, or boolean masks.
    mask : (...) array_like of bool, optional
        Voxels to look at; all by default.

    Returns
    -------
    (K,) ndarray
        Intensities in the units of `image`.

    Raises
    ------
    ValueError
        If the fractions do not determine the templates (a class is absent, or always the same part of another),
        shapes do not fit, or an array is empty or not finite.

    Examples
    --------
    >>> fit_templates([10.0, 15.0, 20.0], [[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]])
    array([10., 20.])
    """
    array = real_array(image).astype(np.float64)
    parts = real_array(fractions, name="fractions").astype(np.float64)
    if parts.ndim != array.ndim + 1 or parts.shape[1:] != array.shape:
        raise ValueError(f"fractions must have shape (K, *{array.shape}), received {parts.shape}")
    inside = _inside(mask, array)
    design = parts[:, inside].T
    solution, _, rank, _ = np.linalg.lstsq(design, array[inside], rcond=None)
    if rank < len(parts):
        raise ValueError(
            f"the fractions determine {rank} of {len(parts)} templates; each class must occur, in its own places"
        )
    return np.asarray(solution, np.float64)


def _checked_templates(templates: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    forms = real_array(templates, name="templates").astype(np.float64)
    if forms.ndim == 1:
        forms = forms.reshape(-1, *(1,) * len(shape))
    elif forms.shape[1:] != shape:
        raise ValueError(f"templates must have shape (K,) or (K, *{shape}), received {forms.shape}")
    if not 2 <= len(forms) <= 6:
        raise ValueError(f"expected 2 to 6 templates, received {len(forms)}")
    for i, j in combinations(range(len(forms)), 2):
        if np.array_equal(forms[i], forms[j]):
            raise ValueError(f"templates {i} and {j} are equal, so their weights cannot be told apart")
    return forms


def _inside(mask: ArrayLike | None, array: NDArray) -> NDArray[np.bool_]:
    if mask is None:
        return np.ones(array.shape, bool)
    inside = real_array(mask, name="mask") != 0
    same_shape(image=array, mask=inside)
    if not inside.any():
        raise ValueError("mask must have at least one voxel inside, received an empty mask")
    return inside


def _misfits(array: NDArray, forms: NDArray, inside: NDArray, size: tuple[int, ...]) -> NDArray:
    # R[i, j] = <(u - f_i)(u - f_j)>: as the weights sum to one, the misfit of the sum is a' R a.
    residuals = array - forms
    share = ndimage.uniform_filter(inside.astype(np.float64), size)[inside]
    misfits = np.empty((len(forms), len(forms), int(inside.sum())))
    for i, j in combinations(range(len(forms)), 2):
        misfits[i, j] = misfits[j, i] = _mean_over(residuals[i] * residuals[j] * inside, size)[inside] / share
    for i in range(len(forms)):
        misfits[i, i] = _mean_over(residuals[i] ** 2 * inside, size)[inside] / share
    return misfits


def _mean_over(array: NDArray, size: tuple[int, ...]) -> NDArray:
    return array if set(size) == {1} else ndimage.uniform_filter(array, size)


def _least(misfits: NDArray, purity: float) -> NDArray[np.float64]:
    classes, voxels = misfits.shape[1:]
    alone = misfits[np.arange(classes), np.arange(classes)]
    weights = np.zeros((classes, voxels))
    least = np.full(voxels, np.inf)
    for count in range(1, classes + 1):
        for chosen in combinations(range(classes), count):
            rows = list(chosen)
            together = misfits[rows][:, rows]
            part, valid = _without_bounds(together, alone[rows], purity)
            energy = np.einsum("iv,ijv,jv->v", part, together, part)
            energy += purity * np.einsum("iv,iv->v", part, alone[rows])
            better = valid & (energy < least)
            least[better] = energy[better]
            weights[:, better] = 0
            weights[np.ix_(rows, better)] = part[:, better]
    return weights


def _without_bounds(misfits: NDArray, alone: NDArray, purity: float) -> tuple[NDArray, NDArray]:
    # The stationary weights of sum one. Where they are not unique, a smaller set of classes is as good.
    others = len(misfits) - 1
    if others == 0:
        return np.ones_like(alone), np.ones(alone.shape[1], bool)
    matrix = misfits[1:, 1:] - misfits[1:, :1] - misfits[:1, 1:] + misfits[:1, :1]
    slope = misfits[1:, 0] - misfits[0, 0] + purity / 2 * (alone[1:] - alone[0])
    stacked = np.moveaxis(matrix, 2, 0)
    scale = np.prod(np.diagonal(stacked, axis1=1, axis2=2), axis=1)
    unique = np.linalg.det(stacked) > SINGULAR * scale
    weights = np.full((others + 1, alone.shape[1]), -1.0)
    weights[1:, unique] = -np.linalg.solve(stacked[unique], slope.T[unique][..., None])[..., 0].T
    weights[0] = 1 - weights[1:].sum(axis=0)
    return weights, unique & (weights >= 0).all(axis=0)
