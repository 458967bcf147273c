"""Saving a mask from a notebook cell: where to, and what came of it."""

from __future__ import annotations

import html

import ipywidgets

from workbench.images import Image

from . import controls
from .masks import Mask


class Saving:
    """The name of a file, a button, and what it did.

    Parameters
    ----------
    drawn : Mask
        What is saved.
    image : Image
        Of which it is the mask; the name of the file comes from it.

    Attributes
    ----------
    path : ipywidgets.Text
        The file.
    said : ipywidgets.HTML
        That it was saved, or why not.
    """

    def __init__(self, drawn: Mask, image: Image) -> None:
        self.drawn, self.said = drawn, ipywidgets.HTML()
        volume_ending = ".npz" if image.spacing is None else ".nii.gz"
        ending = ".png" if image.ndim == 2 else volume_ending
        self.path = ipywidgets.Text(
            f"{image.name or 'image'}_mask{ending}", description="file", style=controls.DESCRIBED,
            layout=ipywidgets.Layout(width="320px"),
        )  # fmt: skip
        self.row = controls.row(self.path, controls.button("Save mask", self.save), self.said)

    def save(self) -> None:
        """Write the mask to the file that is named, whole or not at all, and say so."""
        try:
            written = self.drawn.save(self.path.value)
        except (OSError, ValueError) as error:
            self.said.value = f"<span role='alert'>not saved: {html.escape(str(error))}</span>"
        else:
            told = f"saved {html.escape(written.name)}: {self.drawn.whole.sum():,} voxels"
            self.said.value = f"<span role='status'>{told}</span>"
