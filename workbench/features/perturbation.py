"""The same region drawn a little otherwise, the same intensities in another order."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images.spacings import voxel_edges

from .regions import region_of


def perturb(
    mask: ArrayLike,
    *,
    distance: float,
    smoothness: float,
    seed: int,
    spacing: tuple[float, ...] | None = None,
) -> NDArray:
    """Move the border of a region to and fro at random, as another reader might draw it.

    Parameters
    ----------
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.
    distance : float
        Standard deviation of the border's shift, in mm (voxels, where the spacing is unknown).
    smoothness : float
        Over what length the shift stays alike, in the same unit; more than a few voxels look hand-drawn.
    seed : int
        Another seed is another reader.
    spacing : tuple of float, optional
        Millimetres between neighbours in axis order, where the mask does not say.

    Returns
    -------
    ndarray of bool
        The region within the shifted border; the region itself where nothing would be left of it.

    Raises
    ------
    ValueError
        If the mask is empty, or `distance` or `smoothness` is not positive.

    References
    ----------
    Zwanenburg A et al. Assessing robustness of radiomic features by image perturbation. Sci Rep 9 (2019) 614.

    Examples
    --------
    >>> mask = np.zeros((20, 20), dtype=bool)
    >>> mask[5:15, 5:15] = True
    >>> again = perturb(mask, distance=0.5, smoothness=3, seed=0)
    >>> bool(again[9, 9]), bool(again[0, 0]), bool((again != mask).any())
    (True, False, True)
    """
    from scipy.ndimage import distance_transform_edt, gaussian_filter

    if not (distance > 0 and smoothness > 0):
        raise ValueError(f"distance and smoothness must be positive, received {distance} and {smoothness}")
    inside = region_of(mask, shape=np.shape(mask))
    mm = np.asarray(voxel_edges(mask, spacing, inside.ndim))
    # Half a voxel inside is the border itself: distances are to voxel centres on the other side.
    depth = distance_transform_edt(inside, sampling=mm) - distance_transform_edt(~inside, sampling=mm)
    depth -= np.sign(depth) * mm.min() / 2
    noise = gaussian_filter(
        np.random.default_rng(seed).standard_normal(inside.shape), smoothness / mm, mode="wrap"
    )
    moved: NDArray = depth + noise * (distance / noise.std()) > 0
    return moved if moved.any() else inside.copy()


def arranged(values: ArrayLike, mask: ArrayLike, pattern: ArrayLike) -> NDArray:
    """Put intensities into a region in the order of a pattern: the darkest where the pattern is darkest.

    Images made so differ in their order, their intensities or their outline alone, which shows what a feature
    sees.

    Parameters
    ----------
    values : (n,) array_like
        One intensity for each voxel of the region, in any order.
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.
    pattern : (M, N) or (P, M, N) array_like
        Says which voxel is brighter than which.

    Returns
    -------
    ndarray of float64
        Same shape as the mask; zero outside the region.

    Raises
    ------
    ValueError
        If there are not as many values as voxels, or mask and pattern differ in shape.

    Examples
    --------
    >>> arranged([5, 7, 9], [[1, 1, 0, 1]], [[0.3, 0.1, 0.9, 0.2]])
    array([[9., 5., 0., 7.]])
    """
    ranks = real_array(pattern, name="pattern")
    inside = region_of(mask, shape=ranks.shape)
    intensities = np.sort(real_array(values, name="values").astype(np.float64), axis=None)
    if intensities.size != np.count_nonzero(inside):
        raise ValueError(
            f"expected one value for each of the {np.count_nonzero(inside)} voxels of the region, "
            f"received {intensities.size}"
        )
    filled = np.zeros(ranks.shape)
    filled[inside] = intensities[np.argsort(np.argsort(ranks[inside], kind="stable"))]
    return filled
