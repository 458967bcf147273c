"""RTSTRUCT contours filled into the slices of an image."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ImageReadError

if TYPE_CHECKING:
    from pydicom import Dataset

# How far from a slice a contour may lie, in slices: planning systems round positions.
SLICE_TOLERANCE = 0.1
CLOSED = {"CLOSED_PLANAR", "CLOSEDPLANAR_XOR"}


def fill_polygons(polygons: Sequence[ArrayLike], shape: tuple[int, int]) -> NDArray:
    """Fill polygons by the even-odd rule at pixel centres.

    Parameters
    ----------
    polygons : sequence of (K, 2) array_like
        Corners as (row, column) in pixels, pixel centres at whole numbers; the last corner joins the first.
    shape : tuple of 2 int
        Rows and columns of the mask.

    Returns
    -------
    shape ndarray of bool
        True where a line from the pixel's centre to the outside crosses the polygons an odd number of times: a
        polygon within another is a hole. Of a centre on an edge, upper and left edges are inside, lower and right
        ones outside, so that polygons that share an edge share no pixel.

    Notes
    -----
    Corners are rounded to a millionth of a pixel, so that the rounding error of the arithmetic does not decide on
    which side of an edge a centre lies.

    References
    ----------
    J. D. Foley et al., Computer Graphics: Principles and Practice, 2nd ed., 1990, section 3.6.

    Examples
    --------
    >>> square, hole = [(0, 0), (0, 4), (4, 4), (4, 0)], [(1, 1), (1, 3), (3, 3), (3, 1)]
    >>> fill_polygons([square, hole], (5, 5)).astype(int)
    array([[1, 1, 1, 1, 0],
           [1, 0, 0, 1, 0],
           [1, 0, 0, 1, 0],
           [1, 1, 1, 1, 0],
           [0, 0, 0, 0, 0]])
    """
    rows, columns = shape
    rings = [np.round(np.asarray(polygon, dtype=float).reshape(-1, 2), 6) for polygon in polygons]
    edges = [np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in rings]
    ends = np.concatenate(edges) if edges else np.empty((0, 2, 2))
    # Downwards whichever way it is drawn, so that two polygons find one crossing on their common edge.
    ends = np.take_along_axis(ends, ends[:, :, :1].argsort(axis=1), axis=1)
    (top, left), (bottom, right) = ends[:, 0].T, ends[:, 1].T
    first, last = (np.clip(np.ceil(row), 0, rows).astype(int) for row in (top, bottom))
    edge = np.repeat(np.arange(len(ends)), last - first)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(last - first) - last, last - first)
    column = left[edge] + (row - top[edge]) * (right - left)[edge] / (bottom - top)[edge]
    crossings = np.zeros((rows, columns + 1), dtype=int)
    np.add.at(crossings, (row, np.clip(np.ceil(column), 0, columns).astype(int)), 1)
    return np.cumsum(crossings[:, :-1], axis=1) % 2 == 1


def contour_names(dataset: "Dataset") -> dict[int, str]:
    """List the regions of interest of an RTSTRUCT.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The RTSTRUCT.

    Returns
    -------
    dict of int to str
        Names by ROI number.
    """
    return {
        int(roi.ROINumber): str(roi.get("ROIName", "")) for roi in dataset.get("StructureSetROISequence") or []
    }


def contour_mask(
    dataset: "Dataset", number: int, path: Path, *, affine: NDArray, shape: tuple[int, ...], resample: bool
) -> NDArray:
    """Fill one region of interest of an RTSTRUCT into a grid.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The RTSTRUCT.
    number : int
        Of the region.
    path : Path
        The file, for messages.
    affine : (4, 4) ndarray
        From (slice, row, column) indices of the grid to LPS millimetres.
    shape : tuple of 3 int
        Of the grid.
    resample : bool
        Whether contours may lie between slices (each slice takes the nearest plane of contours that is at most
        half the planes' distance away) and outside the grid (they are cut off).

    Returns
    -------
    shape ndarray of bool
        Contours of one plane are combined by the even-odd rule.

    Raises
    ------
    ImageReadError
        If there are no closed contours, one is malformed or oblique to the slices, or, unless `resample`, one
        lies between slices or outside the grid.
    """
    where = f"{path}: ROI {contour_names(dataset)[number]!r}"
    to_indices = np.linalg.inv(affine)
    contours = [points @ to_indices[:3, :3].T + to_indices[:3, 3] for points in _points(dataset, number, where)]
    # Slices are those of the contours: like may have been put into another order of axes.
    axis = int(np.argmin([max(np.ptp(indices[:, axis]) for indices in contours) for axis in range(3)]))
    contours = [np.roll(indices, -axis, axis=1) for indices in contours]
    filled = _filled(contours, (*shape[axis:], *shape[:axis]), where, resample=resample)
    return np.ascontiguousarray(np.moveaxis(filled, [0, 1, 2], [(axis + i) % 3 for i in range(3)]))


def _filled(contours: list[NDArray], shape: tuple[int, ...], where: str, *, resample: bool) -> NDArray:
    planes: dict[float, list[NDArray]] = {}
    for indices in contours:
        if np.ptp(indices[:, 0]) > 2 * SLICE_TOLERANCE:
            raise ImageReadError(
                f"{where} has a contour that crosses {np.ptp(indices[:, 0]):.3g} slices of like; "
                "give the images on which it was drawn as like"
            )
        middle = float(np.mean(indices[:, 0]))
        if abs(middle - np.rint(middle)) <= SLICE_TOLERANCE:
            middle = float(np.rint(middle))
        near = next((plane for plane in planes if abs(plane - middle) <= SLICE_TOLERANCE), middle)
        planes.setdefault(near, []).append(indices[:, 1:])
        if not resample:
            _check_inside(indices, shape, where)
    mask = np.zeros(shape, dtype=bool)
    for index, plane in _planes_of_slices(np.array(sorted(planes)), shape[0], resample=resample):
        mask[index] = fill_polygons(planes[plane], (shape[1], shape[2]))
    if resample and not mask.any():
        raise ImageReadError(f"{where} leaves nothing in like; is it the contour of another image?")
    return mask


def _points(dataset: "Dataset", number: int, where: str) -> list[NDArray]:
    items = [item for item in dataset.get("ROIContourSequence") or [] if int(item.ReferencedROINumber) == number]
    contours = [contour for item in items for contour in item.get("ContourSequence") or []]
    if not contours:
        raise ImageReadError(f"{where} has a name but no contours; choose another, or draw it")
    found = []
    for contour in contours:
        kind = str(contour.get("ContourGeometricType", "unknown"))
        if kind not in CLOSED:
            raise ImageReadError(f"{where} has a contour of type {kind}, which encloses no area; choose another")
        values = np.array(contour.get("ContourData") or [], dtype=float)
        if not values.size or values.size % 3 or not np.isfinite(values).all():
            raise ImageReadError(
                f"{where} has a contour of {values.size} numbers where finite triples x, y, z are expected; "
                "export it again"
            )
        found.append(values.reshape(-1, 3))
    return found


def _check_inside(indices: NDArray, shape: tuple[int, ...], where: str) -> None:
    position = float(np.mean(indices[:, 0]))
    off = float(np.abs(indices[:, 0] - np.rint(position)).max())
    if off > SLICE_TOLERANCE:
        raise ImageReadError(
            f"{where} has a contour between slices, at slice {position:.3f} of like; "
            "give the images on which it was drawn as like, or pass resample=True for the nearest contours"
        )
    if not 0 <= np.rint(position) < shape[0]:
        raise ImageReadError(
            f"{where} has a contour at slice {position:.0f} of like, which has slices 0 to {shape[0] - 1}; "
            "give the images on which it was drawn as like, or pass resample=True to cut it off"
        )
    low, high = np.round([indices[:, 1:].min(axis=0), indices[:, 1:].max(axis=0)], 6)
    # Nothing is lost until a contour reaches the centre of a pixel that the image does not have.
    if (low <= -1).any() or (high > shape[1:]).any():
        raise ImageReadError(
            f"{where} has a contour from row and column {np.round(low, 1).tolist()} to "
            f"{np.round(high, 1).tolist()}, outside the {shape[1]} x {shape[2]} pixels of like; "
            "give the images on which it was drawn as like, or pass resample=True to cut it off"
        )


def _planes_of_slices(planes: NDArray, slices: int, *, resample: bool) -> list[tuple[int, float]]:
    apart = float(np.diff(planes).min()) if resample and len(planes) > 1 else 1.0
    indices = np.arange(slices)
    # Halfway between two planes the upper one is nearest, as in rounding.
    offsets = np.round(indices[:, None] - planes[::-1], 3)
    chosen = np.abs(offsets).argmin(axis=1)
    offset = offsets[indices, chosen]
    close = (-apart / 2 <= offset) & (offset < apart / 2)
    return [(int(index), float(planes[::-1][chosen[index]])) for index in indices[close]]
