"""DICOM files and series: units applied, slices in order of position."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .image import Image, Step
from .reading import ImageReadError, quiet

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
        CT in HU; colour as RGB; MONOCHROME1 inverted so that high is bright, unless its values have units.

    Raises
    ------
    ImageReadError
        If it is not DICOM, holds no single image, or cannot be decoded.
    """
    return _single(_load(path), path)


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
        return _single(slices[0][1], slices[0][0])
    return _stack(slices, folder)


def _single(dataset: "Dataset", path: Path) -> Image:
    affine = _affine(dataset, path)
    spacing = None if affine is not None else _in_plane_spacing(dataset, path)
    pixels, remarks = _pixels(dataset, path)
    return _image(pixels, dataset, remarks, affine=affine, spacing=spacing)


def _stack(slices: list[tuple[Path, "Dataset"]], folder: Path) -> Image:
    located = [(path, dataset, _affine(dataset, path)) for path, dataset in slices]
    located_affines = []
    for path, _, affine in located:
        if affine is None:
            raise ImageReadError(
                f"{path}: no position, orientation or spacing; its place in the series is unknown"
            )
        located_affines.append(affine)
    first = slices[0][1]
    in_plane = located_affines[0][:3, 1:3]
    for (path, dataset), affine in zip(slices, located_affines, strict=True):
        same = (dataset.Rows, dataset.Columns) == (first.Rows, first.Columns)
        if not same or not np.allclose(affine[:3, 1:3], in_plane, atol=1e-3 * np.abs(in_plane).max()):
            raise ImageReadError(f"{path}: its size, spacing or orientation differs from the first of the series")
    normal = np.cross(in_plane[:, 1], in_plane[:, 0])
    order = np.argsort([affine[:3, 3] @ normal for affine in located_affines], kind="stable")
    slices = [slices[index] for index in order]
    places = np.array([located_affines[index][:3, 3] for index in order])
    _check_even(places, slices, folder)
    volume_affine = located_affines[order[0]]
    volume_affine[:3, 0] = (places[-1] - places[0]) / (len(places) - 1)
    decoded = [_pixels(dataset, path) for path, dataset in slices]
    pixels = np.stack([values for values, _ in decoded])
    remarks = list(dict.fromkeys(remark for _, found in decoded for remark in found))
    return _image(pixels, first, remarks, affine=volume_affine)


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
    except pydicom.errors.InvalidDicomError as error:
        raise ImageReadError(f"{path}: not a DICOM file, for it does not begin as one; copy it again") from error
    except (OSError, EOFError) as error:
        raise ImageReadError(f"{path}: not a DICOM file, or cut short ({error}); copy it again") from error


def _pixels(dataset: "Dataset", path: Path) -> tuple[NDArray, list[str]]:
    stored, remarks = _stored(dataset, path)
    interpretation = dataset.PhotometricInterpretation
    if interpretation == "PALETTE COLOR":
        return _palette_colors(stored, dataset), remarks
    if interpretation.startswith("YBR_FULL"):
        from pydicom.pixels import convert_color_space

        return convert_color_space(stored, interpretation, "RGB"), remarks
    if _is_inverted(dataset):
        stored = -1 - stored if dataset.PixelRepresentation else 2**dataset.BitsStored - 1 - stored
    return _rescaled(stored, dataset, path), remarks


def _stored(dataset: "Dataset", path: Path) -> tuple[NDArray, list[str]]:
    if "PixelData" not in dataset:
        kind = dataset.get("Modality", "unknown")
        raise ImageReadError(f"{path}: a DICOM object without pixels (modality {kind}); choose an image")
    if int(dataset.get("NumberOfFrames") or 1) > 1:
        raise ImageReadError(f"{path}: expected one frame, received {dataset.NumberOfFrames}; split it first")
    try:
        with quiet() as remarks:
            stored = dataset.pixel_array
    except Exception as error:
        # Decoders raise nearly anything on damaged input.
        syntax = dataset.file_meta.get("TransferSyntaxUID")
        if syntax is None or not syntax.is_compressed:
            raise ImageReadError(f"{path}: damaged or incomplete pixels ({error}); copy it again") from error
        raise ImageReadError(
            f"{path}: pixels damaged, or compressed in a way that cannot be decoded here ({syntax.name}); "
            "copy the file again, or decompress it with dcmdjpeg, dcmdjpls or gdcmconv --raw"
        ) from error
    if stored.shape[:2] != (dataset.Rows, dataset.Columns):
        raise ImageReadError(
            f"{path}: expected one frame, received pixels of shape {stored.shape}; split it first"
        )
    return stored, [str(remark.message) for remark in remarks]


def _palette_colors(stored: NDArray, dataset: "Dataset") -> NDArray:
    from pydicom.pixels import apply_color_lut

    colors = apply_color_lut(stored, dataset)[..., :3]
    # The standard's 16-bit tables hold the 8-bit colours of a screen in their upper byte.
    return (colors >> 8).astype(np.uint8) if colors.dtype == np.uint16 else colors


def _rescaled(stored: NDArray, dataset: "Dataset", path: Path) -> NDArray:
    from pydicom.pixels import apply_rescale

    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    if slope is not None and (float(slope) == 0 or not np.isfinite(float(slope))):
        raise ImageReadError(f"{path}: RescaleSlope is {slope}, which would make all pixels equal; repair the tag")
    if "ModalityLUTSequence" not in dataset and (slope in {None, 1}) and (intercept in {None, 0}):
        return stored
    return _smallest(apply_rescale(stored, dataset))


def _smallest(values: NDArray) -> NDArray:
    if (values == np.rint(values)).all() and np.abs(values).max(initial=0) < 2**15:
        return values.astype(np.int16)
    return values.astype(np.float32)


def _image(
    pixels: NDArray,
    dataset: "Dataset",
    remarks: list[str],
    *,
    affine: NDArray | None,
    spacing: tuple[float, float] | None = None,
) -> Image:
    steps = [Step("images.read", {"remark": remark}) for remark in remarks]
    if _is_inverted(dataset):
        steps.append(Step("images.read", {"inverted": True}))
    return Image(
        pixels,
        affine=affine,
        spacing=spacing,
        modality=str(dataset.get("Modality") or "OT"),
        units=_units(dataset),
        channel_axis=-1 if dataset.get("SamplesPerPixel", 1) == 3 or _is_palette(dataset) else None,
        history=tuple(steps),
    )


def _is_palette(dataset: "Dataset") -> bool:
    return dataset.PhotometricInterpretation == "PALETTE COLOR"


def _units(dataset: "Dataset") -> str:
    if dataset.get("Modality") == "CT" and "RescaleIntercept" in dataset:
        return str(dataset.get("RescaleType") or "HU")
    return str(dataset.get("Units") or "")


def _is_inverted(dataset: "Dataset") -> bool:
    return dataset.PhotometricInterpretation == "MONOCHROME1" and not _units(dataset)


def _in_plane_spacing(dataset: "Dataset", path: Path) -> tuple[float, float] | None:
    found: Any = dataset.get("PixelSpacing") or dataset.get("ImagerPixelSpacing")
    if not found:
        return None
    spacing = np.array(found, dtype=float)
    if spacing.shape != (2,) or not (np.isfinite(spacing) & (spacing > 0)).all():
        raise ImageReadError(f"{path}: pixel spacing must be two positive lengths, received {list(found)}")
    return float(spacing[0]), float(spacing[1])


def _affine(dataset: "Dataset", path: Path) -> NDArray | None:
    spacing = _in_plane_spacing(dataset, path)
    if spacing is None or not dataset.get("ImageOrientationPatient") or not dataset.get("ImagePositionPatient"):
        return None
    cosines = np.array(dataset.ImageOrientationPatient, dtype=float).reshape(2, 3)
    if not np.allclose(cosines @ cosines.T, np.eye(2), atol=1e-3):
        raise ImageReadError(
            f"{path}: orientation must be two perpendicular directions of length 1, received {cosines.tolist()}"
        )
    between = float(dataset.get("SpacingBetweenSlices") or dataset.get("SliceThickness") or 1)
    along_row, along_column = cosines
    affine = np.eye(4)
    affine[:3, 0] = np.cross(along_row, along_column) * abs(between)
    affine[:3, 1] = along_column * spacing[0]
    affine[:3, 2] = along_row * spacing[1]
    affine[:3, 3] = np.array(dataset.ImagePositionPatient, dtype=float)
    return affine
