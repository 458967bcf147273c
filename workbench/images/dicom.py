"""DICOM files and series: units applied, slices in order of position."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .image import Image, Step
from .reading import ImageReadError

if TYPE_CHECKING:
    from pydicom import Dataset

# Slices of one series may differ by this much of their spacing: scanners round positions to 0.01 mm.
SPACING_TOLERANCE = 0.02


def is_dicom(path: Path) -> bool:
    """Tell whether a file begins as DICOM files do.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    bool
        True where bytes 128 to 132 are ``DICM``.

    Examples
    --------
    >>> is_dicom(Path(__file__))
    False
    """
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def read_dicom_file(path: Path) -> Image:
    """Read one single-frame DICOM file as a 2-D image.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Image
        CT in HU; MONOCHROME1 inverted so that bright is high; colour as RGB.

    Raises
    ------
    ImageReadError
        If it is not DICOM, holds no single image, or cannot be decoded.
    """
    dataset = _load(path)
    affine = _affine(dataset)
    spacing = None if affine is not None else _in_plane_spacing(dataset)
    return _image(_pixels(dataset, path), dataset, path, affine=affine, spacing=spacing)


def read_dicom_folder(folder: Path) -> Image:
    """Read a folder that holds one DICOM series as a volume, slices in order of position.

    Parameters
    ----------
    folder : Path
        Files that are not DICOM are passed over.

    Returns
    -------
    Image
        A volume, or a 2-D image if the series has one slice.

    Raises
    ------
    ImageReadError
        If there is no DICOM image, more than one series, a slice without position, differing slices, two at one
        position, or uneven spacing (a missing slice).
    """
    paths = [path for path in sorted(folder.iterdir()) if path.is_file() and is_dicom(path)]
    slices = [(path, _load(path)) for path in paths]
    slices = [(path, dataset) for path, dataset in slices if "Rows" in dataset]
    if not slices:
        raise ImageReadError(f"{folder}: no DICOM images in this folder; name the folder that holds the files")
    series = {str(dataset.get("SeriesInstanceUID", "")) for _, dataset in slices}
    if len(series) > 1:
        raise ImageReadError(f"{folder}: expected one series, received {len(series)}; give each its own folder")
    if len(slices) == 1:
        return read_dicom_file(slices[0][0])
    return _stack(slices, folder)


def _stack(slices: list[tuple[Path, "Dataset"]], folder: Path) -> Image:
    positions = []
    for path, dataset in slices:
        if "ImagePositionPatient" not in dataset or "ImageOrientationPatient" not in dataset:
            raise ImageReadError(f"{path}: no position or orientation, so its place in the series is unknown")
        positions.append(np.array(dataset.ImagePositionPatient, dtype=float))
    first = slices[0][1]
    normal = _normal(first)
    for path, dataset in slices:
        same = (dataset.Rows, dataset.Columns) == (first.Rows, first.Columns)
        if not same or not np.allclose(_normal(dataset), normal, atol=1e-3):
            raise ImageReadError(f"{path}: its size or orientation differs from the first slice of the series")
    order = np.argsort([position @ normal for position in positions], kind="stable")
    slices = [slices[index] for index in order]
    places = np.array([positions[index] for index in order])
    _check_even(places, slices, folder)
    affine = _affine(slices[0][1])
    assert affine is not None  # noqa: S101 (orientation was checked above)
    affine[:3, 0] = (places[-1] - places[0]) / (len(places) - 1)
    pixels = np.stack([_pixels(dataset, path) for path, dataset in slices])
    return _image(pixels, first, folder, affine=affine)


def _check_even(places: NDArray, slices: list[tuple[Path, "Dataset"]], folder: Path) -> None:
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    usual = float(np.median(steps))
    for index, step in enumerate(steps):
        if step < 1e-3:
            pair = f"{slices[index][0].name} and {slices[index + 1][0].name}"
            raise ImageReadError(f"{folder}: {pair} are at the same position; remove one")
        if abs(step - usual) > SPACING_TOLERANCE * usual:
            pair = f"{slices[index][0].name} and {slices[index + 1][0].name}"
            raise ImageReadError(
                f"{folder}: slices are {usual:.3g} mm apart, but {pair} are {step:.3g} mm; is a slice missing?"
            )


def _load(path: Path) -> "Dataset":
    import pydicom

    try:
        return pydicom.dcmread(path)
    except (pydicom.errors.InvalidDicomError, OSError, EOFError) as error:
        raise ImageReadError(f"{path}: not a DICOM file, or cut short ({error}); copy it again") from error


def _pixels(dataset: "Dataset", path: Path) -> NDArray:
    from pydicom.pixels import apply_rescale, convert_color_space

    if "PixelData" not in dataset:
        kind = dataset.get("Modality", "unknown")
        raise ImageReadError(f"{path}: a DICOM object without pixels (modality {kind}); choose an image")
    if int(dataset.get("NumberOfFrames") or 1) > 1:
        raise ImageReadError(f"{path}: expected one frame, received {dataset.NumberOfFrames}; split it first")
    stored = dataset.pixel_array
    interpretation = dataset.PhotometricInterpretation
    if interpretation == "MONOCHROME1":
        stored = -1 - stored if dataset.PixelRepresentation else 2**dataset.BitsStored - 1 - stored
    elif interpretation == "PALETTE COLOR":
        from pydicom.pixels import apply_color_lut

        return apply_color_lut(stored, dataset)
    elif interpretation.startswith("YBR_FULL"):
        return convert_color_space(stored, interpretation, "RGB")
    if dataset.get("RescaleSlope", 1) == 1 and dataset.get("RescaleIntercept", 0) == 0:
        return stored
    return _smallest(apply_rescale(stored, dataset))


def _smallest(values: NDArray) -> NDArray:
    if (values == np.rint(values)).all() and np.abs(values).max(initial=0) < 2**15:
        return values.astype(np.int16)
    return values.astype(np.float32)


def _image(
    pixels: NDArray,
    dataset: "Dataset",
    path: Path,
    *,
    affine: NDArray | None,
    spacing: tuple[float, float] | None = None,
) -> Image:
    modality = str(dataset.get("Modality", "OT"))
    steps = [Step("images.inverted")] if dataset.PhotometricInterpretation == "MONOCHROME1" else []
    return Image(
        pixels,
        affine=affine,
        spacing=spacing,
        modality=modality,
        units="HU" if modality == "CT" else str(dataset.get("Units", "")),
        channel_axis=-1 if dataset.get("SamplesPerPixel", 1) == 3 or _is_palette(dataset) else None,
        history=tuple(steps),
    )


def _is_palette(dataset: "Dataset") -> bool:
    return dataset.PhotometricInterpretation == "PALETTE COLOR"


def _in_plane_spacing(dataset: "Dataset") -> tuple[float, float] | None:
    found: Any = dataset.get("PixelSpacing") or dataset.get("ImagerPixelSpacing")
    return (float(found[0]), float(found[1])) if found else None


def _normal(dataset: "Dataset") -> NDArray:
    cosines = np.array(dataset.ImageOrientationPatient, dtype=float)
    return np.cross(cosines[:3], cosines[3:])


def _affine(dataset: "Dataset") -> NDArray | None:
    spacing = _in_plane_spacing(dataset)
    if spacing is None or not dataset.get("ImageOrientationPatient") or not dataset.get("ImagePositionPatient"):
        return None
    along_row = np.array(dataset.ImageOrientationPatient[:3], dtype=float)
    along_column = np.array(dataset.ImageOrientationPatient[3:], dtype=float)
    affine = np.eye(4)
    affine[:3, 0] = _normal(dataset) * float(
        dataset.get("SpacingBetweenSlices") or dataset.get("SliceThickness") or 1
    )
    affine[:3, 1] = along_column * spacing[0]
    affine[:3, 2] = along_row * spacing[1]
    affine[:3, 3] = np.array(dataset.ImagePositionPatient, dtype=float)
    return affine
