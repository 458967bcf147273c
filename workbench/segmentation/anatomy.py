"""Worked examples of segmentation in Hounsfield units: the body and the lungs in CT."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.checks import real_array, spacing_mm
from workbench.images.spacings import own_spacing

from .morphology import closing, opening
from .regions import fill_holes, largest_region, remove_small

# Half-way between air and soft tissue, where a partly filled voxel is as much one as the other.
TISSUE = -500.0
# Between a lung, near -850, and fat, near -100. The trachea's gas is near -1000.
LUNG = -400.0
# The smallest region that can be lung, in a volume and in a slice.
LEAST_MM3 = 50_000.0
LEAST_MM2 = 300.0


def body_mask(
    image: ArrayLike, *, spacing: tuple[float, ...] | None = None, table: float = 5.0
) -> NDArray[np.bool_]:
    """Mark the body in a CT: what is denser than air, without table and cloths, with all that is inside.

    In four steps: voxels above -500 HU; holes filled in each slice, which takes in lungs, sinuses and bowel gas;
    an opening by a disc in each slice, which cuts off what is thin, such as the table; the largest region.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        In Hounsfield units; a volume's slices are axial.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own.
    table : float, optional
        Radius of the disc in mm: what is less than twice as thick is cut off.

    Returns
    -------
    ndarray of bool
        Shape of `image`.

    Raises
    ------
    ValueError
        If the spacing is unknown or malformed, nothing is denser than air, or `image` is empty, not finite, or has
        other than 2 or 3 axes.

    Examples
    --------
    >>> ct = np.full((40, 40), -1000.0)
    >>> ct[5:30, 5:35] = 40.0
    >>> ct[10:20, 10:20] = -850.0
    >>> ct[35:37] = 100.0
    >>> found = body_mask(ct, spacing=(1.0, 1.0), table=3.0)
    >>> bool(found[15, 15]), bool(found[35:].any())
    (True, False)
    """
    array, edges = _checked(image, spacing)
    dense = array > TISSUE
    if not dense.any():
        raise ValueError(
            f"expected tissue above {TISSUE:g} HU, received values up to {array.max():g}; is it in HU?"
        )
    kept = _in_slices(opening, _in_slices(fill_holes, dense), radius=table, spacing=edges[-2:])
    if not kept.any():
        raise ValueError(f"nothing is {2 * table:g} mm thick; give a smaller table, received {table:g}")
    return largest_region(kept)


def lung_mask(
    image: ArrayLike, *, spacing: tuple[float, ...] | None = None, vessels: float = 5.0
) -> NDArray[np.bool_]:
    """Mark the lungs in a CT, vessels and small nodules included.

    In four steps: the `body_mask`; in it, voxels below -400 HU; of their regions those larger than 50 ml, of a
    slice 3 cm2, which leaves out bowel gas and most airways; a closing by a disc in each slice and its holes
    filled, which takes vessels and nodules in.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        In Hounsfield units; a volume's slices are axial.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own.
    vessels : float, optional
        Radius of the closing in mm: dents at the hilum and beside the wall narrower than twice this are filled.

    Returns
    -------
    ndarray of bool
        Shape of `image`; the trachea may remain where it touches a lung. All false where there is no lung.

    Raises
    ------
    ValueError
        As for `body_mask`.

    References
    ----------
    Hu S, Hoffman EA, Reinhardt JM. Automatic lung segmentation for accurate quantitation of volumetric X-ray CT
    images. IEEE Transactions on Medical Imaging 20 (2001) 490-498. (The plan; they find the threshold themselves.)

    Examples
    --------
    >>> ct = np.full((80, 80), -1000.0)
    >>> ct[5:75, 5:75] = 40.0
    >>> ct[20:60, 10:36] = -850.0
    >>> ct[40:42, 20:22] = 40.0
    >>> int(lung_mask(ct, spacing=(1.0, 1.0)).sum())
    1040
    """
    array, edges = _checked(image, spacing)
    body = body_mask(array, spacing=edges)
    # The rim of the body is partly air, and no lung.
    inner = _in_slices(ndimage.binary_erosion, body, iterations=max(round(2 / edges[-1]), 1))
    least = LEAST_MM3 if array.ndim == 3 else LEAST_MM2
    air = remove_small((array < LUNG) & inner, size=max(round(least / math.prod(edges)), 1))
    closed = _in_slices(closing, air, radius=vessels, spacing=edges[-2:])
    return _in_slices(fill_holes, closed) & body


def _checked(image: ArrayLike, spacing: tuple[float, ...] | None) -> tuple[NDArray, tuple[float, ...]]:
    array = real_array(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    known = own_spacing(image, spacing)
    if known is None:
        raise ValueError("sizes are in mm, so give spacing, such as image.spacing")
    return array, spacing_mm(known, array.ndim)


def _in_slices(function, mask: NDArray[np.bool_], **options) -> NDArray[np.bool_]:  # type: ignore[no-untyped-def]
    if mask.ndim == 2:
        return function(mask, **options)
    return np.stack([function(plane, **options) for plane in mask])
