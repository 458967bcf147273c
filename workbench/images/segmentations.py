"""Segments of a DICOM SEG placed into the grid of an image."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import ImageReadError
from .geometry import is_affine
from .grids import displacement, in_order_of, nearest

if TYPE_CHECKING:
    from pydicom import Dataset

# How far a frame may lie from the voxels of the grid, in voxels: scanners round the position of each slice.
FRAME_TOLERANCE = 0.1
# No scan has more: a header that asks for them is damaged.
GREATEST_SLICES = 100_000


def segment_names(dataset: "Dataset") -> dict[int, str]:
    """List the segments of a DICOM SEG.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The SEG.

    Returns
    -------
    dict of int to str
        Labels by segment number, without the background of a label map.
    """
    segments = {
        int(item.SegmentNumber): str(item.get("SegmentLabel", "")) for item in dataset.get("SegmentSequence") or []
    }
    return {number: label for number, label in segments.items() if number > 0}


def segment_mask(
    dataset: "Dataset",
    number: int,
    path: Path,
    *,
    affine: NDArray | None,
    shape: tuple[int, ...],
    resample: bool,
) -> NDArray:
    """Place the frames of one segment into a grid.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The SEG: binary, fractional (at least a half is inside) or a label map.
    number : int
        Of the segment.
    path : Path
        The file, for messages.
    affine : (4, 4) ndarray or None
        From (slice, row, column) indices of the grid to LPS millimetres.
    shape : tuple of 3 int
        Of the grid.
    resample : bool
        Whether to take nearest neighbours where the frames lie on another grid.

    Returns
    -------
    shape ndarray of bool
        False where the segment has no frame.

    Raises
    ------
    ImageReadError
        If the frames cannot be decoded, have no place in the patient, or, unless `resample`, lie elsewhere than
        the grid's voxels.
    """
    frames = _frames(dataset, number, path)
    located = [(pixels, own) for pixels, own in frames if own is not None]
    if len(located) < len(frames):
        return _by_pixel([pixels for pixels, _ in frames], path, shape=shape)
    if affine is None:
        raise ImageReadError(f"{path}: the mask lies in a patient, but like has no affine; use its DICOM images")
    mask = np.zeros(shape, dtype=bool)
    if resample and located:
        pixels, own = _volume(located, path)
        return nearest(pixels, own, affine, shape)
    for pixels, own in located:
        if pixels.any():
            ordered, own_in_order = in_order_of(pixels[None], own, affine)
            mask[_region(ordered.shape, own_in_order, path, affine=affine, shape=shape)] |= ordered
    return mask


def _frames(dataset: "Dataset", number: int, path: Path) -> list[tuple[NDArray, NDArray | None]]:
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [None])[0]
    if "TotalPixelMatrixRows" in dataset:
        raise ImageReadError(f"{path}: a segmentation of tiled slide microscopy, which has no place in a volume")
    try:
        stored = np.asarray(dataset.pixel_array)
    except Exception as error:
        # Decoders raise nearly anything on damaged input.
        raise ImageReadError(f"{path}: its frames cannot be decoded ({error}); export it again") from error
    stored = stored.reshape(-1, *stored.shape[-2:])
    if len(stored) != len(groups):
        raise ImageReadError(
            f"{path}: describes {len(groups)} frames, but holds {len(stored)}; export it again from its source"
        )
    chosen = []
    for pixels, group in zip(stored, groups, strict=True):
        inside = _inside(pixels, number, dataset, group, shared)
        if inside is not None:
            chosen.append((inside, _frame_affine(group, shared, path)))
    return chosen


def _inside(
    pixels: NDArray, number: int, dataset: "Dataset", group: "Dataset", shared: "Dataset | None"
) -> NDArray | None:
    kind = dataset.get("SegmentationType")
    if kind == "LABELMAP":
        return np.asarray(pixels == number)
    if int(_group(group, shared, "SegmentIdentificationSequence").ReferencedSegmentNumber) != number:
        return None
    return np.asarray(
        2 * pixels.astype(int) >= (int(dataset.MaximumFractionalValue) if kind == "FRACTIONAL" else 1)
    )


def _group(group: "Dataset", shared: "Dataset | None", name: str) -> Any:
    items = group.get(name) or (shared.get(name) if shared is not None else None)
    return items[0] if items else None


def _frame_affine(group: "Dataset", shared: "Dataset | None", path: Path) -> NDArray | None:
    position, orientation, measures = (
        _group(group, shared, name)
        for name in ("PlanePositionSequence", "PlaneOrientationSequence", "PixelMeasuresSequence")
    )
    if position is None and orientation is None:
        return None
    try:
        along_row, along_column = np.array(orientation.ImageOrientationPatient, dtype=float).reshape(2, 3)
        rows, columns = (float(value) for value in measures.PixelSpacing)
        origin = np.array(position.ImagePositionPatient, dtype=float)
    except (AttributeError, TypeError, ValueError) as error:
        raise ImageReadError(f"{path}: a frame lacks position, orientation or spacing ({error})") from error
    between = abs(float(measures.get("SpacingBetweenSlices") or measures.get("SliceThickness") or 1))
    normal = np.cross(along_row, along_column)
    affine = np.eye(4)
    affine[:3] = np.column_stack([normal * between, along_column * rows, along_row * columns, origin])
    if not is_affine(affine):
        raise ImageReadError(f"{path}: position, orientation or spacing of a frame are no numbers of a grid")
    return affine


def _by_pixel(frames: list[NDArray], path: Path, *, shape: tuple[int, ...]) -> NDArray:
    if shape[0] != 1 or len(frames) != 1 or frames[0].shape != shape[1:]:
        raise ImageReadError(
            f"{path}: {len(frames)} frames of {frames[0].shape} pixels without a position, but like has shape "
            f"{shape}; give the 2-D image on which it was drawn as like"
        )
    return frames[0][None]


def _region(
    size: tuple[int, ...], own: NDArray, path: Path, *, affine: NDArray, shape: tuple[int, ...]
) -> tuple[slice, ...]:
    exact = np.linalg.solve(affine, own)
    start = np.rint(exact[:3, 3])
    shifted = np.eye(4)
    shifted[:3, 3] = start
    if displacement(exact, shifted, size) > FRAME_TOLERANCE:
        raise ImageReadError(
            f"{path}: a frame lies up to {displacement(own, affine @ shifted, size):.3g} mm away from the voxels "
            "of like; give the images on which it was drawn as like, or pass resample=True for nearest neighbours"
        )
    if (start < 0).any() or (start + size > shape).any():
        raise ImageReadError(
            f"{path}: a frame of shape {size} begins at voxel {start.astype(int).tolist()} of like, whose shape "
            f"is {shape}; give the images on which it was drawn as like, or pass resample=True to cut it off"
        )
    return tuple(slice(int(low), int(low) + length) for low, length in zip(start, size, strict=True))


def _volume(frames: list[tuple[NDArray, NDArray]], path: Path) -> tuple[NDArray, NDArray]:
    affine = frames[0][1].copy()
    if not all(np.allclose(own[:3, 1:3], affine[:3, 1:3], atol=1e-4) for _, own in frames):
        raise ImageReadError(f"{path}: its frames differ in orientation or spacing; resample them one by one")
    declared = float(np.linalg.norm(affine[:3, 0]))
    normal = affine[:3, 0] / declared
    places = np.array([own[:3, 3] @ normal for _, own in frames])
    steps = np.diff(np.unique(np.round(places, 3)))
    indices = None
    for between in (declared, *np.sort(steps)[:1]):
        exact = (places - places.min()) / between
        if np.abs(exact - np.rint(exact)).max() <= FRAME_TOLERANCE:
            indices = np.rint(exact).astype(int)
            break
    if indices is None or indices.max() > GREATEST_SLICES:
        raise ImageReadError(
            f"{path}: its frames are not evenly spaced slices of a volume; it cannot be resampled"
        )
    volume = np.zeros((indices.max() + 1, *frames[0][0].shape), dtype=bool)
    for index, (pixels, _) in zip(indices, frames, strict=True):
        volume[index] |= pixels
    affine[:3, 0] = normal * between
    affine[:3, 3] = frames[int(places.argmin())][1][:3, 3]
    return volume, affine
