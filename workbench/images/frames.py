"""The frames of DICOM objects: of each only the tags that reading needs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import ImageReadError

if TYPE_CHECKING:
    from pydicom import Dataset

PLANE = (
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "ImagerPixelSpacing",
    "SliceThickness",
    "SpacingBetweenSlices",
)
VALUES = ("RescaleSlope", "RescaleIntercept", "RescaleType", "Units", "DoseGridScaling", "DoseUnits")
#: What may tell frames at one position apart, the most telling first.
CONTRASTS = (
    "EffectiveEchoTime",
    "EchoTime",
    "DiffusionBValue",
    "TemporalPositionIndex",
    "TemporalPositionIdentifier",
    "NominalCardiacTriggerDelayTime",
    "TriggerTime",
    "ComplexImageComponent",
    "ReferencedSegmentNumber",
    "AcquisitionNumber",
)
TILE = ("ColumnPositionInTotalImagePixelMatrix", "RowPositionInTotalImagePixelMatrix")
SUV = (
    "SUVType",
    "CorrectedImage",
    "DecayCorrection",
    "PatientWeight",
    "SeriesDate",
    "SeriesTime",
    "AcquisitionDate",
    "AcquisitionTime",
    "RadionuclideTotalDose",
    "RadionuclideHalfLife",
    "RadiopharmaceuticalStartTime",
    "RadiopharmaceuticalStartDateTime",
)
#: Every tag of a dataset that outlives it; none of these reaches an Image but as geometry, units or history.
ALLOWED = frozenset({*PLANE, *VALUES, *CONTRASTS, *TILE, *SUV, "Modality", "PhotometricInterpretation"})
NESTED = ("RadiopharmaceuticalInformationSequence",)
GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")


@dataclass(frozen=True)
class Frame:
    """One two-dimensional picture of a DICOM object.

    Parameters
    ----------
    path : Path
        Of the object.
    number : int
        Among its frames, from 0.
    count : int
        Of its frames.
    size : tuple of int
        Rows and columns.
    facts : dict
        Values of allowed tags by keyword, those of the frame before those of the object.
    """

    path: Path
    number: int
    count: int
    size: tuple[int, int]
    facts: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return str(self.path) if self.count == 1 else f"{self.path} frame {self.number + 1}"

    @property
    def name(self) -> str:
        """The file's name, with the frame's number where it has several."""
        return self.path.name if self.count == 1 else f"{self.path.name} frame {self.number + 1}"


def frames_of(dataset: "Dataset", path: Path) -> list[Frame]:
    """Return the frames of a DICOM object.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With or without pixels; it is not kept.
    path : Path
        Where it came from.

    Returns
    -------
    list of Frame
        In the order of the file.

    Raises
    ------
    ImageReadError
        If the number of frames is not positive.

    Examples
    --------
    >>> from pydicom import Dataset
    >>> dataset = Dataset()
    >>> dataset.Rows, dataset.Columns, dataset.PatientName, dataset.Modality = 4, 5, "Ann", "CT"
    >>> [frame.facts for frame in frames_of(dataset, Path("a.dcm"))]
    [{'Modality': 'CT'}]
    """
    count = frame_count(dataset, path)
    common = _allowed(dataset)
    for keyword in NESTED:
        for item in list(dataset.get(keyword) or [])[:1]:
            common |= _allowed(item)
    shared, own = (list(dataset.get(keyword) or []) for keyword in GROUPS)
    if own and len(own) != count:
        common["problem"] = f"functional groups for {len(own)} frames, but {count} frames: positions are not used"
        own = []
    for group in shared[:1]:
        common |= _grouped(group)
    size = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
    offsets = _offsets(dataset, count)
    frames = []
    for number in range(count):
        facts = common | (_grouped(own[number]) if own else {})
        if offsets is not None and facts.get("ImageOrientationPatient") and facts.get("ImagePositionPatient"):
            along_row, along_column = np.reshape(facts["ImageOrientationPatient"], (2, 3))
            place = np.array(facts["ImagePositionPatient"]) + np.cross(along_row, along_column) * offsets[number]
            facts["ImagePositionPatient"] = place.tolist()
        elif not own and (count > 1 or "problem" in common):
            # One position for many frames is the first one's: where the others are is not told.
            facts.pop("ImagePositionPatient", None)
        frames.append(Frame(path, number, count, size, facts))
    return frames


def frame_count(dataset: "Dataset", path: Path) -> int:
    """Return the number of frames that a DICOM object states.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With or without pixels.
    path : Path
        Where it came from.

    Returns
    -------
    int
        1 where it states none.

    Raises
    ------
    ImageReadError
        If the number is not positive.

    Examples
    --------
    >>> from pydicom import Dataset
    >>> frame_count(Dataset(), Path("a.dcm"))
    1
    """
    stated = dataset.get("NumberOfFrames")
    try:
        count = int(1 if stated is None or stated == "" else stated)
    except (TypeError, ValueError):
        count = 0
    if not 0 < count < 10**6:
        raise ImageReadError(f"{path}: NumberOfFrames must be a positive number, received {stated}; repair it")
    return count


def _offsets(dataset: "Dataset", count: int) -> list[float] | None:
    offsets = _plain(dataset.get("GridFrameOffsetVector"))
    offsets = offsets if isinstance(offsets, list) else [offsets]
    return None if count == 1 or len(offsets) != count else [float(x) - float(offsets[0]) for x in offsets]


def _grouped(group: "Dataset") -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for element in group:
        if element.VR == "SQ" and len(element.value):
            facts |= _allowed(element.value[0])
    return facts


def _allowed(dataset: "Dataset") -> dict[str, Any]:
    found = {keyword: _plain(dataset.get(keyword)) for keyword in ALLOWED if keyword in dataset}
    return {keyword: value for keyword, value in found.items() if value not in (None, "", [])}


def _plain(value: Any) -> Any:
    """Return a value without pydicom's types, some of which hold on to more than they show."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, int):
        return int(value)
    if hasattr(value, "__float__"):
        return float(value)
    return [_plain(entry) for entry in value] if hasattr(value, "__iter__") else str(value)
