"""Drawing anatomy: outlines and strokes in millimetres become the fraction of each pixel that they cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

#: Sub-pixels along each side of a pixel, so that edges have partial volume as in a scanner.
OVERSAMPLING = 4
#: OpenCV takes coordinates in units of 2**-SHIFT sub-pixels.
SHIFT = 4
FULL = 255


@dataclass(frozen=True)
class Canvas:
    """A square of pixels laid over the patient.

    Points are (x, y) in millimetres from the centre, x to the picture's right, y down.

    Parameters
    ----------
    size : int
        Pixels along each side.
    width : float
        Millimetres along each side.
    rotation : float, optional
        Degrees by which the patient lies turned.
    shift : tuple of float, optional
        Millimetres in x and y by which the patient lies off centre.

    Examples
    --------
    >>> square = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    >>> Canvas(4, 4.0).fill(square)[1:3, 1:3].tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """

    size: int
    width: float
    rotation: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)

    @property
    def spacing(self) -> float:
        """Millimetres from one pixel to the next."""
        return self.width / self.size

    def fill(self, *outlines: Iterable) -> NDArray[np.float32]:
        """Return the fraction of each pixel inside at least one outline."""
        fine = self._fine()
        for outline in outlines:
            # One polygon at a time: OpenCV fills several at once by the even-odd rule.
            cv2.fillPoly(fine, [self._place(outline)], FULL, shift=SHIFT)
        return self._shrink(fine)

    def stroke(self, lines: Iterable[tuple[Iterable, float]]) -> NDArray[np.float32]:
        """Return the fraction of each pixel under open lines, each given with its width in millimetres."""
        fine = self._fine()
        for points, width in lines:
            thickness = max(1, round(width / self.spacing * OVERSAMPLING))
            cv2.polylines(fine, [self._place(points)], False, FULL, thickness, cv2.LINE_8, SHIFT)
        return self._shrink(fine)

    def positions(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return x and y of each pixel's centre in the patient's own millimetres."""
        line = ((np.arange(self.size) + 0.5) * self.spacing - self.width / 2).astype(np.float32)
        x, y = np.meshgrid(line - np.float32(self.shift[0]), line - np.float32(self.shift[1]))
        cos, sin = (np.float32(f(np.deg2rad(self.rotation))) for f in (np.cos, np.sin))
        return cos * x + sin * y, cos * y - sin * x

    def _fine(self) -> NDArray[np.uint8]:
        return np.zeros((self.size * OVERSAMPLING,) * 2, np.uint8)

    def _shrink(self, fine: NDArray[np.uint8]) -> NDArray[np.float32]:
        coarse = cv2.resize(fine, (self.size, self.size), interpolation=cv2.INTER_AREA)
        return coarse.astype(np.float32) / np.float32(FULL)

    def _place(self, points: Iterable) -> NDArray[np.int32]:
        return np.rint(np.asarray(points, dtype=float) @ self._turn + self._origin).astype(np.int32)

    @cached_property
    def _turn(self) -> NDArray[np.float64]:
        cos, sin = np.cos(np.deg2rad(self.rotation)), np.sin(np.deg2rad(self.rotation))
        return np.array([[cos, sin], [-sin, cos]]) * (OVERSAMPLING * 2**SHIFT / self.spacing)

    @cached_property
    def _origin(self) -> NDArray[np.float64]:
        middle = np.array(self.shift) / self.spacing + self.size / 2
        return (middle * OVERSAMPLING - 0.5) * 2**SHIFT


def outline(
    centre: Sequence[float] | NDArray,
    radii: Sequence[float] | NDArray,
    *,
    angle: float = 0.0,
    squareness: float = 2.0,
    wobble: float = 0.0,
    harmonics: int = 5,
    rng: np.random.Generator | None = None,
    points: int = 72,
) -> NDArray[np.float64]:
    """Return a closed outline: an ellipse, a rounded rectangle, or either with an irregular edge.

    Parameters
    ----------
    centre, radii : sequence of 2 float
        Millimetres in x and y.
    angle : float, optional
        Degrees by which it is turned.
    squareness : float, optional
        Exponent of the superellipse: 2 is an ellipse, more is squarer.
    wobble : float, optional
        Standard deviation of the radius as a fraction of it.
    harmonics : int, optional
        How many bumps at most; each is weaker than the one before.
    rng : numpy.random.Generator, optional
        Draws the wobble.
    points : int, optional
        Corners of the polygon.

    Returns
    -------
    (points, 2) ndarray
        Corners as (x, y).

    Examples
    --------
    >>> outline((0, 0), (2, 1), points=4).round(6).tolist()
    [[2.0, 0.0], [0.0, 1.0], [-2.0, 0.0], [-0.0, -1.0]]
    """
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    shape = (np.abs(np.cos(turn)) ** squareness + np.abs(np.sin(turn)) ** squareness) ** (-1 / squareness)
    if wobble and rng is not None:
        order = np.arange(2, harmonics + 2)
        strength = rng.normal(0, 1, (2, harmonics)) / order * 2
        waves = strength[0] @ np.cos(np.outer(order, turn)) + strength[1] @ np.sin(np.outer(order, turn))
        shape = shape * np.clip(1 + wobble * waves, 0.4, 1.8)
    x, y = radii[0] * shape * np.cos(turn), radii[1] * shape * np.sin(turn)
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.stack([centre[0] + cos * x - sin * y, centre[1] + sin * x + cos * y], axis=-1)


def wander(
    start: Sequence[float] | NDArray,
    heading: float,
    length: float,
    rng: np.random.Generator,
    *,
    bend: float = 12.0,
    steps: int = 8,
) -> NDArray[np.float64]:
    """Return a line that wanders: each of its steps turns a little from the one before.

    Parameters
    ----------
    start : sequence of 2 float
        Millimetres.
    heading : float
        Degrees; 0 is to the right, 90 down.
    length : float
        Millimetres.
    rng : numpy.random.Generator
        Draws the turns.
    bend : float, optional
        Standard deviation of each turn in degrees.
    steps : int, optional
        How many.

    Returns
    -------
    (steps + 1, 2) ndarray
        Points as (x, y).

    Examples
    --------
    >>> wander((0, 0), 0, 8, np.random.default_rng(0), bend=0, steps=2).round(6).tolist()
    [[0.0, 0.0], [4.0, 0.0], [8.0, 0.0]]
    """
    directions = np.deg2rad(heading + np.cumsum(rng.normal(0, bend, steps)))
    line = np.empty((steps + 1, 2))
    line[0] = start
    line[1:, 0] = start[0] + np.cumsum(np.cos(directions)) * (length / steps)
    line[1:, 1] = start[1] + np.cumsum(np.sin(directions)) * (length / steps)
    return line


def tree(
    start: Sequence[float] | NDArray,
    heading: float,
    length: float,
    width: float,
    rng: np.random.Generator,
    *,
    spread: float = 32.0,
    taper: float = 0.7,
    generations: int = 4,
) -> list[tuple[NDArray[np.float64], float]]:
    """Return the branches of a vessel that forks, each thinner and shorter than its parent.

    Parameters
    ----------
    start : sequence of 2 float
        Millimetres.
    heading, spread : float
        Direction of the stem, and about half the angle between two branches, in degrees.
    length, width : float
        Of the stem, in millimetres.
    rng : numpy.random.Generator
        Draws the branches.
    taper : float, optional
        Width of a branch as a fraction of its parent's.
    generations : int, optional
        Forks from stem to tip, and one.

    Returns
    -------
    list of (points, width)
        For `Canvas.stroke`.

    Examples
    --------
    >>> len(tree((0, 0), 0, 10, 2, np.random.default_rng(0), generations=3))
    7
    """
    stem = wander(start, heading, length, rng, steps=4)
    branches = [(stem, width)]
    if generations > 1:
        for side in (-1, 1):
            turn = heading + side * spread * rng.uniform(0.4, 1.3)
            branches += tree(
                stem[-1],
                turn,
                length * rng.uniform(0.6, 0.95),
                width * taper,
                rng,
                spread=spread,
                taper=taper,
                generations=generations - 1,
            )
    return branches


def texture(size: int, spacing: float, rng: np.random.Generator, *, slope: float, coarsest: float) -> NDArray:
    """Return a random field whose amplitude falls with frequency, as in tissue; mean 0, standard deviation 1.

    Parameters
    ----------
    size : int
        Pixels along each side.
    spacing : float
        Millimetres.
    rng : numpy.random.Generator
        Draws the phases, coarse ones first, so that the field is the same at any `size`.
    slope : float
        The amplitude is ``frequency**-slope`` beyond the coarsest frequency.
    coarsest : float
        Millimetres of the longest wave.

    Returns
    -------
    (size, size) ndarray of float32
        The field.

    References
    ----------
    Burgess AE, Jacobson FL, Judy PF. Human observer detection experiments with mammograms and power-law noise.
    Medical Physics 28 (2001) 419-437.

    Examples
    --------
    >>> texture(64, 1.0, np.random.default_rng(0), slope=1.5, coarsest=40).std().round(3)
    np.float32(1.0)
    """
    waves = 64
    seedlings = rng.normal(size=(waves, waves, 2)).astype(np.float32)
    order = np.fft.fftfreq(waves, 1 / waves).astype(np.float32)
    frequency = np.hypot(*np.meshgrid(order, order)) / np.float32(size * spacing)
    amplitude = np.where(frequency > 0, np.maximum(frequency, 1 / coarsest), np.inf) ** -slope
    small = np.fft.fftshift((seedlings[..., 0] + 1j * seedlings[..., 1]) * amplitude)
    spectrum = np.zeros((size, size), np.complex64)
    room = min(size, waves)
    into, out = (size - room) // 2, (waves - room) // 2
    spectrum[into : into + room, into : into + room] = small[out : out + room, out : out + room]
    field = np.fft.ifft2(np.fft.ifftshift(spectrum)).real
    return ((field - field.mean()) / field.std()).astype(np.float32)
