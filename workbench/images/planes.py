"""Frames in space: their affines, their order along the normal, the affine of their stack."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ImageReadError
from .frames import CONTRASTS, Frame

# Slices of one series may differ by this much of their spacing: scanners round positions to 0.01 mm.
SPACING_TOLERANCE = 0.02
# Nearer than this, in mm, two frames are at one position.
SAME_PLACE = 1e-3
# Below this, in degrees, rounded positions look like a tilt.
SMALLEST_TILT = 0.5


@dataclass(frozen=True)
class Arrangement:
    """Where frames belong in a volume.

    Parameters
    ----------
    order : ndarray of int
        Indices of frames: (slices,), or (slices, channels) where several are at each position.
    affine : (4, 4) ndarray or None
        From (slice, row, column) indices to LPS millimetres; ``None`` where unknown.
    problems : tuple of str
        What a reader must know before measuring.
    channels : str
        What tells the channels apart, with its values; empty where there are none.
    """

    order: NDArray
    affine: NDArray | None
    problems: tuple[str, ...] = ()
    channels: str = ""


def in_plane_spacing(frame: Frame) -> tuple[float, float] | None:
    """Return a frame's millimetres between rows and between columns.

    Parameters
    ----------
    frame : Frame
        Any.

    Returns
    -------
    tuple of 2 float or None
        ``None`` where it states none.

    Raises
    ------
    ImageReadError
        If they are not two positive lengths.

    Examples
    --------
    >>> from pathlib import Path
    >>> in_plane_spacing(Frame(Path("a.dcm"), 0, 1, (4, 5), {"PixelSpacing": [0.5, 0.25]}))
    (0.5, 0.25)
    """
    found: Any = frame.facts.get("PixelSpacing") or frame.facts.get("ImagerPixelSpacing")
    if not found:
        return None
    spacing = np.array(found, dtype=float)
    if spacing.shape != (2,) or not (np.isfinite(spacing) & (spacing > 0)).all():
        raise ImageReadError(f"{frame}: pixel spacing must be two positive lengths, received {found}")
    return float(spacing[0]), float(spacing[1])


def plane_affine(frame: Frame) -> NDArray | None:
    """Return a frame's affine, whose slice direction is the normal.

    Parameters
    ----------
    frame : Frame
        Any.

    Returns
    -------
    (4, 4) ndarray or None
        From (slice, row, column) indices to LPS millimetres; ``None`` without position, orientation or spacing.

    Raises
    ------
    ImageReadError
        If the orientation is not two perpendicular directions, or the position is not a point.

    Examples
    --------
    >>> from pathlib import Path
    >>> facts = {"PixelSpacing": [0.5, 0.25], "ImagePositionPatient": [1.0, 2.0, 3.0], "SliceThickness": 2.0}
    >>> facts["ImageOrientationPatient"] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    >>> plane_affine(Frame(Path("a.dcm"), 0, 1, (4, 5), facts)) @ (1, 2, 4, 1)
    array([2., 3., 5., 1.])
    """
    spacing = in_plane_spacing(frame)
    position, orientation = (frame.facts.get(f"Image{name}Patient") for name in ("Position", "Orientation"))
    if spacing is None or not position or not orientation:
        return None
    cosines, place = np.array(orientation, dtype=float), np.array(position, dtype=float)
    if place.shape != (3,) or not np.isfinite(place).all():
        raise ImageReadError(f"{frame}: position must be three finite numbers, received {position}")
    if cosines.shape != (6,) or not np.allclose(
        cosines.reshape(2, 3) @ cosines.reshape(2, 3).T, np.eye(2), atol=1e-3
    ):
        raise ImageReadError(
            f"{frame}: orientation must be two perpendicular directions of length 1, received {orientation}"
        )
    along_row, along_column = cosines.reshape(2, 3)
    between = abs(float(frame.facts.get("SpacingBetweenSlices") or frame.facts.get("SliceThickness") or 1))
    affine = np.eye(4)
    affine[:3, 0] = np.cross(along_row, along_column) * (between if np.isfinite(between) and between else 1.0)
    affine[:3, 1] = along_column * spacing[0]
    affine[:3, 2] = along_row * spacing[1]
    affine[:3, 3] = place
    return affine


def arrange(frames: list[Frame]) -> Arrangement:
    """Put frames in order along their normal and find the affine of the volume.

    Parameters
    ----------
    frames : list of Frame
        Of one series or one object.

    Returns
    -------
    Arrangement
        Frames without positions stay in their order, without affine. So do the positions of uneven slices, which
        no affine can state; a problem says which they are. A tilted gantry shears the affine.

    Raises
    ------
    ImageReadError
        If frames differ in size, spacing or orientation, only some have a position, or some positions hold more
        frames than others or frames that nothing tells apart.
    """
    located = [plane_affine(frame) for frame in frames]
    for frame in frames:
        if frame.size != frames[0].size:
            raise ImageReadError(f"{frame}: its size, spacing or orientation differs from the first of the series")
    if all(affine is None for affine in located):
        return Arrangement(np.arange(len(frames)), None)
    affines = []
    for frame, affine in zip(frames, located, strict=True):
        if affine is None:
            raise ImageReadError(
                f"{frame}: no position, orientation or spacing; its place in the series is unknown"
            )
        affines.append(affine)
    in_plane = affines[0][:3, 1:3]
    for frame, affine in zip(frames, affines, strict=True):
        if not np.allclose(affine[:3, 1:3], in_plane, atol=1e-3 * np.abs(in_plane).max()):
            raise ImageReadError(f"{frame}: its size, spacing or orientation differs from the first of the series")
    normal = np.cross(in_plane[:, 1], in_plane[:, 0])
    normal /= np.linalg.norm(normal)
    depths = np.array([affine[:3, 3] @ normal for affine in affines])
    order, channels = _order(frames, depths)
    first = order if order.ndim == 1 else order[:, 0]
    volume_affine, problems = _stacked([affines[index] for index in first], [frames[index] for index in first])
    return Arrangement(order, volume_affine, tuple(problems), channels)


def _order(frames: list[Frame], depths: NDArray) -> tuple[NDArray, str]:
    order = np.argsort(depths, kind="stable")
    starts = np.flatnonzero(np.diff(depths[order], prepend=-np.inf) > SAME_PLACE)
    counts = np.diff(np.append(starts, len(order)))
    if (counts == 1).all():
        return order, ""
    crowded = order[starts[np.argmax(counts > 1)] :][:2]
    pair = " and ".join(_names([frames[index] for index in crowded]))
    if (counts != counts[0]).any():
        raise ImageReadError(f"{frames[crowded[0]].path.parent}: {pair} are at the same position; remove one")
    groups = order.reshape(-1, counts[0])
    for keyword in CONTRASTS:
        values = [[str(frames[index].facts.get(keyword, "")) for index in group] for group in groups]
        if len(set(values[0])) == counts[0] and all(set(row) == set(values[0]) for row in values):
            ordered = sorted(values[0], key=_numerically)
            columns = [[row.index(value) for value in ordered] for row in values]
            return np.take_along_axis(groups, np.array(columns), axis=1), f"{keyword} {', '.join(ordered)}"
    raise ImageReadError(f"{frames[crowded[0]].path.parent}: {pair} are at the same position; remove one")


def _names(frames: list[Frame]) -> list[str]:
    names = [frame.name for frame in frames]
    return names if len(set(names)) == len(names) else [f"{f.path.parent.name}/{f.name}" for f in frames]


def _numerically(text: str) -> tuple[float, str]:
    try:
        return float(text), text
    except ValueError:
        return np.inf, text


def _stacked(affines: list[NDArray], frames: list[Frame]) -> tuple[NDArray | None, list[str]]:
    if len(affines) == 1:
        return affines[0], []
    places = np.array([affine[:3, 3] for affine in affines])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    usual = float(np.median(steps))
    uneven = np.flatnonzero(np.abs(steps - usual) > SPACING_TOLERANCE * usual)
    if len(uneven):
        gaps = [
            f"{' and '.join(_names(frames[index : index + 2]))} are {steps[index]:.3g} mm apart"
            for index in uneven[:3]
        ]
        more = f" (and {len(uneven) - 3} more)" if len(uneven) > 3 else ""
        return None, [
            f"uneven slices: usually {usual:.3g} mm apart, but {', '.join(gaps)}{more}; is a slice missing? "
            "They are in order, but no affine can say where they are"
        ]
    affine = affines[0].copy()
    affine[:3, 0] = (places[-1] - places[0]) / (len(places) - 1)
    normal = affines[0][:3, 0] / np.linalg.norm(affines[0][:3, 0])
    cosine = np.clip(affine[:3, 0] @ normal / np.linalg.norm(affine[:3, 0]), -1, 1)
    tilt = float(np.degrees(np.arccos(cosine)))
    if tilt < SMALLEST_TILT:
        return affine, []
    return affine, [
        f"tilted gantry: slices are shifted by {tilt:.1f} degrees; the affine is sheared and exact, "
        "but the axes are not perpendicular"
    ]
