"""DICOM files in folders: finding and loading them without a word about their content."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.images.silence import quiet, unlogged

if TYPE_CHECKING:
    from pydicom import Dataset


class PrivacyError(ValueError):
    """A study cannot be de-identified, or something written holds identifiers; the message says what to do."""


@contextmanager
def silently() -> Iterator[None]:
    """Keep what is said about values of elements, which may quote them, from the screen and the logs.

    Yields
    ------
    None
        While the block runs.
    """
    with quiet(), unlogged("pydicom"):
        yield


def files_of(source: Path) -> list[Path]:
    """List the files of a folder and its subfolders, or a file itself.

    Parameters
    ----------
    source : Path
        Links to folders are not followed.

    Returns
    -------
    list of Path
        In order of their names.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise FileNotFoundError("no such file or folder; name the study's folder")
    return sorted(Path(folder) / name for folder, _, names in os.walk(source) for name in names)


def load(path: Path, **options: Any) -> Dataset | None:
    """Read a DICOM file, also one without preamble.

    Parameters
    ----------
    path : Path
        Any file.
    **options
        Of `pydicom.dcmread`.

    Returns
    -------
    pydicom.Dataset or None
        ``None`` if the file is not DICOM.
    """
    import pydicom

    with path.open("rb") as file:
        head = file.read(132)
    # Without preamble a file begins with an even group below 0x0010, in either byte order.
    forced = head[128:] != b"DICM"
    if forced and not (head[:2] in {b"\x02\0", b"\x08\0", b"\0\x08", b"\0\x02"} and len(head) > 16):
        return None
    dataset = pydicom.dcmread(path, force=forced, **options)
    return dataset if "SOPClassUID" in dataset or "SOPInstanceUID" in dataset or not forced else None


def datasets_of(source: Path, **options: Any) -> Iterator[tuple[Path, Dataset]]:
    """Read the DICOM files of a study one by one; pass over what cannot be read.

    Parameters
    ----------
    source : Path
        File or folder.
    **options
        Of `pydicom.dcmread`.

    Yields
    ------
    path : Path
        The file.
    dataset : pydicom.Dataset
        Its content.
    """
    for path in files_of(source):
        try:
            dataset = load(path, **options)
        except Exception:  # noqa: S112 (damaged files raise anything, and hold nothing that a reader could show)
            continue
        if dataset is not None:
            yield path, dataset
