"""Reading a cell of a cohort's table for one case, with errors that name the case and no folder above the study."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.images import Image, ImageReadError

from .caching import NoCache
from .errors import CohortError
from .locations import is_given, open_location


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
            The image cell of the same row, for masks that are contours and need its grid.

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
            return self.cache.get(cell, lambda: self._open(cell, image)).replace(name=str(case))
        except ImageReadError as error:
            raise ImageReadError(self.relative(str(error))) from error

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
        return message if self.root is None else message.replace(f"{self.root}/", "").replace(f"{self.root}: ", "")

    def _open(self, cell: Any, image: Any) -> Image:
        open_like = getattr(cell, "open_like", None)
        return open_location(cell) if open_like is None else open_like(self.cache.get(image, lambda: open_location(image)))
