"""Affines in LPS millimetres: spacing, orientation codes, letters at the picture's edges."""

import nibabel
import numpy as np
from numpy.typing import ArrayLike, NDArray

# (name of the decreasing direction, name of the increasing one) for x, y, z of LPS
LPS = (("R", "L"), ("A", "P"), ("I", "S"))
OPPOSITE = dict(LPS) | {increasing: decreasing for decreasing, increasing in LPS}


def affine_from_spacing(spacing: ArrayLike) -> NDArray:
    """Return the affine of an image in standard axial position at the origin.

    Parameters
    ----------
    spacing : array_like of 2 or 3 float
        Millimetres in axis order, (row, column) or (slice, row, column).

    Returns
    -------
    (4, 4) ndarray
        Slices go to superior, rows to posterior, columns to left.

    Raises
    ------
    ValueError
        If there are not 2 or 3 positive finite values.

    Examples
    --------
    >>> affine_from_spacing((5, 2, 1)) @ (1, 1, 1, 1)
    array([1., 2., 5., 1.])
    """
    slice_mm, row_mm, column_mm = (1.0, *lengths_mm(spacing))[-3:]
    affine = np.eye(4)
    affine[:3, :3] = [[0, 0, column_mm], [0, row_mm, 0], [slice_mm, 0, 0]]
    return affine


def lengths_mm(spacing: ArrayLike) -> tuple[float, ...]:
    """Return a spacing as numbers, or say why it is none.

    Parameters
    ----------
    spacing : array_like of 2 or 3 float
        Millimetres in axis order.

    Returns
    -------
    tuple of float

    Raises
    ------
    ValueError
        If there are not 2 or 3 positive finite values.

    Examples
    --------
    >>> lengths_mm([2, 1])
    (2.0, 1.0)
    """
    values = np.asarray(spacing, dtype=float)
    if values.shape not in {(2,), (3,)} or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"spacing must be 2 or 3 positive numbers in mm, received {values.tolist()}")
    return tuple(values.tolist())


def is_affine(matrix: NDArray) -> bool:
    """Tell whether a matrix can be an image's affine.

    Parameters
    ----------
    matrix : ndarray
        Any shape.

    Returns
    -------
    bool
        True for a finite (4, 4) matrix with last row 0, 0, 0, 1 whose axes span space, however small the voxels.

    Examples
    --------
    >>> is_affine(np.eye(4)), is_affine(np.zeros((4, 4)))
    (True, False)
    """
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all() or not np.array_equal(matrix[3], (0, 0, 0, 1)):
        return False
    lengths = np.linalg.norm(matrix[:3, :3], axis=0)
    return bool((lengths > 0).all() and abs(np.linalg.det(matrix[:3, :3] / lengths)) > 1e-6)


def respaced(affine: NDArray, spacing: ArrayLike) -> NDArray:
    """Return an affine with another spacing and the same directions and origin.

    Parameters
    ----------
    affine : (4, 4) ndarray
        From (slice, row, column) indices to LPS millimetres.
    spacing : array_like of 2 or 3 float
        Millimetres of the last axes, (row, column) or (slice, row, column).

    Returns
    -------
    (4, 4) ndarray
        Its first three columns have the lengths asked for.

    Raises
    ------
    ValueError
        If there are not 2 or 3 positive finite values.

    Examples
    --------
    >>> spacing_of(respaced(affine_from_spacing((5, 2, 1)), (3, 3)))
    (5.0, 3.0, 3.0)
    """
    wanted = spacing_of(affine_from_spacing(spacing))[-len(np.asarray(spacing)) :]
    changed = affine.copy()
    changed[:3, 3 - len(wanted) : 3] *= np.divide(wanted, spacing_of(affine)[-len(wanted) :])
    return changed


def spacing_of(affine: NDArray) -> tuple[float, float, float]:
    """Return the millimetres between neighbours along (slice, row, column).

    Parameters
    ----------
    affine : (4, 4) ndarray
        From (slice, row, column) indices to LPS millimetres.

    Returns
    -------
    tuple of 3 float
        Lengths of the affine's first three columns.

    Examples
    --------
    >>> spacing_of(affine_from_spacing((5, 2, 1)))
    (5.0, 2.0, 1.0)
    """
    slice_mm, row_mm, column_mm = np.linalg.norm(affine[:3, :3], axis=0)
    return float(slice_mm), float(row_mm), float(column_mm)


def orientation_code(affine: NDArray) -> str:
    """Name the direction in which each array axis increases.

    Parameters
    ----------
    affine : (4, 4) ndarray
        From (slice, row, column) indices to LPS millimetres.

    Returns
    -------
    str
        Three letters of R, L, A, P, I, S: the nearest anatomical directions.

    Examples
    --------
    >>> orientation_code(affine_from_spacing((5, 2, 1)))
    'SPL'
    """
    return "".join(nibabel.aff2axcodes(affine, labels=LPS))


def reorder(pixels: NDArray, affine: NDArray, code: str) -> tuple[NDArray, NDArray]:
    """Transpose and flip a volume so that its axes increase in the directions named.

    Parameters
    ----------
    pixels : (P, M, N[, C]) ndarray
        The volume; a channel axis may only be last.
    affine : (4, 4) ndarray
        From (slice, row, column) indices to LPS millimetres.
    code : str
        Three letters, one of each pair R/L, A/P, I/S.

    Returns
    -------
    pixels, affine : ndarray
        The same values at the same places in the patient, in another order.

    Raises
    ------
    ValueError
        If `code` is not such a triple.

    Examples
    --------
    >>> pixels, affine = reorder(np.arange(3).reshape(3, 1, 1), affine_from_spacing((5, 2, 1)), "IPL")
    >>> pixels.ravel(), affine[2]
    (array([2, 1, 0]), array([-5.,  0.,  0., 10.]))
    """
    pairs = [frozenset(pair) for pair in LPS]
    if len(code) != 3 or sorted(sum(letter in pair for letter in code) for pair in pairs) != [1, 1, 1]:
        raise ValueError(f"code must name one of R/L, A/P and I/S each, such as 'SPL', received {code!r}")
    orientations = nibabel.orientations
    change = orientations.ornt_transform(
        orientations.io_orientation(affine), orientations.axcodes2ornt(tuple(code), labels=LPS)
    )
    inverse = orientations.inv_ornt_aff(change, pixels.shape[:3])
    return orientations.apply_orientation(pixels, change), affine @ inverse
