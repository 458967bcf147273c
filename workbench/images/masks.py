"""Masks from any kind of file, in the grid of their image."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .contours import contour_mask, contour_names
from .errors import ImageReadError
from .grids import matched, nearest
from .history import Step
from .image import Image
from .names import stem
from .reading import read
from .segmentations import segment_mask, segment_names
from .silence import quiet, unlogged

if TYPE_CHECKING:
    from pydicom import Dataset

Roi = str | int | Sequence[str | int]


def read_mask(path: str | Path, *, like: Image, roi: Roi | None = None, resample: bool = False) -> Image:
    """Read a mask or label map so that it lies on its image, voxel by voxel.

    Parameters
    ----------
    path : str or Path
        DICOM RTSTRUCT or SEG, NIfTI, NRRD, MHA, PNG, TIFF, ``.npy`` or ``.npz``, or a folder with a DICOM series.
    like : Image
        The image on which the mask was made.
    roi : str, int or sequence of them, optional
        Name or number of the region (RTSTRUCT) or segment (SEG), or a label of the other kinds. Needed where a
        file names several. A sequence gives a label map: 1 for its first entry, 2 for the second, and so on.
    resample : bool, optional
        Whether a mask of other geometry is resampled by nearest neighbours; by default it is an error. Voxels
        outside the mask's own grid are background; what lies outside `like` is cut off.

    Returns
    -------
    Image
        With the shape and affine of `like`, and modality ``SEG``. Boolean for one region, and for a file that
        holds 0 and 1 alone (a picture: 0 and 255); else the labels as stored.

    Raises
    ------
    ImageReadError
        If the file cannot be read, is no mask, names no such region or several where `roi` is not given, or does
        not fit `like`: the message says by how much.
    TypeError
        If `like` is not an Image.
    ValueError
        If `roi` is an empty sequence.

    Notes
    -----
    Contours are filled by the even-odd rule at pixel centres, several in one slice together, so that a contour
    within another is a hole. A contour belongs to a slice that lies within a tenth of the slice distance of it.
    Of a fractional SEG, voxels of at least one half are inside. Volumes stored in another order of axes are put
    into that of `like` exactly. A mask without geometry (PNG, NPZ) must have the shape of `like`.

    See Also
    --------
    save_segmentation : Writes DICOM SEG.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from workbench.images import affine_from_spacing
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mask.nii.gz"
    >>> image = Image([[[7, 8], [9, 5]]], affine=affine_from_spacing((3, 1, 1)))
    >>> _ = image.replace(pixels=[[[0, 1], [1, 0]]]).oriented("SRA").save(path)
    >>> read_mask(path, like=image).pixels
    array([[[False,  True],
            [ True, False]]])
    """
    if not isinstance(like, Image):
        raise TypeError(f"like must be the Image on which the mask was made, received {type(like).__name__}")
    if roi is not None and not _listed(roi):
        raise ValueError("roi must name at least one region, received none; leave it out where the file has one")
    path = Path(path)
    try:
        dataset = _regions_file(path)
        if dataset is None:
            pixels = _labels(path, like, roi, resample)
        else:
            with quiet(), unlogged("pydicom"):
                pixels = _regions(dataset, path, like, roi, resample)
    except ImageReadError:
        raise
    except ValueError as error:
        raise ImageReadError(f"{path}: {error}") from error
    except Exception as error:
        # Hostile or damaged tags raise nearly anything: each is the same trouble to the reader.
        raise ImageReadError(f"{path}: cannot be read as a mask: {type(error).__name__}: {error}") from error
    shape = like.pixels.shape if like.channel_axis is None else np.delete(like.shape, like.channel_axis)
    options = {name: value for name, value in (("roi", roi), ("resample", resample or None)) if value is not None}
    return Image(
        pixels.reshape(tuple(shape)),
        affine=like.affine,
        spacing=like.spacing,
        modality="SEG",
        # The name of a DICOM file may be a patient's.
        name=stem(path) if dataset is None else "",
        history=(Step("images.read_mask", options),),
    )


def _regions_file(path: Path) -> "Dataset | None":
    import pydicom

    if not path.is_file():
        return None
    with path.open("rb") as file:
        marked = file.read(132)[128:] == b"DICM"
    if not marked and path.suffix.lower() not in {".dcm", ".dicom", ""}:
        return None
    try:
        with quiet(), unlogged("pydicom"):
            dataset = pydicom.dcmread(path, force=True)
        return dataset if dataset.get("Modality") in {"RTSTRUCT", "SEG"} else None
    except Exception as error:
        # On damaged input the parser raises nearly anything.
        raise ImageReadError(f"{path}: damaged DICOM ({error}); copy it again from its source") from error


def _regions(dataset: "Dataset", path: Path, like: Image, roi: Roi | None, resample: bool) -> NDArray:
    contours = dataset.Modality == "RTSTRUCT"
    names = contour_names(dataset) if contours else segment_names(dataset)
    numbers = _chosen(names, roi, path)
    if contours and like.affine is None:
        raise ImageReadError(f"{path}: contours lie in a patient, but like has no affine; use its DICOM images")
    options: dict[str, Any] = {"affine": like.affine, "shape": _shape(like), "resample": resample}
    draw = contour_mask if contours else segment_mask
    masks = [draw(dataset, number, path, **options) for number in numbers]
    return masks[0] if _single(roi) else _combined(masks, roi, path)


def _chosen(names: dict[int, str], roi: Roi | None, path: Path) -> list[int]:
    listed = ", ".join(f"{number} {name!r}" for number, name in names.items()) or "none"
    if roi is None:
        if len(names) != 1:
            raise ImageReadError(f"{path}: holds {len(names)} regions; choose with roi=, of {listed}")
        return list(names)
    numbers = []
    for wanted in _listed(roi):
        found = [number for number, name in names.items() if wanted in {number, name}]
        if len(found) != 1:
            number_of = "no" if not found else f"{len(found)}"
            raise ImageReadError(
                f"{path}: has {number_of} region {wanted!r}; choose by name or number, of {listed}"
            )
        numbers += found
    return numbers


def _listed(roi: Roi) -> list[str | int]:
    return [roi] if isinstance(roi, str | int | np.integer) else list(roi)


def _single(roi: Roi | None) -> bool:
    return roi is None or isinstance(roi, str | int | np.integer)


def _combined(masks: list[NDArray], roi: Roi | None, path: Path) -> NDArray:
    overlap = int((np.sum(masks, axis=0) > 1).sum())
    if overlap:
        raise ImageReadError(f"{path}: the regions {roi} share {overlap} voxels; read them one by one")
    labels = np.zeros(masks[0].shape, dtype=np.min_scalar_type(len(masks)))
    for label, mask in enumerate(masks, start=1):
        labels[mask] = label
    return labels


def _labels(path: Path, like: Image, roi: Roi | None, resample: bool) -> NDArray:
    if roi is not None and any(isinstance(wanted, str) for wanted in _listed(roi)):
        raise ImageReadError(f"{path}: this kind of file has no names; give roi= as a number, received {roi!r}")
    picture = path.suffix.lower() == ".png"
    image = _read_indices(path) if picture else read(path)
    if image.channel_axis is not None or path.suffix.lower() in {".jpg", ".jpeg"}:
        raise ImageReadError(f"{path}: colour or lossy pixels hold no labels; save the mask as grey PNG or NIfTI")
    pixels = _whole(image.pixels, path)
    pixels = _on_grid(pixels.reshape(_shape(image)), image, like, path, resample)
    values = np.unique(pixels)
    if roi is None:
        two = values.size and set(values.tolist()) <= ({0, 255} if picture and values.max() == 255 else {0, 1})
        return pixels > 0 if two else pixels
    for wanted in _listed(roi):
        if wanted not in values:
            raise ImageReadError(f"{path}: has no label {wanted!r}; choose of {values.tolist()}")
    masks = [pixels == wanted for wanted in _listed(roi)]
    return masks[0] if _single(roi) else _combined(masks, roi, path)


def _on_grid(pixels: NDArray, image: Image, like: Image, path: Path, resample: bool) -> NDArray:
    shape = _shape(like)
    if image.affine is None:
        if pixels.shape != shape:
            raise ImageReadError(f"{path}: shape {pixels.shape} and no place, but like has shape {shape}")
        if not image.may_lie_on(like):
            raise ImageReadError(f"{path}: spacing {image.spacing} mm, but like has {like.spacing} mm")
        return pixels
    if like.affine is None:
        raise ImageReadError(f"{path}: the mask lies in a patient, but like has no affine; use its DICOM images")
    if not resample:
        try:
            return matched(pixels, image.affine, like.affine, shape)
        except ValueError as error:
            raise ImageReadError(
                f"{path}: {error}; give the image on which it was drawn as like, or pass resample=True for "
                "nearest neighbours"
            ) from error
    return nearest(pixels, image.affine, like.affine, shape)


def _read_indices(path: Path) -> Image:
    from PIL import Image as Picture

    with quiet(), Picture.open(path) as picture:
        if picture.mode not in {"1", "L", "I", "P"} and not picture.mode.startswith("I;16"):
            raise ImageReadError(f"{path}: expected grey or indexed labels, received a picture of {picture.mode}")
        # The numbers of an indexed picture are its labels; its colours are for the eye.
        return Image(np.asarray(picture))


def _whole(pixels: NDArray, path: Path) -> NDArray:
    if pixels.dtype.kind != "f":
        return pixels
    if not (pixels == np.rint(pixels)).all() or np.abs(pixels).max() > 2**53:
        raise ImageReadError(
            f"{path}: expected whole numbers as labels, received values such as "
            f"{pixels[pixels != np.rint(pixels)][:1].tolist()}; is it an image or a probability? Threshold it"
        )
    low, high = int(pixels.min()), int(pixels.max())
    return pixels.astype(np.min_scalar_type(high if low >= 0 else -max(high + 1, -low)))


def _shape(image: Image) -> tuple[int, ...]:
    return (1,) * (3 - image.ndim) + image.spatial_shape
