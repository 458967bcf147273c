"""Texts for images that are a part of something: one of a file of arrays, one series of a folder.

A cell of a table holds ``set.npz::train_images[5]`` or ``folder::1.2.840.99.7`` (its SeriesInstanceUID).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from workbench.images import Image, read

from .locations import ArrayItem, Location, Series

BETWEEN = "::"
ITEM = re.compile(
    r"(?P<path>.+\.npz)::(?P<array>\w+)\[(?P<index>\d+)(, channel_axis=(?P<axis>\d))?\]", re.IGNORECASE
)
SERIES = re.compile(r"(?P<path>.+)::(?P<uid>[\d.]+)")


@dataclass(frozen=True)
class FolderSeries:
    """One DICOM series of a folder that holds several.

    Parameters
    ----------
    path : str
        The folder, which is not shown: its name may identify a patient.
    uid : str
        SeriesInstanceUID, likewise.
    """

    path: str = field(repr=False)
    uid: str = field(repr=False)

    def open(self) -> Image:
        """Read the series.

        Returns
        -------
        Image
            A slice or a volume.

        Raises
        ------
        ImageReadError
            If it cannot be read.
        """
        return read(self.path, series=self.uid)


def from_text(text: str) -> str | Location:
    """Understand the cell of a table.

    Parameters
    ----------
    text : str
        A path, or one of the texts above.

    Returns
    -------
    str or Location
        What opens as the image; a path stays as it is.

    Examples
    --------
    >>> from_text("set.npz::train_images[5]")
    ArrayItem(path='set.npz', array='train_images', index=5, channel_axis=None)
    >>> from_text("scan.nii.gz")
    'scan.nii.gz'
    """
    if found := ITEM.fullmatch(text):
        axis = None if found["axis"] is None else int(found["axis"])
        return ArrayItem(found["path"], found["array"], int(found["index"]), axis)
    if found := SERIES.fullmatch(text):
        return FolderSeries(found["path"], found["uid"])
    return text


def to_text(cell: object) -> str | None:
    """Write the cell of a table, with the path as it is.

    Parameters
    ----------
    cell : str, Path, or Location
        What the table of a cohort holds.

    Returns
    -------
    str or None
        For `from_text`; None for what no text can say.

    Examples
    --------
    >>> to_text(ArrayItem("set.npz", "test_images", 0, 2))
    'set.npz::test_images[0, channel_axis=2]'
    >>> to_text(3) is None
    True
    """
    if isinstance(cell, str | Path):
        return str(cell)
    if isinstance(cell, ArrayItem):
        axis = "" if cell.channel_axis is None else f", channel_axis={cell.channel_axis}"
        return f"{cell.path}{BETWEEN}{cell.array}[{cell.index}{axis}]"
    if isinstance(cell, FolderSeries):
        return f"{cell.path}{BETWEEN}{cell.uid}"
    return _of_series(cell) if isinstance(cell, Series) else None


def _of_series(cell: Series) -> str | None:
    import pydicom

    paths = [Path(path) for path in cell.paths]
    if len(paths) == 1:
        return str(paths[0])
    folder = paths[0].parent
    if any(path.parent != folder for path in paths):
        return None
    header = pydicom.dcmread(paths[0], stop_before_pixels=True, specific_tags=["SeriesInstanceUID"])
    return f"{folder}{BETWEEN}{header.SeriesInstanceUID}"
