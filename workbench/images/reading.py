"""Reading image files: the format is chosen by suffix, the content decides."""

import gzip
import logging
import threading
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .image import Image, Step

# catch_warnings changes the whole process: two threads at once would undo each other's.
_QUIET = threading.RLock()
MM_PER_UNIT = {"meter": 1000.0, "micron": 0.001}


class ImageReadError(Exception):
    """A file cannot be read as an image; the message names the file, the cause and what to do."""


def read(path: str | Path, *, nan: float | None = None) -> Image:
    """Read an image from a file, or from a folder that holds one DICOM series.

    Parameters
    ----------
    path : str or Path
        DICOM file or folder, NIfTI (``.nii``, ``.nii.gz``), PNG, JPEG, TIFF, ``.npy`` or ``.npz``.
    nan : float, optional
        What replaces NaN and infinite pixels; without it they are an error.

    Returns
    -------
    Image
        CT in HU with rescaling applied, slices in order of position; colour pictures as RGB with their channels
        last and ``channel_axis`` set. Geometry is ``None`` where the file has none.

    Raises
    ------
    ImageReadError
        If the file is missing, damaged, of an unknown kind, or has pixels that are not finite.
    ValueError
        If `nan` is itself not finite.

    Notes
    -----
    Pixels stay as they are stored: a camera's EXIF orientation is not applied, and transparency is dropped, which
    the history tells. What a library warns of while it decodes pixels goes into the history too; its warnings
    about tags that are not used here are not shown.

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
    try:
        if not path.exists():
            raise ImageReadError(f"{path}: no such file or folder")
        with quiet():
            image = _reader(path)(path)
        return _finite(image, path, nan=nan)
    except ImageReadError:
        raise
    except MemoryError as error:
        raise ImageReadError(f"{path}: its header asks for more memory than there is; is it damaged?") from error
    except Exception as error:
        # Decoders raise nearly anything on damaged input: each is the same trouble to the reader.
        raise ImageReadError(f"{path}: cannot be read as an image: {type(error).__name__}: {error}") from error


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


def stem(path: Path) -> str:
    """Return a file's name without the suffix of its kind.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    str
        Dots that belong to the name stay.

    Examples
    --------
    >>> stem(Path("brain.1.nii.gz"))
    'brain.1'
    """
    ending = next((ending for ending in _SUFFIXES if path.name.lower().endswith(ending)), "")
    return path.name[: len(path.name) - len(ending)]


@contextmanager
def quiet() -> Iterator[list[warnings.WarningMessage]]:
    """Collect what libraries warn of instead of printing it.

    Yields
    ------
    list of warnings.WarningMessage
        Filled while the block runs.

    Examples
    --------
    >>> with quiet() as remarks:
    ...     warnings.warn("a tag is odd", stacklevel=1)
    >>> [str(remark.message) for remark in remarks]
    ['a tag is odd']
    """
    with _QUIET, warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        yield remarks


def _reader(path: Path) -> Callable[[Path], Image]:
    from .dicom import read_dicom_folder

    if path.is_dir():
        return read_dicom_folder
    reader = _file_reader(path)
    if reader is None:
        raise ImageReadError(f"{path}: not a DICOM file and none of {', '.join(_SUFFIXES)}; rename or convert it")
    return reader


def _file_reader(path: Path) -> Callable[[Path], Image] | None:
    from .dicom import is_dicom, read_dicom_file

    for ending, reader in _SUFFIXES.items():
        if path.name.lower().endswith(ending):
            return reader or read_dicom_file
    return read_dicom_file if is_dicom(path) else None


def _read_nifti(path: Path) -> Image:
    import nibabel
    from nibabel.filebasedimages import ImageFileError
    from nibabel.imageglobals import LoggingOutputSuppressor, logger

    remarks = _Remarks()
    try:
        # Unpacked whole, so that the checksum at the end is tested too.
        content = gzip.decompress(path.read_bytes()) if path.name.lower().endswith(".gz") else path.read_bytes()
        versions = (nibabel.Nifti1Image, nibabel.Nifti2Image)
        kind = next((kind for kind in versions if kind.header_class.may_contain_header(content)), None)
        if kind is None:
            raise ImageReadError(f"{path}: not NIfTI, for it does not begin as one; convert it or copy it again")
        with LoggingOutputSuppressor():
            logger.addHandler(remarks)
            try:
                file = kind.from_bytes(content)
            finally:
                logger.removeHandler(remarks)
        stored = np.asanyarray(file.dataobj)
    except (OSError, EOFError, ValueError, zlib.error, ImageFileError) as error:
        raise ImageReadError(f"{path}: damaged or not NIfTI ({error}); copy it again from its source") from error
    pixels = np.squeeze(stored, axis=tuple(axis for axis in range(3, stored.ndim) if stored.shape[axis] == 1))
    if pixels.ndim not in {2, 3}:
        raise ImageReadError(
            f"{path}: expected one 2-D or 3-D image, received shape {stored.shape}; split it first"
        )
    if pixels.dtype.kind not in "buif":
        raise ImageReadError(f"{path}: expected real pixels, received {pixels.dtype}; convert it to grey first")
    millimetres = MM_PER_UNIT.get(file.header.get_xyzt_units()[0], 1.0)
    to_lps = np.diag([-millimetres, -millimetres, millimetres, 1.0])
    reverse_axes = np.eye(4)[[2, 1, 0, 3]]
    history = tuple(Step("images.read", {"remark": text}) for text in remarks.texts)
    return Image(pixels.T, affine=to_lps @ file.affine @ reverse_axes, name=stem(path), history=history)


class _Remarks(logging.Handler):
    """Collects what nibabel logs, which it would print otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def _read_numpy(path: Path) -> Image:
    content = np.load(path, allow_pickle=False)
    if isinstance(content, np.ndarray):
        return Image(content, name=stem(path))
    with content:
        if "pixels" not in content:
            raise ImageReadError(
                f"{path}: expected an array named 'pixels', received {', '.join(content) or 'none'}"
            )
        text: dict[str, str] = {key: str(content[key]) for key in ("modality", "units", "name") if key in content}
        return Image(
            content["pixels"],
            affine=content["affine"] if "affine" in content else None,
            channel_axis=int(content["channel_axis"]) if "channel_axis" in content else None,
            modality=text.get("modality", "OT"),
            units=text.get("units", ""),
            name=text.get("name", stem(path)),
        )


def _read_picture(path: Path) -> Image:
    from PIL import Image as Picture

    with Picture.open(path) as picture:
        pages = getattr(picture, "n_frames", 1)
        if pages > 1:
            raise ImageReadError(f"{path}: expected one picture, received {pages} pages; split it first")
        # Pillow would cut 16-bit colours to 8 bits without a word.
        if picture.mode.startswith(("RGB", "LA")) and ";16" in str(picture.tile):
            raise ImageReadError(f"{path}: 16 bits per colour; save it with 8 bits, or as .npy")
        alpha = picture.has_transparency_data
        if picture.mode == "LA":
            pixels = np.asarray(picture)[..., 0]
        elif picture.mode in {"1", "L", "I", "F", "RGB"} or picture.mode.startswith("I;16"):
            pixels = np.asarray(picture)
        else:
            pixels = np.asarray(picture.convert("RGB"))
    return Image(
        pixels,
        channel_axis=-1 if pixels.ndim == 3 else None,
        name=stem(path),
        history=(Step("images.read", {"transparency": "dropped"}),) if alpha else (),
    )


# None stands for the DICOM reader, which is imported when first needed.
_SUFFIXES: dict[str, Callable[[Path], Image] | None] = {
    ".nii": _read_nifti,
    ".nii.gz": _read_nifti,
    ".npy": _read_numpy,
    ".npz": _read_numpy,
    ".png": _read_picture,
    ".jpg": _read_picture,
    ".jpeg": _read_picture,
    ".tif": _read_picture,
    ".tiff": _read_picture,
    ".dcm": None,
    ".dicom": None,
}


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
