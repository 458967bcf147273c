"""Where the image of a case lies: what a cell of a cohort's table may hold, and how it is read."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from workbench import samples
from workbench.images import Image, ImageReadError, read
from workbench.images.series import read_series

SAMPLE_PREFIX = "sample:"


@runtime_checkable
class Location(Protocol):
    """Anything that opens as an image: a cell of a cohort's table may hold it in place of a path."""

    def open(self) -> Image:
        """Read the image."""


@dataclass(frozen=True)
class ArrayItem:
    """One image of an array of images in an ``.npz`` file.

    Parameters
    ----------
    path : str
        The file.
    array : str
        Name of the array, images along its first axis.
    index : int
        Which image.
    channel_axis : int, optional
        Of the image.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "set.npz"
    >>> np.savez(path, images=np.arange(8).reshape(2, 2, 2))
    >>> ArrayItem(str(path), "images", 1).open().pixels
    array([[4, 5],
           [6, 7]])
    """

    path: str
    array: str
    index: int
    channel_axis: int | None = None

    def open(self) -> Image:
        """Read the image; the array stays at hand for the next one.

        Returns
        -------
        Image
            Its pixels.

        Raises
        ------
        ImageReadError
            If the file or the array cannot be read, or is too short.
        """
        try:
            stat = Path(self.path).stat()
            stack = array_of(self.path, self.array, stat.st_mtime_ns, stat.st_size)
            return Image(stack[self.index], channel_axis=self.channel_axis)
        except (OSError, ValueError, TypeError, KeyError, IndexError, zipfile.BadZipFile) as error:
            raise ImageReadError(f"{self.path}: no image {self} ({error}); copy the file again") from error

    def __str__(self) -> str:
        return f"{Path(self.path).name}:{self.array}[{self.index}]"


@dataclass(frozen=True)
class Series:
    """The files of one DICOM series.

    Parameters
    ----------
    paths : tuple of str
        Its files, which are not shown: their names may identify a patient.
    name : str
        Its pseudonym.
    """

    paths: tuple[str, ...] = field(repr=False)
    name: str

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
        if len(self.paths) == 1:
            return read(self.paths[0])
        return read_series([Path(path) for path in self.paths])

    def __str__(self) -> str:
        return self.name


# An array of each split is at hand. Time and size are in the key, so that a changed file is read anew.
@lru_cache(maxsize=6)
def array_of(path: str, name: str, modified: int, size: int) -> NDArray:
    """Open one array of an ``.npz`` file: mapped from disk if it is stored as it is, unpacked if compressed.

    Parameters
    ----------
    path : str
        The file.
    name : str
        Of the array.
    modified, size : int
        Of the file; another value reads it anew.

    Returns
    -------
    ndarray
        Read-only.

    Raises
    ------
    KeyError
        If there is no such array.
    ValueError
        If it is no array of numbers.
    """
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(f"{name}.npy")
        with archive.open(member) as stream:
            version = np.lib.format.read_magic(stream)
            reader = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
            shape, fortran, dtype = reader[version](stream)
            header = stream.tell()
            if dtype.hasobject:
                raise ValueError(f"array {name!r} holds Python objects, not numbers")
            if member.compress_type != zipfile.ZIP_STORED:
                stream.seek(0)
                array = np.lib.format.read_array(stream, allow_pickle=False)
                array.flags.writeable = False
                return array
    offset = _content_start(path, member) + header
    return np.memmap(path, dtype, "r", offset, shape, order="F" if fortran else "C")


def _content_start(path: str, member: zipfile.ZipInfo) -> int:
    with Path(path).open("rb") as file:
        file.seek(member.header_offset + 26)
        lengths = np.frombuffer(file.read(4), "<u2")
    return member.header_offset + 30 + int(lengths.sum())


def open_location(cell: Any) -> Image:
    """Read the image that a cell of a cohort's table names.

    Parameters
    ----------
    cell : str, Path, Image, or Location
        A path, ``"sample:"`` and a sample's name, an image itself, or what opens as one.

    Returns
    -------
    Image
        As it is.

    Raises
    ------
    ImageReadError
        If it cannot be read.

    Examples
    --------
    >>> open_location("sample:head_ct").modality
    'CT'
    """
    if isinstance(cell, Image):
        return cell
    if isinstance(cell, Location) and not isinstance(cell, Path):
        return cell.open()
    return read(cell) if is_path(cell) else samples.resolve(cell)


def is_given(cell: Any) -> bool:
    """Tell whether a cell of a cohort's table names an image.

    Parameters
    ----------
    cell : object
        What the table holds.

    Returns
    -------
    bool
        False for empty text, None and NaN.

    Examples
    --------
    >>> is_given(""), is_given(float("nan")), is_given("a.png")
    (False, False, True)
    """
    return bool(str(cell)) if isinstance(cell, str | Path) else isinstance(cell, Image | Location)


def is_path(cell: Any) -> bool:
    """Tell whether a cell of a cohort's table is the path of a file or folder.

    Parameters
    ----------
    cell : object
        What the table holds.

    Returns
    -------
    bool
        False for ``"sample:"`` and the like, and for what is no text.

    Examples
    --------
    >>> is_path("sample:head_ct"), is_path("a.png")
    (False, True)
    """
    return isinstance(cell, Path) or (isinstance(cell, str) and not cell.startswith(samples.PREFIXES))


def files_of(cell: Any) -> list[Path]:
    """List the files that a cell of a cohort's table names.

    Parameters
    ----------
    cell : object
        What the table holds.

    Returns
    -------
    list of Path
        Those that exist; of a folder, the files in it.

    Examples
    --------
    >>> files_of("sample:head_ct")
    []
    """
    if isinstance(cell, Image) or not is_given(cell):
        return []
    named = getattr(cell, "paths", None) or [getattr(cell, "path", cell)]
    paths = [Path(path) for path in named if is_path(path)]
    inside = [sorted(path.iterdir()) if path.is_dir() else [path] for path in paths if path.exists()]
    return [path for found in inside for path in found if path.is_file()]


def identity(cell: Any) -> str:
    """Return a text that changes when what a cell names is changed on disk.

    Parameters
    ----------
    cell : str, Path, Location or Image
        What the table holds.

    Returns
    -------
    str
        The location, with times and sizes of its files; of an Image, a digest.

    Examples
    --------
    >>> identity("sample:head_ct")
    'sample:head_ct'
    """
    if isinstance(cell, Image):
        return hashlib.sha256(f"{cell!r}{cell.affine}".encode() + cell.pixels.tobytes()).hexdigest()
    stamps = [f"{path}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path in files_of(cell)]
    return "|".join([repr(cell) if isinstance(cell, Location) else str(cell), *stamps])
