"""NIfTI-1 and NIfTI-2 files."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from .errors import ImageReadError
from .history import Step
from .image import Image
from .names import stem
from .silence import unlogged

MM_PER_UNIT = {"meter": 1000.0, "micron": 0.001}


def read_nifti(path: Path) -> Image:
    """Read a NIfTI file.

    Parameters
    ----------
    path : Path
        ``.nii`` or ``.nii.gz``.

    Returns
    -------
    Image
        Scaled by ``scl_slope`` and ``scl_inter``. Without ``sform`` and ``qform`` only the spacing is known. A
        fourth axis (time, contrasts) or fifth (vectors) and the three values of colours become channels, last.

    Raises
    ------
    ImageReadError
        If it is damaged, or has more axes than these.
    """
    import nibabel
    from nibabel.filebasedimages import ImageFileError

    try:
        # Unpacked whole, so that the checksum at the end is tested too.
        content = gzip.decompress(path.read_bytes()) if path.name.lower().endswith(".gz") else path.read_bytes()
        versions = (nibabel.Nifti1Image, nibabel.Nifti2Image)
        kind = next((kind for kind in versions if kind.header_class.may_contain_header(content)), None)
        if kind is None:
            raise ImageReadError(f"{path}: not NIfTI, for it does not begin as one; convert it or copy it again")
        with unlogged("nibabel.global") as remarks:
            file = kind.from_bytes(content)
        asked = int(np.prod(np.array(file.shape, dtype=object))) * file.header.get_data_dtype().itemsize
        if asked > len(content):
            raise ImageReadError(
                f"{path}: its header asks for {asked} bytes of pixels, but it holds {len(content)}; copy it again"
            )
        stored = np.asanyarray(file.dataobj)
    except (OSError, EOFError, ValueError, zlib.error, ImageFileError) as error:
        raise ImageReadError(f"{path}: damaged or not NIfTI ({error}); copy it again from its source") from error
    colored = stored.dtype.names in {("R", "G", "B"), ("R", "G", "B", "A")}
    stored = np.stack([stored[name] for name in "RGB"], axis=-1) if colored else stored
    if stored.dtype.kind not in "buif":
        raise ImageReadError(f"{path}: expected real pixels, received {stored.dtype}; convert it to grey first")
    pixels = np.squeeze(stored, axis=tuple(axis for axis in range(3, stored.ndim) if stored.shape[axis] == 1))
    channels = colored or pixels.ndim > 3
    if pixels.ndim - channels not in {2, 3}:
        raise ImageReadError(
            f"{path}: expected two or three axes and one of channels, received shape {stored.shape}; split it"
        )
    pixels = np.moveaxis(pixels.T, 0, -1) if channels else pixels.T
    history = tuple(Step("images.read", {"remark": text}) for text in remarks)
    return Image(
        pixels,
        channel_axis=-1 if channels else None,
        name=stem(path),
        history=history,
        **_geometry(file, pixels.ndim - channels),
    )


def _geometry(file: Any, ndim: int) -> dict[str, Any]:
    millimetres = MM_PER_UNIT.get(file.header.get_xyzt_units()[0], 1.0)
    if not (file.header["sform_code"] or file.header["qform_code"]):
        # The standard calls this "method 1": lengths alone, neither place nor directions.
        lengths = np.abs(file.header.get_zooms()[:ndim][::-1]) * millimetres
        return {"spacing": tuple(lengths.tolist()) if (lengths > 0).all() else None}
    to_lps = np.diag([-millimetres, -millimetres, millimetres, 1.0])
    reverse_axes = np.eye(4)[[2, 1, 0, 3]]
    return {"affine": to_lps @ file.affine @ reverse_axes}
