"""Whatever a user has, as one table of cases, and every assumption that this took, in words."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd

from workbench import cohorts
from workbench.cohorts import Cohort, CohortError
from workbench.cohorts.folders import IMAGE_FOLDERS, INDEX, MASK_FOLDERS, SPLITS
from workbench.cohorts.locations import files_of, is_path
from workbench.cohorts.tables import NAMES, SUFFIXES
from workbench.files import nearest

from .gathered import Gathered
from .listing import read_listing
from .whose import is_expression, names_of, with_patients

#: Names of classes without what is looked for.
NORMAL = re.compile(
    r"(0|no|non|not|without|normal|benign|healthy|control|negative|neg|none|well|absent|clear)\b.*", re.IGNORECASE
)


def gather(source: str | Path, *, label: str | None = None, patient: str | None = None) -> Gathered:
    """Understand a folder of images, a table or a set as a study.

    Parameters
    ----------
    source : str or Path
        A folder of pictures, volumes or DICOM files at any depth, with a folder for each class; a ``.csv`` with a
        column of files; whatever `cohorts.read` opens.
    label : str, optional
        Column of a table that says the class.
    patient : str, optional
        Column of a table that says the patient; or a regular expression for the names of files, whose group is
        the patient; or ``"image"``: each image is of another patient.

    Returns
    -------
    Gathered
        Columns as in `cohorts.read`.

    Raises
    ------
    CohortError
        If there are no images, or they contradict each other.
    ValueError
        If a column or expression does not fit.
    """
    # Found once, here or in a folder above, for all that follows asks what it is.
    path = nearest(source)
    tables = [path] if path.suffix.lower() == ".csv" else [path / NAMES[0]]
    if tables[0].is_file():
        pattern = patient if is_expression(patient) else None
        cohort, assumed = read_listing(tables[0], label=label, patient=None if pattern else patient)
        return with_patients(cohort, assumed, pattern, named="case" in pd.read_csv(tables[0], nrows=0))
    cohort = _read(path, str(path if path.exists() else source))
    if label is not None and label not in cohort.table:
        raise ValueError(f"no column {label!r}; there are {', '.join(map(str, cohort.table))}")
    assumed = []
    if label is not None:
        cohort = Cohort(cohort.table.assign(label=cohort.table[label]), root=cohort.root)
    elif "label" not in cohort.table and path.is_dir():
        cohort, assumed = _with_classes(cohort, path)
    elif path.is_dir() and _in_folders(cohort, path):
        assumed = [f"the folders {_listed(cohort.table['label'])} are the classes"]
    columns = _columns(path / INDEX) if (path / INDEX).is_file() else []
    if columns:
        assumed.append(f"the file {INDEX} says more about the images: {', '.join(columns)}")
    if "label" in columns and label in {None, "label"}:
        agree = "; the folders agree" if assumed[0].startswith("the folders") else ""
        assumed.append(f"classes: column label of {INDEX}{agree}")
    column = f"column patient of {INDEX}" if "patient" in columns else ""
    # In a file of arrays and a public set cases have numbers; whatever else names them may be a file.
    named = not path.exists() or path.suffix.lower() in {".npz", ".parquet"}
    return with_patients(cohort, assumed, patient, named=named, column=column)


def gather_as_listed(source: str | Path) -> Gathered:
    """Understand a table of cases as it stands, and anything else as a study.

    Parameters
    ----------
    source : str or Path
        See `gather`.

    Returns
    -------
    Gathered
        Nothing is assumed of a ``cases.csv`` or ``.parquet``: it says whose the images are.

    Raises
    ------
    CohortError
        If there are no images, or they contradict each other.
    """
    path = nearest(source)
    listed = path.suffix.lower() in SUFFIXES or any((path / name).is_file() for name in NAMES)
    return Gathered(cohorts.read(source), ()) if listed else gather(source)


def rarer_class(labels: pd.Series) -> str:
    """Guess which class is the one to be found.

    Parameters
    ----------
    labels : pandas.Series
        Of all cases.

    Returns
    -------
    str
        The rarest of those whose names do not say that nothing is there.

    Examples
    --------
    >>> rarer_class(pd.Series(["NORMAL", "PNEUMONIA", "PNEUMONIA"]))
    'PNEUMONIA'
    """
    counts = labels.dropna().astype(str).value_counts()
    ill = counts[[NORMAL.fullmatch(name) is None for name in counts.index]]
    chosen = ill if len(ill) else counts
    return str(min(chosen.index, key=lambda name: (chosen[name], name)))


def _read(path: Path, source: str) -> Cohort:
    cohort = cohorts.read(source)
    if not path.is_dir() or "label" in cohort.table or (path / INDEX).is_file():
        return cohort
    # What lies above all images says nothing of any of them.
    folders = [str(file.parent) for cell in cohort.table["image"] for file in files_of(cell)[:1]]
    common = Path(os.path.commonpath(folders)) if folders else path
    if common == path or not common.is_dir():
        return cohort
    try:
        return cohorts.read(common)
    except CohortError:
        return cohort


def _with_classes(cohort: Cohort, path: Path) -> tuple[Cohort, list[str]]:
    """Take the outermost folders for classes where volumes or DICOM files lie in a few."""
    parts = {case: _folders(cohort.table.at[case, "image"], cohort.root or path) for case in cohort}
    top = pd.Series({case: found[0] if found else "" for case, found in parts.items()})
    counts = top.value_counts()
    patients = cohort.table["patient"].where(cohort.table["patient"] != top, top.index.to_series())
    shared = top.groupby(patients).nunique().max() > 1
    if (cohort.table["patient"] == top).all():
        # ann/CT.nii.gz and bob/CT.nii.gz: one name in each folder is a series, and the folder a patient.
        shared = top.groupby(names_of(cohort.table)).nunique().max() > 1
    if "" in counts.index or not 2 <= len(counts) <= 10 or counts.min() < 3 or shared:
        return cohort, []
    inner = {case: found[1] if len(found) > 1 else None for case, found in parts.items()}
    table = cohort.table.assign(label=top)
    if (table["patient"] == top).all():
        table["patient"] = [inner[case] or case for case in table.index]
    return Cohort(table, root=cohort.root), [f"the folders {_listed(top)} are the classes"]


def _folders(cell: object, root: Path) -> list[str]:
    files = files_of(cell)
    if not files or not files[0].is_relative_to(root):
        return []
    known = {*SPLITS, *IMAGE_FOLDERS, *MASK_FOLDERS}
    return [part for part in files[0].relative_to(root).parts[:-1] if part.lower() not in known]


def _in_folders(cohort: Cohort, path: Path) -> bool:
    cell = cohort.table["image"].iloc[0]
    return is_path(cell) and str(cohort.table["label"].iloc[0]) in Path(cell).parts


def _columns(index: Path) -> list[str]:
    return [str(name) for name in pd.read_csv(index, nrows=0) if name != "file"]


def _listed(values: pd.Series) -> str:
    return cohorts.listed(sorted(map(str, values.dropna().unique())))
