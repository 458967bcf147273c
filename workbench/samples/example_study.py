"""The example study: a small simulated study on disk, in the layout that a user's own study should have."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
import pandas as pd

from workbench import phantoms
from workbench.files import replacing
from workbench.images import Image, read, write

from .studies import study

PATIENTS, IMAGES, SIZE = 6, 2, 128
#: Stored pixel = (HU - intercept) / slope, so that they are not negative.
INTERCEPT = -1024
README = """# Example study

Six simulated patients, two chest CT slices each, half with a nodule. Nobody was scanned: names, dates and
identifiers in the DICOM files are made up, and so are the images. Copy this layout for a study of your own:

    cases.csv                       one row per case
    images/PATIENT/IMAGE.dcm        DICOM (or NIfTI, PNG ...); a folder of slices is a volume
    masks/PATIENT/IMAGE.nii.gz      NIfTI in the geometry of the image

`cases.csv` has the columns `case`, `patient`, `image` and, where known, `mask`, `label`, `split` and `boxes`.
Paths are relative to it, with forward slashes. Patients, not images, are assigned to a `split`. `boxes` are JSON
lists of top, left, bottom and right in pixels.

    from workbench import cohorts
    cohort = cohorts.read("data/example_study")

Made by `workbench example-study FOLDER`; the same command gives the same bytes.
For research and teaching; not a medical device.
"""


def write_example_study(folder: str | Path, *, seed: int = 0) -> Path:
    """Write the example study: DICOM images, NIfTI masks, ``cases.csv`` and a README.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    seed : int, optional
        Of the images and of the DICOM identifiers, 0 or more. The same seed gives the same bytes.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileExistsError
        If the folder holds anything.

    Examples
    --------
    >>> import tempfile
    >>> folder = write_example_study(tempfile.mkdtemp())
    >>> sorted(path.name for path in folder.iterdir())
    ['README.md', 'cases.csv', 'images', 'masks']
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} must be a new or empty folder; give another one")
    cohort = study("chest", patients=PATIENTS, images_per_patient=IMAGES, size=SIZE, seed=seed)
    rows = []
    for number, row in enumerate(cohort.table.to_dict("records")):
        patient, slice_ = divmod(number, IMAGES)
        phantom = phantoms.simulate("chest", patient=patient, image=slice_, size=SIZE, seed=seed)
        name = f"simulated-{patient + 1:02}/slice-{slice_ + 1}"
        image, mask = f"images/{name}.dcm", f"masks/{name}.nii.gz"
        _write_dicom(phantom.image, folder / image, patient=patient, slice_=slice_, seed=seed)
        # The mask takes the geometry that a reader of the image sees.
        write(phantom.mask.replace(affine=read(folder / image).affine), folder / mask)
        facts = {
            "case": f"{patient + 1:02}-{slice_ + 1}",
            "patient": f"{patient + 1:02}",
            "image": image,
            "mask": mask,
        }
        split = "test" if patient >= PATIENTS - 2 else "train"
        rows.append(facts | {"label": row["label"], "split": split, "boxes": row["boxes"]})
    with replacing(folder / "cases.csv") as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False, lineterminator="\n")
    with replacing(folder / "README.md") as temporary:
        temporary.write_text(README, encoding="utf-8", newline="\n")
    return folder


def _height(slice_: int) -> float:
    return 10.0 * slice_


def _uid(*key: object) -> str:
    """Return a DICOM identifier made from a key, in the root that the standard keeps for UUIDs."""
    name = "/".join(map(str, ("workbench", "example study", *key)))
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, name).int}"


def _write_dicom(image: Image, path: Path, *, patient: int, slice_: int, seed: int) -> None:
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = _uid(seed, patient, "image", slice_)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _uid("implementation")
    assert image.spacing is not None and image.affine is not None  # noqa: S101 (phantoms have geometry)
    spacing = [round(mm, 6) for mm in image.spacing]
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=bytes(128))
    fields = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["DERIVED", "SECONDARY", "AXIAL"],
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": meta.MediaStorageSOPInstanceUID,
        "StudyDate": "19000101",
        "StudyTime": "000000",
        "AccessionNumber": f"FICTITIOUS{patient + 1:02}",
        "Modality": "CT",
        "Manufacturer": "SIMULATED (workbench.phantoms)",
        "ReferringPhysicianName": "Nobody^Doctor",
        "StudyDescription": "SIMULATED, NOBODY WAS SCANNED",
        "SeriesDescription": "simulated chest CT",
        "PatientName": f"Fictitious^Person{patient + 1:02}",
        "PatientID": f"SIMULATED-{patient + 1:02}",
        "PatientBirthDate": "18000101",
        "PatientSex": "O",
        "PatientIdentityRemoved": "YES",
        "DeidentificationMethod": "simulated image, no person",
        "BodyPartExamined": "CHEST",
        "SliceThickness": 3,
        "KVP": 120,
        "StudyInstanceUID": _uid(seed, patient, "study"),
        "SeriesInstanceUID": _uid(seed, patient, "series", slice_),
        "FrameOfReferenceUID": _uid(seed, patient, "frame"),
        "StudyID": f"{patient + 1}",
        "SeriesNumber": slice_ + 1,
        "InstanceNumber": 1,
        "PatientPosition": "HFS",
        "PositionReferenceIndicator": "",
        "ImagePositionPatient": [0, 0, _height(slice_)],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": image.shape[0],
        "Columns": image.shape[1],
        "PixelSpacing": spacing,
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "BurnedInAnnotation": "NO",
        "WindowCenter": -600,
        "WindowWidth": 1500,
        "RescaleIntercept": INTERCEPT,
        "RescaleSlope": 1,
        "RescaleType": "HU",
        "PixelData": (image.pixels.astype(np.int32) - INTERCEPT).clip(0, 4095).astype("<u2").tobytes(),
    }
    for keyword, value in fields.items():
        setattr(dataset, keyword, value)
    with replacing(path) as temporary:
        dataset.save_as(temporary, enforce_file_format=True)
