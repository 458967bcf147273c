"""Values between the voxels: a weighted sum along each axis, one axis after another.

Splines and the Gaussian that comes before them are separable, so a volume is resampled by one short sum per axis.
What each voxel weighs is read off the answer of scipy.ndimage to a single one among zeros.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

#: Half-width of a cardinal spline of each order, beyond which it is below 1e-9.
REACH = {1: 1, 2: 12, 3: 16, 4: 21, 5: 25}
# As in scipy.ndimage: beyond 4 sigma a Gaussian holds less than 1e-4 of its weight.
TRUNCATE = 4.0


def interpolate(image: NDArray, places: dict[int, NDArray], *, order: int, sigmas: dict[int, float]) -> NDArray:
    """Return the values at new places along some axes.

    Parameters
    ----------
    image : ndarray
        Floating point; any dtype for order 0. It continues beyond its ends with the value there.
    places : dict of int to (M,) ndarray
        Axis to the new places along it, as indices of the old ones.
    order : int
        Of the spline, 0 to 5; 0 takes the nearest.
    sigmas : dict of int to float
        Axis to the standard deviation of the Gaussian applied first, in voxels; 0 for none.

    Returns
    -------
    ndarray
        In the image's dtype.

    Examples
    --------
    >>> interpolate(np.array([[0.0, 10.0]]), {1: np.array([0.25, 1.5])}, order=1, sigmas={1: 0})
    array([[ 2.5, 10. ]])
    """
    if order == 0:
        for axis, where in places.items():
            nearest = np.clip(np.floor(where + 0.5).astype(int), 0, image.shape[axis] - 1)
            image = np.take(image, nearest, axis=axis)
        return image
    original = image
    # The axes that shrink most come first, so that the others have less to do.
    for axis in sorted(places, key=lambda axis: len(places[axis]) / image.shape[axis]):
        image = _along(image, axis, places[axis], order, sigmas[axis])
    if image is original:
        return image.copy()
    return image if order == 1 else np.clip(image, original.min(), original.max())


def _along(image: NDArray, axis: int, where: NDArray, order: int, sigma: float) -> NDArray:
    from workbench.compiled.resampling import weigh

    length = image.shape[axis]
    if order > 1 and sigma > 0:
        # The spline continues what was smoothed, so the two cannot be one sum.
        image = _along(image, axis, np.arange(length), 1, sigma)
        sigma = 0.0
    if sigma == 0 and np.array_equal(where, np.arange(length)):
        return image
    if order == 1:
        # Between the outermost voxels a straight line needs no continuation.
        where = np.clip(where, 0, length - 1)
    margin = REACH[order] + int(TRUNCATE * sigma + 0.5)
    first = np.floor(where).astype(np.int64) - margin + 1
    distances = where[:, None] - (first[:, None] + np.arange(2 * margin))
    centre = 2 * margin + 2
    impulse = np.zeros(2 * centre + 1)
    impulse[centre] = 1
    if sigma > 0:
        impulse = ndimage.gaussian_filter1d(impulse, sigma, truncate=TRUNCATE)
    weights = ndimage.map_coordinates(impulse, [centre + distances], order=order, mode="mirror")
    outer, inner = int(np.prod(image.shape[:axis])), int(np.prod(image.shape[axis + 1 :]))
    summed = weigh(image.reshape(outer, length, inner), first, weights.astype(image.dtype))
    return summed.reshape(*image.shape[:axis], len(where), *image.shape[axis + 1 :])
