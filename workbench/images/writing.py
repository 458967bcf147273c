"""Writing images: whole or not at all."""

from pathlib import Path
from typing import Any

import numpy as np

from workbench.files import replacing

from .geometry import spacing_of
from .image import Image

PICTURES = (".png", ".tif", ".tiff")
ITK = (".nrrd", ".mha")


def write(image: Image, path: str | Path) -> Path:
    """Write an image to a file whose suffix names the format.

    Parameters
    ----------
    image : Image
        What to write.
    path : str or Path
        ``.npz`` keeps everything but the history; ``.nii`` and ``.nii.gz`` pixels and geometry, ``.nrrd`` and
        ``.mha`` also channels (which come last) but a slice as a volume of one; ``.npy`` the pixels; ``.png`` and
        ``.tif`` a slice of bool, uint8, uint16 or RGB uint8 pixels. Booleans become bytes in all but NumPy's.

    Returns
    -------
    Path
        Where it was written. An older file there is replaced only once the new one is complete.

    Raises
    ------
    ValueError
        If the suffix is unknown or the format cannot hold the image exactly.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from workbench.images import read
    >>> path = write(Image([[1, 2]], spacing=(2, 3)), pathlib.Path(tempfile.mkdtemp()) / "image.npz")
    >>> read(path)
    Image(1 x 2 int64, 2 x 3 mm, OT)
    """
    path = Path(path)
    name = path.name.lower()
    if name.endswith(".npz"):
        fields: dict[str, Any] = {key: getattr(image, key) for key in ("pixels", "modality", "units", "name")}
        optional = {"affine": image.affine, "spacing": image.spacing, "channel_axis": image.channel_axis}
        fields |= {key: value for key, value in optional.items() if value is not None}
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **fields)
    elif name.endswith(".npy"):
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.save(file, image.pixels, allow_pickle=False)
    elif name.endswith((".nii", ".nii.gz")):
        _write_nifti(image, path)
    elif name.endswith(ITK):
        _write_itk(image, path)
    elif name.endswith(PICTURES):
        _write_picture(image, path)
    else:
        raise ValueError(
            f"{path}: expected suffix .nii, .nii.gz, .nrrd, .mha, .npz, .npy, .png or .tif, "
            f"received {path.suffix!r}"
        )
    return path


def _write_nifti(image: Image, path: Path) -> None:
    import nibabel
    from nibabel.spatialimages import HeaderDataError

    if image.spacing is None or image.channel_axis is not None:
        raise ValueError(f"{path}: NIfTI needs a grey image with a spacing, received {image!r}; save it as .npz")
    reverse_axes = np.eye(4)[[2, 1, 0, 3]]
    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
    # None leaves sform and qform out: a file that states its spacing, and no place.
    affine = None if image.affine is None else to_ras @ image.affine @ reverse_axes
    pixels = image.pixels.astype(np.uint8) if image.dtype == bool else image.pixels
    try:
        file = nibabel.Nifti1Image(pixels.T, affine, dtype=pixels.dtype)
    except HeaderDataError as error:
        raise ValueError(f"{path}: NIfTI cannot hold {image.dtype}; use image.map(np.float32)") from error
    file.header.set_zooms(image.spacing[::-1])
    file.header.set_xyzt_units("mm")
    with replacing(path) as temporary:
        nibabel.save(file, temporary)


def _write_itk(image: Image, path: Path) -> None:
    import SimpleITK as sitk

    if image.affine is None:
        raise ValueError(
            f"{path}: this format needs an affine, received {image!r}; save it as .npz, or say how it "
            "lies: image.replace(affine=images.affine_from_spacing(image.spacing))"
        )
    channels = image.channel_axis is not None
    pixels = np.moveaxis(image.pixels, image.channel_axis, -1) if image.channel_axis is not None else image.pixels
    pixels = pixels.astype(np.uint8) if image.dtype == bool else pixels
    volume = pixels[None] if image.ndim == 2 else pixels
    try:
        file = sitk.GetImageFromArray(np.ascontiguousarray(volume), isVector=channels)
    except TypeError as error:
        raise ValueError(f"{path}: this format cannot hold {image.dtype}; use image.map(np.float32)") from error
    spacing = np.array(spacing_of(image.affine))
    file.SetSpacing(spacing[::-1].tolist())
    file.SetOrigin(image.affine[:3, 3].tolist())
    file.SetDirection((image.affine[:3, :3] / spacing)[:, ::-1].ravel().tolist())
    with replacing(path) as temporary:
        sitk.WriteImage(file, str(temporary), useCompression=True)


def _write_picture(image: Image, path: Path) -> None:
    from PIL import Image as Picture

    pixels = image.pixels if image.channel_axis is None else np.moveaxis(image.pixels, image.channel_axis, -1)
    kind = (image.dtype.name, image.channel_axis is not None and pixels.shape[-1])
    if image.ndim != 2 or kind not in {("bool", False), ("uint8", False), ("uint16", False), ("uint8", 3)}:
        raise ValueError(
            f"{path}: a picture holds a slice of bool, uint8, uint16 or RGB uint8, received {image!r}; "
            "choose a slice and map it with processing.window, or save it as .npz"
        )
    with replacing(path) as temporary:
        Picture.fromarray(pixels).save(temporary)
