"""Reading image files: the format is chosen by suffix, the content decides."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import ImageReadError
from .history import Step, warn_of_problems
from .image import Image
from .names import SUFFIXES
from .silence import quiet


def read(path: str | Path, *, nan: float | None = None, series: str | None = None) -> Image:
    """Read an image from a file, or one DICOM series from a folder tree.

    Parameters
    ----------
    path : str or Path
        DICOM file or folder, NIfTI (``.nii``, ``.nii.gz``), NRRD, MetaImage (``.mha``, ``.mhd``), PNG, JPEG, TIFF,
        ``.npy`` or ``.npz``.
    nan : float, optional
        What replaces NaN and infinite pixels; without it they are an error.
    series : str, optional
        Which series of a folder: its UID, its description, or its name in `list_series`.

    Returns
    -------
    Image
        CT in HU and PET in SUV with rescaling applied, slices in order of position; colour pictures as RGB.
        Colours and contrasts (time points, echoes, segments) are always in the last axis, and ``channel_axis``
        says so. Geometry is ``None`` where the file has none.

    Raises
    ------
    ImageReadError
        If the file is missing, damaged, of an unknown kind, or has pixels that are not finite; if a folder holds
        several series and none is chosen, or slices that are not one volume.
    ValueError
        If `nan` is itself not finite, or `series` is given with a file.

    Warns
    -----
    ImageReadWarning
        If slices are unevenly spaced or shifted by a tilted gantry, frames cannot be put in place, a file of the
        folder is unreadable, or PET cannot be scaled to SUV. The history says so too.

    Notes
    -----
    A multi-frame object whose frames have no position in the patient (an ultrasound cine) is stacked along the
    first axis in the order of the file, without affine, for nothing says how far apart its frames are; its
    history keeps their spacing in the plane. Where several frames are at each position, the tag that tells them
    apart is in the history with its values, in the order of the channels.

    Pixels stay as they are stored: a camera's EXIF orientation is not applied, and transparency is dropped, which
    the history tells. What a library warns of while it decodes pixels goes into the history too; its warnings
    about tags that are not used here are not shown. No tag of a DICOM file is kept but its modality and units.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "image.npy"
    >>> np.save(path, [[1, 2], [3, 4]])
    >>> read(path).pixels
    array([[1, 2],
           [3, 4]])
    """
    if nan is not None and not np.isfinite(nan):
        raise ValueError(f"nan must be a finite number, received {nan}; use 0 or the value of air")
    path = Path(path)
    if series is not None and path.is_file():
        raise ValueError(f"series chooses among the series of a folder, received the file {path}; leave it out")
    try:
        if not path.exists():
            raise ImageReadError(f"{path}: no such file or folder")
        with quiet():
            image = _read(path, series)
        image = _finite(image, path, nan=nan)
    except ImageReadError:
        raise
    except MemoryError as error:
        raise ImageReadError(f"{path}: its header asks for more memory than there is; is it damaged?") from error
    except Exception as error:
        # Decoders raise nearly anything on damaged input: each is the same trouble to the reader.
        raise ImageReadError(f"{path}: cannot be read as an image: {type(error).__name__}: {error}") from error
    warn_of_problems(image.history, path)
    return image


def is_image_file(path: Path) -> bool:
    """Tell whether `read` knows a file's kind, by its suffix or its first bytes.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    bool
        True for the kinds that `read` lists.

    Examples
    --------
    >>> is_image_file(Path(__file__))
    False
    """
    return _file_reader(path) is not None


def _read(path: Path, series: str | None) -> Image:
    if path.is_dir():
        from .series import read_dicom_folder

        return read_dicom_folder(path, series=series)
    reader = _file_reader(path)
    if reader is None:
        raise ImageReadError(f"{path}: not a DICOM file and none of {', '.join(SUFFIXES)}; rename or convert it")
    return reader(path)


def _file_reader(path: Path) -> Callable[[Path], Image] | None:
    from .arrays import read_array
    from .dicom import is_dicom, read_dicom_file
    from .itk import read_itk
    from .nifti import read_nifti
    from .pictures import read_picture

    readers: dict[tuple[str, ...], Callable[[Path], Image]] = {
        (".nii", ".nii.gz"): read_nifti,
        (".nrrd", ".nhdr", ".mha", ".mhd"): read_itk,
        (".npy", ".npz"): read_array,
        (".png", ".jpg", ".jpeg", ".tif", ".tiff"): read_picture,
        (".dcm", ".dicom"): read_dicom_file,
    }
    for endings, reader in readers.items():
        if path.name.lower().endswith(endings):
            return reader
    return read_dicom_file if is_dicom(path) else None


def _finite(image: Image, path: Path, *, nan: float | None) -> Image:
    if image.dtype.kind != "f":
        return image
    bad = ~np.isfinite(image.pixels)
    if not bad.any():
        return image
    if nan is None:
        raise ImageReadError(
            f"{path}: {int(bad.sum())} of {bad.size} pixels are NaN or infinite; "
            "repair the file, or say what they are to be, as in read(path, nan=0)"
        )
    pixels: NDArray = np.where(bad, nan, image.pixels).astype(image.dtype)
    return image.replace(pixels=pixels, step=Step("images.read", {"nan": nan}))
