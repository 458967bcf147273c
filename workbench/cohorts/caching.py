"""Keeping images at hand: in memory, or unpacked in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.images import Image, read, write

from .locations import identity

Opener = Callable[[], Image]


class NoCache:
    """Reads each image whenever it is asked for."""

    def get(self, cell: Any, opener: Opener) -> Image:
        """Return the image of a cell.

        Parameters
        ----------
        cell : object
            What the table holds.
        opener : callable
            Reads it.

        Returns
        -------
        Image
            Read anew.
        """
        return opener()


class Memory(NoCache):
    """Keeps every image that was read, in this process."""

    def __init__(self) -> None:
        self._images: dict[str, Image] = {}

    def get(self, cell: Any, opener: Opener) -> Image:
        """Return the image of a cell; see `NoCache.get`."""
        if isinstance(cell, Image):
            return cell
        key = identity(cell)
        if key not in self._images:
            self._images[key] = opener()
        return self._images[key]

    def __getstate__(self) -> dict[str, Any]:
        # Another process fills its own: sending the images there would cost more than reading them.
        return {"_images": {}}


class Folder(NoCache):
    """Keeps every image that was read as an ``.npz`` file, named by a digest of its source.

    Parameters
    ----------
    folder : Path
        Where; it holds pixels of the study, so keep it where the study is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, cell: Any, opener: Opener) -> Image:
        """Return the image of a cell; see `NoCache.get`."""
        if isinstance(cell, Image):
            return cell
        path = self.folder / f"{hashlib.sha256(identity(cell).encode()).hexdigest()[:32]}.npz"
        if path.exists():
            return read(path)
        image = opener()
        write(image, path)
        return image
