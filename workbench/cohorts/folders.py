"""Cohorts from folders of image files: what their names and folders say.

- A folder called train, val(idation) or test (or training, valid, testing) names the split.
- **Pictures** (PNG, JPEG, TIFF, NumPy): where there are several folders, each is a class, and the folder's name
the
  label; a folder within it is a patient. Otherwise each picture is a patient of its own.
- **Volumes** (NIfTI, NRRD, MetaImage): a folder is a patient, otherwise each volume is one.
- **Masks** stand beside their image: ``x.nii.gz`` or ``x_image.nii.gz`` and ``x_mask.nii.gz`` (also ``_seg``,
  ``_segmentation``, ``_label``, ``_labels``, and a number: ``x_mask_1.png`` is a second mask, in a column of its
  own); or they have their image's name in a folder ``masks`` (``labels``, ``segmentations``) beside ``images``.
- ``index.csv``, if it has a column ``file``, adds its other columns to the files of those names: patient, split
...
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.images.names import stem
from workbench.images.reading import is_image_file

from .cohort import Cohort
from .errors import CohortError

VOLUMES = (".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd")
SPLITS = {
    "train": "train", "training": "train", "val": "validation", "valid": "validation",
    "validation": "validation", "test": "test", "testing": "test",
}  # fmt: skip
IMAGE_FOLDERS = {"image", "images", "img", "imgs"}
MASK_FOLDERS = {"mask", "masks", "label", "labels", "seg", "segmentation", "segmentations"}
MASK_NAME = re.compile(r"(?P<base>.+)[_-](mask|seg|segmentation|label|labels)(?P<number>[_-]\d+)?", re.IGNORECASE)
IMAGE_NAME = re.compile(r"(?P<base>.+)[_-](image|img)", re.IGNORECASE)
INDEX = "index.csv"


@dataclass(frozen=True)
class _File:
    path: Path
    split: str | None
    folders: tuple[str, ...]
    base: str
    mask: str | None

    @property
    def key(self) -> tuple[str | None, tuple[str, ...], str]:
        return self.split, self.folders, self.base


def read_folder(folder: Path, paths: list[Path]) -> Cohort:
    """Make a cohort of image files in a folder and those within it.

    Parameters
    ----------
    folder : Path
        The study.
    paths : list of Path
        Its files; those that are no images are passed over.

    Returns
    -------
    Cohort
        No image is read.

    Raises
    ------
    CohortError
        If there is no image, a mask has none, two cases have one name, or the index contradicts the folders.
    """
    files = [_understood(path, folder) for path in paths if is_image_file(path)]
    images = [file for file in files if file.mask is None]
    if not images:
        raise CohortError(f"{folder}: no images; put one image, or one folder of DICOM slices, per case in it")
    table = _with_masks(pd.DataFrame(_rows(images)), images, files, folder)
    index = folder / INDEX
    if index.is_file():
        table = _with_index(table, index)
    try:
        return Cohort(table.dropna(axis="columns", how="all").set_index("case"), root=folder)
    except CohortError as error:
        raise CohortError(f"{folder}: {error}") from None


def _understood(path: Path, root: Path) -> _File:
    parts = list(path.relative_to(root).parts[:-1])
    split = next((part for part in parts if part.lower() in SPLITS), None)
    folders = [part for part in parts if part != split and part.lower() not in IMAGE_FOLDERS | MASK_FOLDERS]
    name = stem(path)
    mask, number = None, ""
    found = MASK_NAME.fullmatch(name)
    if found or any(part.lower() in MASK_FOLDERS for part in parts):
        number = (found["number"] or "") if found else ""
        mask = "mask" + number.replace("-", "_")
        name = found["base"] if found else name
    shortened = IMAGE_NAME.fullmatch(name)
    base = shortened["base"] if shortened else name
    return _File(path, SPLITS[split.lower()] if split else None, tuple(folders), base, mask)


def _rows(images: list[_File]) -> list[dict[str, str | None]]:
    volumes = any(file.path.name.lower().endswith(VOLUMES) for file in images)
    classes = {file.folders[0] if file.folders else "" for file in images}
    labelled = not volumes and len(classes) > 1 and "" not in classes
    unique = len({file.base for file in images}) == len(images)
    rows: list[dict[str, str | None]] = []
    for file in images:
        case = file.base if unique else "/".join([*file.folders, file.base])
        within = file.folders[labelled:]
        rows.append(
            {
                "case": case,
                "patient": within[0] if within else case,
                "image": str(file.path),
                "label": file.folders[0] if labelled else None,
                "split": file.split,
            }
        )
    if len({row["case"] for row in rows}) < len(rows) and len({file.key for file in images}) == len(images):
        # One name in two splits: the split tells them apart.
        for row, file in zip(rows, images, strict=True):
            row["case"] = f"{file.split}/{row['case']}"
    return rows


def _with_masks(table: pd.DataFrame, images: list[_File], files: list[_File], folder: Path) -> pd.DataFrame:
    place = {file.key: row for row, file in enumerate(images)}
    for file in files:
        if file.mask is None:
            continue
        if file.key not in place:
            raise CohortError(
                f"{folder}: {file.path.relative_to(folder)} is named as a mask, but there is no image "
                f"{file.base!r} beside it; rename one of them, or list the cases in cases.csv"
            )
        if file.mask not in table:
            table[file.mask] = pd.Series([None] * len(table), dtype=object)
        row = place[file.key]
        if table.at[row, file.mask] is not None:
            raise CohortError(f"{folder}: {file.path.relative_to(folder)} is a second mask of {file.base!r}")
        table.at[row, file.mask] = str(file.path)
    return table


def _with_index(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    try:
        index = pd.read_csv(path, dtype=str)
    except ValueError as error:
        raise CohortError(f"{path}: not a table of comma-separated values in UTF-8 ({error})") from error
    if "file" not in index:
        return table
    if index["file"].isna().any() or index["file"].duplicated().any():
        raise CohortError(f"{path}: each row must name another file")
    table["file"] = [Path(image).name for image in table["image"]]
    absent = sorted(set(index["file"]) - set(table["file"]))
    if absent:
        raise CohortError(f"{path}: there is no file {absent[0]!r} ({len(absent)} such); correct the index")
    merged = table.merge(index, on="file", how="left", suffixes=("", " in the index"), validate="many_to_one")
    for column in [name for name in index if f"{name} in the index" in merged]:
        told = merged.pop(f"{column} in the index")
        wrong = merged["file"][told.notna() & merged[column].notna() & (told != merged[column])]
        if column in {"label", "split"} and len(wrong):
            raise CohortError(f"{path}: {wrong.iloc[0]} has another {column} than its folder; correct one of them")
        merged[column] = told.where(told.notna(), merged[column])
    return merged.drop(columns="file")
