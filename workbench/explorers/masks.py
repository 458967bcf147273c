"""Masks in the making: what a function found, and what was painted by hand over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation import dice
from workbench.images import Image, write

from .colors import LABEL_COLORS
from .slices import Slices

UNTOUCHED = -1
KEPT_STROKES = 20
BOTH, ONLY_HERE, MISSED = 1, 2, 3
AGREEING = np.array([0, ONLY_HERE, MISSED, BOTH], np.uint8)
AGREEMENT = {str(BOTH): "in both", str(ONLY_HERE): "only here", str(MISSED): "missed"}


class Mask:
    """A mask on an image's grid; strokes of the brush stay when a function finds anew.

    Parameters
    ----------
    slices : Slices
        The image, and which plane of it is shown.

    Attributes
    ----------
    found : ndarray of bool
        By functions.
    edits : ndarray of int8
        By hand: 1 inside, 0 outside, -1 untouched.
    """

    def __init__(self, slices: Slices) -> None:
        self.slices = slices
        self.found: NDArray[np.bool_] = np.zeros(slices.whole.shape, bool)
        self.edits: NDArray[np.int8] = np.full(slices.whole.shape, UNTOUCHED, np.int8)
        self._strokes: list[tuple[tuple[str, int], NDArray[np.int8]]] = []

    @property
    def whole(self) -> NDArray[np.bool_]:
        """All of it, strokes included."""
        return np.where(self.edits == UNTOUCHED, self.found, self.edits == 1)

    @property
    def plane(self) -> NDArray[np.bool_]:
        """The plane that is shown, strokes included."""
        edits = self.slices.take(self.edits)
        return np.where(edits == UNTOUCHED, self.slices.take(self.found), edits == 1)

    @property
    def painted(self) -> int:
        """How many voxels were set by hand."""
        return int((self.edits != UNTOUCHED).sum())

    def find(self, found: NDArray[np.bool_]) -> None:
        """Take what a function found in the whole image, or in the plane that is shown."""
        if found.ndim == self.found.ndim:
            self.found = found
        else:
            self.slices.take(self.found)[...] = found

    def labels(self, reference: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
        """Return the shown plane's labels; beside a reference, where both agree, and where not."""
        shown = self.plane
        if reference is None:
            return shown.astype(np.uint8)
        truth = self.slices.take(reference)
        return AGREEING[shown.view(np.uint8) + 2 * truth.view(np.uint8)]

    def paint(self, before: NDArray[np.uint8], after: NDArray[np.uint8]) -> None:
        """Keep a stroke on the shown plane: what differs is inside where its label is 1 now."""
        edits = self.slices.take(self.edits)
        self._strokes = [*self._strokes[1 - KEPT_STROKES :], (self.slices.place, edits.copy())]
        changed = after != before
        edits[changed] = after[changed] == 1

    def undo(self) -> bool:
        """Take the last stroke back if it was on the shown plane, and say whether it was."""
        if not self._strokes or self._strokes[-1][0] != self.slices.place:
            return False
        self.slices.take(self.edits)[...] = self._strokes.pop()[1]
        return True

    def save(self, path: str | Path) -> Path:
        """Write it, strokes included, with the image's geometry; see `images.write`."""
        image = self.slices.whole
        return write(Image(self.whole, affine=image.affine, spacing=image.spacing, name=image.name), path)

    def numbers(self, reference: NDArray[np.bool_] | None) -> Iterator[str]:
        """Say how large it is, and how far it agrees with a reference."""
        mask, image = self.whole, self.slices.whole
        count = int(mask.sum())
        yield f"{count:,} voxels"
        if image.spacing is not None:
            size = count * float(np.prod(image.spacing))
            yield f"{size / 1000:,.1f} ml" if image.ndim == 3 else f"{size / 100:,.2f} cm\N{SUPERSCRIPT TWO}"
        if reference is not None:
            yield f"Dice <b>{overlap(mask, reference)}</b>" + " of the volume" * self.slices.is_volume
        if reference is not None and self.slices.is_volume:
            yield f"Dice <b>{overlap(self.plane, self.slices.take(reference))}</b> of this slice"
        if self.painted:
            yield f"{self.painted:,} voxels set by hand, which the line of code does not know"


def overlap(mask: NDArray, reference: NDArray) -> str:
    """Write the Dice coefficient of two masks.

    Parameters
    ----------
    mask, reference : ndarray of bool
        Of one shape.

    Returns
    -------
    str

    Examples
    --------
    >>> overlap(np.array([True, True]), np.array([True, False]))
    '0.667'
    """
    if not mask.any() and not reference.any():
        return "not defined, both are empty"
    return f"{dice(mask, reference):.3f}"


def agreement_legend() -> str:
    """Return the colours of agreement with a reference, in HTML.

    Returns
    -------
    str

    Examples
    --------
    >>> "missed" in agreement_legend()
    True
    """
    swatch = "display:inline-block;width:12px;height:12px;margin:0 5px 0 12px;vertical-align:-1px"
    return "".join(
        f"<span aria-hidden='true' style='{swatch};background:{LABEL_COLORS[int(label) - 1]}'></span>{name}"
        for label, name in AGREEMENT.items()
    )
