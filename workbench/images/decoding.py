"""Pixels of DICOM objects: decoded, coloured, in units."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import ImageReadError
from .frames import Frame, frame_count
from .silence import quiet, silent_codecs, unlogged
from .suv import suv_factor

if TYPE_CHECKING:
    from pydicom import Dataset

# No real compression comes near this ratio: a header that asks for more is damaged.
GREATEST_RATIO = 5000
SMALL = 2**26


def decode(dataset: "Dataset", path: Path) -> tuple[NDArray, list[str]]:
    """Decode the stored pixels of a DICOM object.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With pixels, of any transfer syntax that pydicom's permissive plugins know.
    path : Path
        For messages.

    Returns
    -------
    pixels : (frames, rows, columns[, 3]) ndarray
        As stored; YBR colours as RGB.
    remarks : list of str
        What the decoder warned of.

    Raises
    ------
    ImageReadError
        If there are no pixels, or they cannot be decoded or are not as many as stated.
    """
    from pydicom.pixels import get_decoder

    from .codecs import plugin_for

    if "PixelData" not in dataset:
        kind = "float pixels" if "FloatPixelData" in dataset or "DoubleFloatPixelData" in dataset else "no pixels"
        modality = dataset.get("Modality", "unknown")
        raise ImageReadError(
            f"{path}: a DICOM object without pixels to show ({kind}, modality {modality}); choose an image"
        )
    count = frame_count(dataset, path)
    syntax = dataset.file_meta.get("TransferSyntaxUID")
    if syntax is None:
        raise ImageReadError(f"{path}: no TransferSyntaxUID says how its pixels are stored; repair the file")
    _check_size(dataset, count, path)
    try:
        with quiet() as remarks, unlogged("pydicom"), silent_codecs():
            pixels, meaning = get_decoder(syntax).as_array(dataset, decoding_plugin=plugin_for(dataset))
    except Exception as error:
        # Decoders raise nearly anything on damaged input.
        cause = " ".join(str(error).split())
        if not syntax.is_compressed:
            raise ImageReadError(f"{path}: damaged or incomplete pixels ({cause}); copy it again") from error
        raise ImageReadError(
            f"{path}: pixels damaged, or compressed in a way that cannot be decoded here ({syntax.name}): {cause}"
            "; copy the file again, or decompress it with dcmdjpeg, dcmdjpls or gdcmconv --raw"
        ) from error
    pixels = pixels if int(meaning.get("number_of_frames", 1)) > 1 else pixels[np.newaxis]
    samples = (3,) if dataset.get("SamplesPerPixel") == 3 else ()
    if pixels.shape != (count, dataset.Rows, dataset.Columns, *samples):
        raise ImageReadError(
            f"{path}: expected {count} frame(s), received pixels of shape {pixels.shape}; repair it"
        )
    return pixels, [str(remark.message) for remark in remarks]


def colored(pixels: NDArray, dataset: "Dataset") -> NDArray:
    """Look palette colours up; leave all other pixels alone.

    Parameters
    ----------
    pixels : (frames, rows, columns[, 3]) ndarray
        As decoded.
    dataset : pydicom.Dataset
        Their object.

    Returns
    -------
    (frames, rows, columns[, 3]) ndarray
        A segmentation's labels stay labels, whatever colours are proposed for them.
    """
    if dataset.get("PhotometricInterpretation") != "PALETTE COLOR" or dataset.get("Modality") == "SEG":
        return pixels
    from pydicom.pixels import apply_color_lut

    colors = apply_color_lut(pixels, dataset)[..., :3]
    # The standard's 16-bit tables hold the 8-bit colours of a screen in their upper byte.
    return (colors >> 8).astype(np.uint8) if colors.dtype == np.uint16 else colors


def is_inverted(dataset: "Dataset", units: str) -> bool:
    """Tell whether bright is stored low without these being units that must not be turned round.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Any.
    units : str
        Of its pixels; empty where they have none.

    Returns
    -------
    bool
        True for MONOCHROME1 without units.
    """
    return dataset.get("PhotometricInterpretation") == "MONOCHROME1" and not units


def inverted(pixels: NDArray, dataset: "Dataset") -> NDArray:
    """Turn grey levels round within their stored bits.

    Parameters
    ----------
    pixels : ndarray
        As decoded.
    dataset : pydicom.Dataset
        Their object.

    Returns
    -------
    ndarray
        Same shape and dtype.
    """
    return (-1 - pixels if dataset.PixelRepresentation else 2**dataset.BitsStored - 1 - pixels).astype(
        pixels.dtype
    )


def in_units(pixels: NDArray, frames: list[Frame], dataset: "Dataset", *, suv: bool) -> NDArray:
    """Apply each frame's rescaling.

    Parameters
    ----------
    pixels : (frames, rows, columns) ndarray
        As stored.
    frames : list of Frame
        Their facts.
    dataset : pydicom.Dataset
        Their object, for its modality lookup table.
    suv : bool
        Scale PET further to SUV.

    Returns
    -------
    (frames, rows, columns) ndarray
        Unchanged where there is no rescaling; otherwise int16 or int32 where that is exact, else float32.

    Raises
    ------
    ImageReadError
        If a slope is zero or not finite.
    """
    scales = [_scale(frame, suv=suv) for frame in frames]
    if "ModalityLUTSequence" in dataset:
        from pydicom.pixels import apply_modality_lut

        return _smallest(apply_modality_lut(pixels, dataset))
    if all(scale == (1, 0) for scale in scales):
        return pixels
    rescaled = [
        _smallest(stored * slope + intercept) for stored, (slope, intercept) in zip(pixels, scales, strict=True)
    ]
    return np.stack(rescaled)


def units_of(facts: dict[str, Any], *, suv: bool) -> str:
    """Name the units of rescaled pixels.

    Parameters
    ----------
    facts : dict
        Of a frame.
    suv : bool
        Whether PET is scaled to SUV.

    Returns
    -------
    str
        Empty where there are none.

    Examples
    --------
    >>> units_of({"Modality": "CT", "RescaleIntercept": -1024.0}, suv=False)
    'HU'
    """
    if suv:
        return "SUV"
    if facts.get("Modality") == "CT" and "RescaleIntercept" in facts:
        return str(facts.get("RescaleType") or "HU")
    return str(facts.get("Units") or facts.get("DoseUnits") or "")


def _scale(frame: Frame, *, suv: bool) -> tuple[float, float]:
    facts = frame.facts
    slope = facts.get("DoseGridScaling", facts.get("RescaleSlope", 1.0))
    intercept = facts.get("RescaleIntercept", 0.0)
    if not isinstance(slope, int | float) or not isinstance(intercept, int | float):
        raise ImageReadError(f"{frame}: RescaleSlope and RescaleIntercept must be numbers; repair the tags")
    if slope == 0 or not np.isfinite(slope) or not np.isfinite(intercept):
        raise ImageReadError(
            f"{frame}: RescaleSlope is {slope:g} and RescaleIntercept {intercept:g}, which would make all pixels "
            "equal or infinite; repair the tags"
        )
    factor = (suv_factor(facts)[0] or 1.0) if suv else 1.0
    return slope * factor, intercept * factor


def _smallest(values: NDArray) -> NDArray:
    greatest = float(np.abs(values).max(initial=0))
    if greatest < 2**31 and (values == np.rint(values)).all():
        return values.astype(np.int16 if greatest < 2**15 else np.int32)
    return values.astype(np.float32)


def _check_size(dataset: "Dataset", count: int, path: Path) -> None:
    sides = [int(dataset.get(keyword) or 0) for keyword in ("Rows", "Columns", "BitsAllocated")]
    samples = int(dataset.get("SamplesPerPixel") or 1)
    if min(*sides, samples) <= 0:
        raise ImageReadError(f"{path}: Rows, Columns and BitsAllocated must be positive, received {sides}")
    asked = count * samples * int(np.prod(np.array(sides, dtype=object))) // 8
    stored = len(dataset.PixelData or b"")
    if asked > max(GREATEST_RATIO * stored, SMALL):
        raise ImageReadError(
            f"{path}: its header asks for {asked} bytes of pixels, but it holds {stored}; is it damaged?"
        )
