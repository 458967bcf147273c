"""Scene: what lies before the scanner, without noise, and where the lesion is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Scene:
    """A noise-free picture of one patient.

    Parameters
    ----------
    values : (N, N) ndarray
        HU for CT, line integrals of the attenuation for radiographs.
    lesion : (N, N) ndarray
        Fraction of each pixel that the lesion covers; all zero where there is none.
    spacing : float
        Millimetres from one pixel to the next.
    """

    values: NDArray[np.float32]
    lesion: NDArray[np.float32]
    spacing: float


def paint(values: NDArray, fraction: NDArray, value: float | NDArray) -> None:
    """Replace, in place, the covered fraction of each pixel by a value.

    Examples
    --------
    >>> slice_ = np.array([0.0, 100.0])
    >>> paint(slice_, np.array([1.0, 0.5]), 50.0)
    >>> slice_
    array([50., 75.])
    """
    values += fraction * (value - values)
