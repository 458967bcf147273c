"""Opening a cohort: the layout of the study decides how it is read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench import samples
from workbench.files import nearest, not_there
from workbench.images.dicom import is_dicom

from .cohort import Cohort
from .detection_sets import is_coco, is_voc, read_coco, read_voc
from .dicom_tree import read_dicom_tree
from .errors import CohortError
from .folders import read_folder
from .locations import SAMPLE_PREFIX
from .medmnist import is_medmnist, read_medmnist
from .tables import NAMES, SUFFIXES, read_table

SAMPLES, FETCH = "samples", "fetch:"
OTHER_IMAGES = (".nii", ".nii.gz", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".npy", ".npz", ".nrrd", ".mha")
NEVER_DICOM = (*OTHER_IMAGES, ".gz", ".csv", ".txt", ".json", ".xml", ".md")


def read(source: str | Path) -> Cohort:
    """Open a cohort from what a study or a data set is: a table, a folder, a file of arrays.

    Parameters
    ----------
    source : str or Path
        ``"samples"``; ``"fetch:breastmnist"`` or another of `samples.public_sets`, downloaded once, or its name
        alone, which takes what was downloaded; a table (``.csv``, ``.parquet``) or a folder that holds
        ``cases.csv`` or ``cases.parquet``, see `cohorts.tables`; a Pascal VOC folder or COCO ``.json``; a MedMNIST
        ``.npz``; a tree of DICOM files, a case for each series, see `cohorts.dicom_tree`; a folder of pictures or
        volumes, with a folder for each class or patient, and masks beside them, see `cohorts.folders`. Hidden
        files are passed over. A path that is not there is looked for in the folders above the working folder.

    Returns
    -------
    Cohort
        Images are read when asked for; here only tables, labels, annotations and DICOM headers are.

    Raises
    ------
    CohortError
        If there is no such file or folder, it holds no case, or it is not what it seems to be.

    Examples
    --------
    >>> len(read("samples"))
    10
    """
    if str(source) == SAMPLES:
        names = list(samples.SAMPLES)
        images = [SAMPLE_PREFIX + name for name in names]
        return Cohort(pd.DataFrame({"patient": names, "image": images}, index=pd.Index(names, name="case")))
    public = _public_set(str(source))
    if public is not None:
        return read_medmnist(public)
    path = nearest(source)
    if path.is_dir():
        return _read_folder(path)
    if path.is_file() and path.suffix.lower() in SUFFIXES:
        return read_table(path)
    if is_medmnist(path):
        return read_medmnist(path)
    if path.is_file() and is_coco(path):
        return read_coco([path], path.parent)
    expected = "'samples', 'fetch:' and a public set's name, a folder of images, a table (.csv, .parquet)"
    given = f"{source} is none of these." if path.exists() else not_there(source)
    raise CohortError(f"{given} Expected {expected}, a MedMNIST .npz or a COCO .json")


def _public_set(source: str) -> Path | None:
    name = source.removeprefix(FETCH)
    if name == source and (name not in samples.public_sets().index or Path(name).exists()):
        return None
    try:
        return samples.downloaded(name) if name == source else samples.fetch(name)
    except (samples.DownloadError, ValueError) as error:
        raise CohortError(f"{source}: {error}") from error


def _read_folder(folder: Path) -> Cohort:
    for name in NAMES:
        if (folder / name).is_file():
            return read_table(folder / name)
    if is_voc(folder):
        return read_voc(folder)
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    annotations = [path for path in paths if is_coco(path)]
    if annotations:
        return read_coco(annotations, folder)
    sets = [path for path in paths if is_medmnist(path)]
    if len(sets) > 1:
        raise CohortError(
            f"{folder}: expected one set, received {', '.join(path.name for path in sets)}; name one"
        )
    if sets:
        return read_medmnist(sets[0])
    dicom = [path for path in paths if _seems_dicom(path)]
    if not dicom:
        return read_folder(folder, paths)
    others = [path for path in paths if path.name.lower().endswith(OTHER_IMAGES)]
    if others:
        raise CohortError(
            f"{folder}: holds DICOM files and other images ({others[0].relative_to(folder)}); name the folder "
            "of one of them, or list the cases in cases.csv"
        )
    return read_dicom_tree(folder, unmarked=[path for path in dicom if not is_dicom(path)])


def _seems_dicom(path: Path) -> bool:
    name = path.name.lower()
    return name.endswith((".dcm", ".dicom")) or not (name.endswith(NEVER_DICOM) or not is_dicom(path))
