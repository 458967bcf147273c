"""What an audit keeps of each case after its images have been read once."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from workbench.images import Image, ImageReadError, read
from workbench.images.dicom import is_dicom

from .boxes import parse_boxes
from .cells import CellReader
from .errors import CohortError
from .findings import Finding
from .fingerprints import Fingerprint, fingerprint
from .locations import files_of, is_given, is_path

ANNOTATION_TAGS = {"BurnedInAnnotation": "burned-in text", "RecognizableVisualFeatures": "a recognizable face"}
BLOCK = 2**22


@dataclass(frozen=True)
class Looked:
    """What is kept of one image.

    Parameters
    ----------
    case, column : str
        Where it stands in the table.
    group : tuple of str
        Images of one column, modality and units can be compared.
    print : Fingerprint
        To find others like it.
    mean, deviation : float
        Of its intensities.
    spacing : tuple of float or None
        In mm.
    """

    case: str
    column: str
    group: tuple[str, str, str]
    print: Fingerprint
    mean: float
    deviation: float
    spacing: tuple[float, ...] | None


@dataclass(frozen=True)
class Inspector:
    """Reads what a case has and says what is wrong with it.

    Parameters
    ----------
    reader : CellReader
        Of the cohort.
    images, masks : list of str
        Columns.
    """

    reader: CellReader
    images: list[str]
    masks: list[str] = field(default_factory=list)

    def __call__(self, case: str, cells: dict[str, Any]) -> tuple[list[Looked], list[Finding]]:
        """Inspect one case.

        Parameters
        ----------
        case : str
            Its name.
        cells : dict
            Its row of the table.

        Returns
        -------
        looked : list of Looked
            One for each image that could be read.
        findings : list of Finding
            What is wrong with this case alone.
        """
        looked, findings = [], []
        first: Image | None = None
        for column in self.images:
            if not is_given(cells[column]):
                continue
            image, told = self._open(case, column, cells[column])
            findings += told + _annotations(case, cells[column])
            if image is None:
                continue
            first = image if column == self.images[0] else first
            looked.append(_looked(case, column, image))
            if looked[-1].deviation == 0:
                findings.append(
                    Finding("constant image", (case,), f"all pixels of {column} are {looked[-1].mean:g}")
                )
        for column in self.masks if first is not None else ():
            if is_given(cells[column]):
                findings += self._mask(case, column, cells[column], first)
        if "boxes" in cells:
            findings += _boxes(case, cells["boxes"], first)
        return looked, findings

    def _open(self, case: str, column: str, cell: Any) -> tuple[Image | None, list[Finding]]:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                image = self.reader.read(case, column, cell, cell)
            except ImageReadError as error:
                return None, [Finding("unreadable file", (case,), str(error))]
        return image, [Finding("reading problem", (case,), str(warning.message)) for warning in told]

    def _mask(self, case: str, column: str, cell: Any, image: Image | None) -> list[Finding]:
        try:
            mask = self.reader.read(case, column, cell, image)
        except ImageReadError as error:
            kind = "mask of other geometry" if is_path(cell) and _is_readable(cell) else "unreadable file"
            return [Finding(kind, (case,), str(error))]
        if image is not None and (difference := _difference(mask, image)):
            return [Finding("mask of other geometry", (case,), f"{column}: {difference}")]
        return [] if mask.pixels.any() else [Finding("empty mask", (case,), column)]


def _looked(case: str, column: str, image: Image) -> Looked:
    mean, deviation = _moments(image)
    print_ = fingerprint(image)
    return Looked(case, column, (column, image.modality, image.units), print_, mean, deviation, image.spacing)


def _moments(image: Image) -> tuple[float, float]:
    # In blocks, so that a volume is not copied whole as float64.
    flat = image.pixels.reshape(-1)
    parts = [flat[start : start + BLOCK] for start in range(0, flat.size, BLOCK)]
    mean = sum(float(part.sum(dtype=float)) for part in parts) / flat.size
    if flat.min() == flat.max():
        return mean, 0.0
    squares = sum(float(np.square(part.astype(float) - mean).sum()) for part in parts)
    return mean, float(np.sqrt(squares / flat.size))


def _is_readable(path: Any) -> bool:
    try:
        read(path)
    except ImageReadError:
        return False
    return True


def _difference(mask: Image, image: Image) -> str:
    shape = image.shape if image.channel_axis is None else tuple(np.delete(image.shape, image.channel_axis))
    if mask.shape != shape:
        return f"shape {mask.shape} on an image of {shape}"
    return "" if mask.may_lie_on(image) else "the same shape, but another place, spacing or orientation"


def _boxes(case: str, cell: Any, image: Image | None) -> list[Finding]:
    try:
        boxes = parse_boxes(cell)
    except CohortError as error:
        return [Finding("malformed boxes", (case,), str(error))]
    flat = ~((boxes["bottom"] > boxes["top"]) & (boxes["right"] > boxes["left"]))
    found = [Finding("box without area", (case,), _box(row)) for _, row in boxes[flat].iterrows()]
    if image is None:
        return found
    shape = image.shape if image.channel_axis is None else tuple(np.delete(image.shape, image.channel_axis))
    rows, columns = shape[-2:]
    outside = (boxes[["top", "left"]].min(axis=1) < 0) | (boxes["bottom"] > rows) | (boxes["right"] > columns)
    beyond = [
        Finding("box outside the image", (case,), f"{_box(row)} in {rows} x {columns}")
        for _, row in boxes[outside].iterrows()
    ]
    return found + beyond


def _box(row: pd.Series) -> str:
    name = f"{row['label']} " if row["label"] else ""
    return f"{name}rows {row['top']:g} to {row['bottom']:g}, columns {row['left']:g} to {row['right']:g}"


def _annotations(case: str, cell: Any) -> list[Finding]:
    paths = [path for path in files_of(cell) if path.suffix.lower() in {".dcm", ".dicom", ""} or is_dicom(path)]
    said = dict.fromkeys(text for path in paths for text in _annotation(path))
    return [Finding("burned-in annotation", (case,), f"its tags say that it shows {text}") for text in said]


def _annotation(path: Any) -> list[str]:
    import pydicom

    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(ANNOTATION_TAGS))
        return [text for tag, text in ANNOTATION_TAGS.items() if str(header.get(tag)).strip().upper() == "YES"]
    except Exception:
        # A file that cannot be parsed is reported by the reader.
        return []
