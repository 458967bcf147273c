"""Descending: a descent taken step by step, forwards and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workbench.segmentation import Descent

from .curves import curves


class Descending:
    """What a descent has reached so far.

    Parameters
    ----------
    states : callable
        Without arguments; gives the start and each step, as `segmentation.chan_vese_steps`.

    Examples
    --------
    >>> from workbench.segmentation import chan_vese_steps
    >>> image = np.zeros((9, 9))
    >>> image[2:7, 2:7] = 100.0
    >>> descending = Descending(lambda: chan_vese_steps(image))
    >>> descending.at(3).mask.sum(), len(descending.energies)
    (np.int64(25), 4)
    """

    def __init__(self, states: Callable[[], Iterator[Descent]]) -> None:
        self._states = states()
        self._masks: list[tuple[Any, tuple[int, ...]]] = []
        self.energies = np.empty(0)
        self.converged = False

    def at(self, step: int) -> Descent:
        """Return what is reached at a step, or where it has converged before."""
        while len(self._masks) <= step and not self.converged:
            found = next(self._states)
            if len(found.energies) > len(self._masks):
                # One bit for each voxel, so that a hundred steps back cost little.
                self._masks.append((np.packbits(found.mask), found.mask.shape))
            self.energies, self.converged = found.energies, found.converged
        step = min(step, len(self._masks) - 1)
        bits, shape = self._masks[step]
        mask = np.unpackbits(bits, count=int(np.prod(shape))).reshape(shape).astype(bool)
        return Descent(mask, self.energies[: step + 1], self.converged and step == self.last)

    @property
    def last(self) -> int:
        """The last step taken."""
        return len(self._masks) - 1

    def curve(self, step: int) -> str:
        """Draw its energy, and where it stands."""
        step = min(step, self.last)
        energy = self.energies[step]
        return curves(
            {"energy": (np.arange(len(self.energies)), self.energies)},
            across="step",
            up="energy for each voxel",
            height=150,
            mark=(step, energy),
            title=f"Energy of the descent: {energy:.4f} at step {step}.",
        )
