"""Reading a cell of a cohort's table, with messages that name the case and no folder above the study."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from workbench.images import Image, ImageReadError, read_mask

from .caching import NoCache
from .errors import CohortError
from .locations import is_given, is_path, open_location


@dataclass(frozen=True)
class CellReader:
    """Reads cells; it is small, so that it can be sent to another process.

    Parameters
    ----------
    root : Path, optional
        Folder of the study; messages print paths relative to it.
    cache : NoCache, optional
        Where images are kept.
    """

    root: Path | None = None
    cache: NoCache = field(default_factory=NoCache)

    def read(self, case: str, column: str, cell: Any, image: Any) -> Image:
        """Read one cell.

        Parameters
        ----------
        case : str
            Its row.
        column : str
            Its column.
        cell : object
            What the table holds.
        image : object
            The image cell of the same row, or the image: masks are put on its grid.

        Returns
        -------
        Image
            Named after the case.

        Raises
        ------
        CohortError
            If the cell is empty.
        ImageReadError
            If what it names cannot be read.
        """
        if not is_given(cell):
            raise CohortError(f"case {case!r} has no {column}; fill in that column of its table")
        try:
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                found = self.cache.get(cell, partial(self._open, column, cell, image)).replace(name=str(case))
        except ImageReadError as error:
            raise ImageReadError(self.relative(str(error))) from error
        for warning in told:
            warnings.warn(self.relative(str(warning.message)), warning.category, stacklevel=2)
        return found

    def relative(self, message: str) -> str:
        """Shorten the paths in a message.

        Parameters
        ----------
        message : str
            Any text.

        Returns
        -------
        str
            The text, without the folders above the study.
        """
        return message if self.root is None else message.replace(f"{self.root}{os.sep}", "")

    def _open(self, column: str, cell: Any, image: Any) -> Image:
        if not column.startswith("mask"):
            return open_location(cell)
        open_like = getattr(cell, "open_like", None)
        if open_like is None and not is_path(cell):
            return open_location(cell)
        like = self.cache.get(image, partial(open_location, image))
        return read_mask(cell, like=like) if open_like is None else open_like(like)
