"""Cohorts from a tree of DICOM files: a case for each series, named by pseudonyms.

Patient and case are keyed pseudonyms of PatientID and SeriesInstanceUID (see `workbench.pseudonyms`): the same
under one key, meaningless without it. A series whose files are not slices of one volume, such as the views of a
radiograph, gives a case for each file. Contours (RTSTRUCT) and segmentations (SEG) become masks of the series
that they were drawn on: in the column ``mask`` where there is but one region, ``mask_`` and its name where there
are several.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.images import Image, ImageReadError, read_mask
from workbench.images.contours import contour_names
from workbench.images.planes import plane_affine
from workbench.images.segmentations import segment_names
from workbench.images.series import Series as Scanned
from workbench.images.series import scan
from workbench.pseudonyms import pseudonym, session_key

from .cohort import Cohort
from .errors import CohortError
from .locations import Series

if TYPE_CHECKING:
    from pydicom import Dataset

MASK_MODALITIES = {"RTSTRUCT", "SEG"}


@dataclass(frozen=True)
class DicomMask:
    """One region of contours or of a segmentation, to be put on the grid of its image.

    Parameters
    ----------
    path : str
        The RTSTRUCT or SEG file, which is not shown.
    region : int
        Number of the region.
    name : str
        Its name.
    """

    path: str = field(repr=False)
    region: int
    name: str

    def open(self) -> Image:
        """Refuse: without an image there is no grid.

        Returns
        -------
        Image
            Never.

        Raises
        ------
        ImageReadError
            Always.
        """
        raise ImageReadError(f"{self.path}: a region needs the grid of an image; ask the cohort for its mask")

    def open_like(self, image: Image) -> Image:
        """Read the mask on an image's grid.

        Parameters
        ----------
        image : Image
            Of the case.

        Returns
        -------
        Image
            Of the image's shape.

        Raises
        ------
        ImageReadError
            If the mask cannot be read, or does not fit the image.
        """
        return read_mask(self.path, like=image, roi=self.region)

    def __str__(self) -> str:
        return self.name


def read_dicom_tree(folder: Path, *, unmarked: Sequence[Path] = ()) -> Cohort:
    """Make a cohort of the series among the DICOM files of a folder.

    Parameters
    ----------
    folder : Path
        The study.
    unmarked : sequence of Path, optional
        Files that are DICOM by their names, but do not begin as such.

    Returns
    -------
    Cohort
        Columns patient (missing where the files name none), image, modality, and masks. A file whose header
        cannot be read is a case of its own, so that an audit tells of it.

    Raises
    ------
    CohortError
        If no file holds an image.
    """
    key = session_key()
    series, unreadable = scan(folder)
    rows: dict[str, list[dict[str, Any]]] = {
        one.uid: _rows(one, key) for one in series if one.frames and one.modality not in MASK_MODALITIES
    }
    for uid, masks in _masks(
        [path for one in series if one.modality in MASK_MODALITIES for path in one.paths]
    ).items():
        for row in rows.get(uid, []):
            row.update(_columns(masks))
    named = [*(message.split(": ")[0] for message in unreadable), *map(str, unmarked)]
    broken = [_broken(path, folder, key) for path in named]
    if not rows and not broken:
        raise CohortError(f"{folder}: its DICOM files hold no image; choose the folder with the images")
    table = pd.DataFrame([row for found in rows.values() for row in found] + broken)
    return Cohort(table.set_index("case"), root=folder)


def referenced_series(dataset: Dataset) -> list[str]:
    """List the series that contours or a segmentation were drawn on.

    Parameters
    ----------
    dataset : pydicom.Dataset
        An RTSTRUCT or SEG object.

    Returns
    -------
    list of str
        Their SeriesInstanceUIDs.

    Examples
    --------
    >>> import pydicom
    >>> item = pydicom.Dataset()
    >>> item.SeriesInstanceUID = "1.2.3"
    >>> dataset = pydicom.Dataset()
    >>> dataset.ReferencedSeriesSequence = [item]
    >>> referenced_series(dataset)
    ['1.2.3']
    """
    items = list(dataset.get("ReferencedSeriesSequence") or [])
    for frame in dataset.get("ReferencedFrameOfReferenceSequence") or []:
        for study in frame.get("RTReferencedStudySequence") or []:
            items += study.get("RTReferencedSeriesSequence") or []
    return list(dict.fromkeys(str(item.SeriesInstanceUID) for item in items if "SeriesInstanceUID" in item))


def _rows(series: Scanned, key: bytes) -> list[dict[str, Any]]:
    name = pseudonym(series.uid or str(series.paths[0]), key=key, prefix="S-")
    patient = pseudonym(series.patient, key=key, prefix="P-") if series.patient.strip(" \0") else None
    groups = [series.paths] if _is_volume(series) else [[path] for path in series.paths]
    names = [name] if len(groups) == 1 else [f"{name}-{number}" for number in range(1, len(groups) + 1)]
    return [
        {
            "case": case,
            "patient": patient,
            "image": Series(tuple(map(str, paths)), case),
            "modality": series.modality,
        }
        for case, paths in zip(names, groups, strict=True)
    ]


def _is_volume(series: Scanned) -> bool:
    try:
        return all(frame.count == 1 and plane_affine(frame) is not None for frame in series.frames)
    except ImageReadError:
        # Its slices have places, but faulty ones: the reader will say which.
        return True


def _masks(paths: list[Path]) -> dict[str, list[DicomMask]]:
    import pydicom

    found: dict[str, list[DicomMask]] = defaultdict(list)
    for path in paths:
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        names = contour_names(dataset) if dataset.Modality == "RTSTRUCT" else segment_names(dataset)
        for uid in referenced_series(dataset):
            found[uid] += [DicomMask(str(path), number, name) for number, name in names.items()]
    return found


def _columns(masks: list[DicomMask]) -> dict[str, DicomMask]:
    if len(masks) == 1:
        return {"mask": masks[0]}
    columns: dict[str, DicomMask] = {}
    for mask in masks:
        name = f"mask_{re.sub(r'[^A-Za-z0-9]+', '_', mask.name)}"
        columns[name if name not in columns else f"{name}_{len(columns)}"] = mask
    return columns


def _broken(path: str, folder: Path, key: bytes) -> dict[str, Any]:
    relative = str(Path(path).relative_to(folder)) if Path(path).is_relative_to(folder) else path
    return {
        "case": pseudonym(relative, key=key, prefix="unreadable-"),
        "patient": None,
        "image": path,
        "modality": "",
    }
