"""Superpixels: an image cut into small regions of like intensity that follow its edges."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images.spacings import voxel_edges


def superpixels(
    image: ArrayLike,
    *,
    count: int = 200,
    compactness: float = 0.1,
    spacing: tuple[float, ...] | None = None,
    steps: int = 10,
) -> NDArray[np.int32]:
    """Cut an image into connected regions of about one size: k-means of intensity and place together.

    The distance of a voxel to a centre is ``sqrt(d^2 + (compactness * r / S)^2)``, where ``d`` is the difference
    of the intensities in the image scaled to 0 to 1, ``r`` the distance and ``S`` that of neighbouring centres.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    count : int, optional
        About how many.
    compactness : float, optional
        The larger, the more like squares and the less like the image's structures.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own; without it voxels are 1 apart.
    steps : int, optional
        Of k-means.

    Returns
    -------
    ndarray of int32
        Labels from 1.

    Raises
    ------
    ValueError
        If `image` is empty, not finite, or has other than 2 or 3 axes, or an option is out of its range.

    References
    ----------
    Achanta R, Shaji A, Smith K, Lucchi A, Fua P, Susstrunk S. SLIC superpixels compared to state-of-the-art
    superpixel methods. IEEE Transactions on Pattern Analysis and Machine Intelligence 34 (2012) 2274-2282.

    Examples
    --------
    >>> superpixels(np.kron([[0, 1], [2, 3]], np.ones((4, 4))), count=4).max()
    np.int32(4)
    """
    from skimage.segmentation import slic

    array = real_array(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    if not (count >= 1 and steps >= 1 and math.isfinite(compactness) and compactness > 0):
        raise ValueError(
            f"count and steps must be at least 1, compactness positive, received {count}, {steps}, {compactness}"
        )
    edges = voxel_edges(image, spacing, array.ndim)
    labels = slic(
        array.astype(np.float64), n_segments=count, compactness=compactness, max_num_iter=steps, spacing=edges,
        start_label=1, channel_axis=None,
    )  # fmt: skip
    return labels.astype(np.int32)
