"""Cohorts from a tree of DICOM files: a case for each series, named by pseudonyms.

Patient and case are keyed pseudonyms of PatientID and SeriesInstanceUID (see `workbench.pseudonyms`): the same under
one key, meaningless without it. Contours (RTSTRUCT) and segmentations (SEG) become masks of the series that they
refer to: in the column ``mask``, further ones in ``mask_1`` ...
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.images import Image, ImageReadError
from workbench.pseudonyms import pseudonym, session_key

from .cohort import Cohort
from .errors import CohortError
from .locations import Series

MASK_MODALITIES = {"RTSTRUCT", "SEG"}
TAGS = ["SOPClassUID", "Modality", "SeriesInstanceUID", "PatientID", "Rows", "BurnedInAnnotation",
        "RecognizableVisualFeatures"]  # fmt: skip


@dataclass(frozen=True)
class DicomMask:
    """Contours or a segmentation that lie on the grid of a series.

    Parameters
    ----------
    path : str
        The RTSTRUCT or SEG file.
    name : str
        Its pseudonym.
    """

    path: str = field(repr=False)
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
        raise ImageReadError(f"{self.path}: contours need the grid of an image; ask the cohort for its mask")

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
        from workbench.images import read_mask

        return read_mask(self.path, like=image)

    def __str__(self) -> str:
        return self.name


def read_dicom_tree(folder: Path, paths: list[Path]) -> Cohort:
    """Make a cohort of the series among DICOM files.

    Parameters
    ----------
    folder : Path
        The study.
    paths : list of Path
        Its DICOM files.

    Returns
    -------
    Cohort
        Columns patient (missing where the files name none), image, modality, annotation (what their tags say about
        burned-in text and faces), and masks. A file whose header cannot be read is a case of its own, so that an
        audit tells of it.

    Raises
    ------
    CohortError
        If no file holds an image.
    """
    import pydicom

    key = session_key()
    rows: dict[str, dict[str, Any]] = {}
    folders: dict[str, set[Path]] = defaultdict(set)
    masks: dict[str, list[DicomMask]] = defaultdict(list)
    for path in paths:
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=TAGS)
            uid = str(header.get("SeriesInstanceUID") or path)
            if header.get("Modality") in MASK_MODALITIES:
                for series in referenced_series(pydicom.dcmread(path, stop_before_pixels=True)):
                    masks[series].append(DicomMask(str(path), pseudonym(str(path), key=key, prefix="M-")))
            elif "Rows" in header:
                folders[uid].add(path.parent)
                rows.setdefault(uid, _row(header, uid, path.parent, key))
        except Exception:  # noqa: BLE001, S112
            name = pseudonym(str(path.relative_to(folder)), key=key, prefix="unreadable-")
            rows[str(path)] = {"case": name, "patient": None, "image": str(path)}
    if not folders and not rows:
        raise CohortError(f"{folder}: its DICOM files hold no image; choose the folder with the images")
    return Cohort(pd.DataFrame(_with_masks(rows, masks)).set_index("case"), root=folder)


def referenced_series(dataset: Any) -> list[str]:
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
    >>> referenced_series({})
    []
    """
    found = [str(item.SeriesInstanceUID) for item in dataset.get("ReferencedSeriesSequence", [])]
    for frame in dataset.get("ReferencedFrameOfReferenceSequence", []):
        for study in frame.get("RTReferencedStudySequence", []):
            found += [str(item.SeriesInstanceUID) for item in study.get("RTReferencedSeriesSequence", [])]
    return list(dict.fromkeys(found))


def _row(header: Any, uid: str, folder: Path, key: bytes) -> dict[str, Any]:
    name = pseudonym(uid, key=key, prefix="S-")
    patient = str(header.get("PatientID") or "").strip()
    marks = {"BurnedInAnnotation": "burned-in annotation", "RecognizableVisualFeatures": "recognizable features"}
    return {
        "case": name,
        "patient": pseudonym(patient, key=key, prefix="P-") if patient else None,
        "image": Series(str(folder), uid, name),
        "modality": str(header.get("Modality") or ""),
        "annotation": ", ".join(text for tag, text in marks.items() if header.get(tag) == "YES"),
    }


def _with_masks(rows: dict[str, dict[str, Any]], masks: dict[str, list[DicomMask]]) -> list[dict[str, Any]]:
    for uid, found in masks.items():
        for number, mask in enumerate(found):
            if uid in rows:
                rows[uid]["mask" if number == 0 else f"mask_{number}"] = mask
    return list(rows.values())
