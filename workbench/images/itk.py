"""NRRD and MetaImage files, read by SimpleITK."""

from pathlib import Path

import numpy as np

from .errors import ImageReadError
from .image import Image
from .names import stem
from .silence import silent_codecs

# No real compression comes near this ratio: a header that asks for more is damaged.
GREATEST_RATIO = 5000
SMALL = 2**26
DETACHED = (".nhdr", ".mhd")
AXES = {2, 3, 4}


def read_itk(path: Path) -> Image:
    """Read a NRRD or MetaImage file.

    Parameters
    ----------
    path : Path
        ``.nrrd``, ``.nhdr``, ``.mha`` or ``.mhd``.

    Returns
    -------
    Image
        Several values a voxel, or a fourth axis, become channels, last. Without directions in space there is no
        affine.

    Raises
    ------
    ImageReadError
        If it is damaged, or has more axes.
    """
    import SimpleITK as sitk

    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        with silent_codecs():
            reader.ReadImageInformation()
            shape, components = reader.GetSize(), reader.GetNumberOfComponents()
            asked = int(np.prod(np.array(shape, dtype=object))) * components
            stored = path.stat().st_size
            if not path.name.lower().endswith(DETACHED) and asked > max(GREATEST_RATIO * stored, SMALL):
                raise ImageReadError(
                    f"{path}: its header asks for {asked} values in {stored} bytes; is it damaged?"
                )
            image = reader.Execute()
    except RuntimeError as error:
        cause = str(error).strip().splitlines()[-1].removeprefix("sitk::ERROR: ")
        raise ImageReadError(f"{path}: damaged or not of its suffix's kind ({cause}); copy it again") from error
    dimensions = image.GetDimension()
    vectors = image.GetNumberOfComponentsPerPixel() > 1
    if dimensions not in AXES or (dimensions == 4 and vectors):
        raise ImageReadError(f"{path}: expected two or three axes and one of channels, received {shape}; split it")
    pixels = sitk.GetArrayFromImage(image)
    spatial = min(dimensions, 3)
    affine = np.eye(4)
    directions = np.reshape(image.GetDirection(), (dimensions, dimensions))[:spatial, :spatial]
    affine[:spatial, :spatial] = directions * image.GetSpacing()[:spatial]
    affine[:spatial, 3] = image.GetOrigin()[:spatial]
    placed = path.name.lower().endswith((".mha", ".mhd")) or "NRRD_space" in image.GetMetaDataKeys()
    return Image(
        np.moveaxis(pixels, 0, -1) if dimensions == 4 else pixels,
        affine=affine[:, [2, 1, 0, 3]] if placed else None,
        channel_axis=-1 if vectors or dimensions == 4 else None,
        name=stem(path),
    )
