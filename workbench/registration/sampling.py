"""Values of an image between its voxels."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.checks import one_of

ORDERS = {"nearest": 0, "linear": 1, "cubic": 3}
SLAB = 2**18


def stored(array: NDArray) -> NDArray:
    """Return an array in a dtype that SimpleITK holds.

    Parameters
    ----------
    array : ndarray
        Boolean, integer or floating.

    Returns
    -------
    ndarray
        bytes for booleans, float32 for float16; otherwise the array itself.
    """
    if array.dtype == bool:
        return array.view(np.uint8)
    return array.astype(np.float32) if array.dtype == np.float16 else array


def sample_linear(
    array: NDArray, to_index: NDArray, shape: tuple[int, ...], *, interpolation: str, fill: float
) -> NDArray:
    """Sample an array on a grid that an affine maps into it.

    Parameters
    ----------
    array : (...) ndarray
        D axes.
    to_index : (D + 1, D + 1) ndarray
        From indices of the result to indices of `array`.
    shape : tuple of int
        Of the result.
    interpolation : str
        ``"nearest"``, ``"linear"`` or ``"cubic"``.
    fill : float
        For what lies more than half a voxel outside the outermost voxels' centres.

    Returns
    -------
    shape ndarray
        In the dtype of `array`.

    Examples
    --------
    >>> half = np.array([[1.0, 0, 0], [0, 1, 0.25], [0, 0, 1]])
    >>> sample_linear(np.array([[1.0, 2, 4]]), half, (1, 3), interpolation="linear", fill=0)
    array([[1.25, 2.5 , 4.  ]])
    """
    import SimpleITK as sitk

    kinds = {"nearest": sitk.sitkNearestNeighbor, "linear": sitk.sitkLinear, "cubic": sitk.sitkBSpline3}
    ndim = array.ndim
    transform = sitk.AffineTransform(ndim)
    transform.SetMatrix(np.ascontiguousarray(to_index[:ndim, :ndim][::-1, ::-1]).ravel())
    transform.SetTranslation(to_index[:ndim, ndim][::-1])
    image = sitk.GetImageFromArray(np.ascontiguousarray(stored(array)))
    size = [int(length) for length in shape[::-1]]
    unit = [1.0] * ndim
    resampled = sitk.Resample(
        image, size, transform, kinds[interpolation], [0.0] * ndim, unit, np.eye(ndim).ravel(), float(fill)
    )
    return sitk.GetArrayFromImage(resampled).astype(array.dtype, copy=False)


def sample_mapped(
    array: NDArray,
    to_index: Callable[[NDArray], NDArray],
    shape: tuple[int, ...],
    *,
    interpolation: str,
    fill: float,
) -> NDArray:
    """Sample an array on a grid that any function maps into it, slab by slab and on threads.

    Parameters
    ----------
    array : (...) ndarray
        D axes.
    to_index : callable
        Takes (N, D) indices of the result, returns (N, D) indices of `array`.
    shape : tuple of int
        Of the result.
    interpolation : str
        ``"nearest"``, ``"linear"`` or ``"cubic"``.
    fill : float
        As for `sample_linear`.

    Returns
    -------
    shape ndarray
        In the dtype of `array`.

    Examples
    --------
    >>> sample_mapped(np.array([[1.0, 2, 4]]), lambda i: i + (0, 0.25), (1, 3), interpolation="linear", fill=0)
    array([[1.25, 2.5 , 4.  ]])
    """
    from concurrent.futures import ThreadPoolExecutor

    from scipy.ndimage import map_coordinates, spline_filter

    order = ORDERS[one_of(interpolation, list(ORDERS), name="interpolation")]
    known = spline_filter(array, order=3, output=np.float64, mode="nearest") if order == 3 else stored(array)
    made = np.empty(shape, array.dtype)
    flat = made.reshape(-1)
    last = np.array(array.shape) - 0.5

    def fill_slab(start: int) -> None:
        voxels = np.arange(start, min(start + SLAB, flat.size))
        places = to_index(np.stack(np.unravel_index(voxels, shape), axis=-1).astype(float))
        inside = ((places >= -0.5) & (places < last)).all(axis=1)
        values = map_coordinates(known, places.T, order=order, mode="nearest", prefilter=False)
        flat[voxels] = np.where(inside, values, fill)

    with ThreadPoolExecutor() as pool:
        list(pool.map(fill_slab, range(0, flat.size, SLAB)))
    return made
