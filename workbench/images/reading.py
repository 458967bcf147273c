"""Reading image files: the format is chosen by suffix, the content decides."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .image import Image, Step


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
        CT in HU with rescaling applied, slices in order of position; colour pictures with their channels last
        and ``channel_axis`` set. Geometry is ``None`` where the file has none.

    Raises
    ------
    ImageReadError
        If the file is missing, damaged, of an unknown kind, or has pixels that are not finite.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "image.npy"
    >>> np.save(path, [[1, 2], [3, 4]])
    >>> read(path).pixels
    array([[1, 2],
           [3, 4]])
    """
    path = Path(path)
    try:
        if not path.exists():
            raise ImageReadError(f"{path}: no such file or folder")
        image = _reader(path)(path)
        return _finite(image, path, nan=nan)
    except ImageReadError:
        raise
    except MemoryError as error:
        raise ImageReadError(f"{path}: its header asks for more memory than there is; is it damaged?") from error
    except Exception as error:
        # Decoders raise nearly anything on damaged input: each is the same trouble to the reader.
        raise ImageReadError(f"{path}: cannot be read as an image: {type(error).__name__}: {error}") from error


def _reader(path: Path) -> Callable[[Path], Image]:
    from .dicom import is_dicom, read_dicom_file, read_dicom_folder

    if path.is_dir():
        return read_dicom_folder
    suffixes: dict[tuple[str, ...], Callable[[Path], Image]] = {
        (".nii", ".nii.gz"): _read_nifti,
        (".npy", ".npz"): _read_numpy,
        (".png", ".jpg", ".jpeg", ".tif", ".tiff"): _read_picture,
        (".dcm", ".dicom"): read_dicom_file,
    }
    for endings, reader in suffixes.items():
        if path.name.lower().endswith(endings):
            return reader
    if is_dicom(path):
        return read_dicom_file
    known = ", ".join(ending for endings in suffixes for ending in endings)
    raise ImageReadError(f"{path}: not a DICOM file and none of {known}; rename or convert it")


def _read_nifti(path: Path) -> Image:
    import nibabel
    from nibabel.filebasedimages import ImageFileError

    try:
        file = nibabel.load(path)
        stored = np.asanyarray(file.dataobj)
    except (OSError, EOFError, ValueError, ImageFileError) as error:
        raise ImageReadError(f"{path}: damaged or not NIfTI ({error}); copy it again from its source") from error
    pixels = np.squeeze(stored, axis=tuple(axis for axis in range(3, stored.ndim) if stored.shape[axis] == 1))
    if pixels.ndim not in {2, 3}:
        raise ImageReadError(
            f"{path}: expected one 2-D or 3-D image, received shape {stored.shape}; split it first"
        )
    to_lps = np.diag([-1.0, -1.0, 1.0, 1.0])
    reverse_axes = np.eye(4)[[2, 1, 0, 3]]
    affine = to_lps @ file.affine @ reverse_axes
    return Image(pixels.T, affine=affine, name=_stem(path))


def _read_numpy(path: Path) -> Image:
    content = np.load(path, allow_pickle=False)
    if path.suffix == ".npy":
        return Image(content, name=_stem(path))
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
            name=text.get("name", _stem(path)),
        )


def _read_picture(path: Path) -> Image:
    from PIL import Image as Picture

    with Picture.open(path) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            raise ImageReadError(
                f"{path}: expected one picture, received {picture.n_frames} pages; split it first"
            )
        pixels = np.asarray(picture.convert("RGB") if picture.mode in {"P", "CMYK", "YCbCr"} else picture)
    return Image(pixels, channel_axis=-1 if pixels.ndim == 3 else None, name=_stem(path))


def _finite(image: Image, path: Path, *, nan: float | None) -> Image:
    if image.dtype.kind not in "fc":
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


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").rsplit(".", 1)[0]
