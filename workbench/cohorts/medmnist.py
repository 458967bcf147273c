"""Cohorts from a MedMNIST ``.npz``: arrays of images and labels for training, validation and test."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .cohort import Cohort
from .errors import CohortError
from .locations import ArrayItem

SPLITS = {"train": "train", "val": "validation", "test": "test"}


def is_medmnist(path: Path) -> bool:
    """Tell whether a file is an ``.npz`` with an array of images of some split.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    bool
        By the names of its arrays; they are not read.

    Examples
    --------
    >>> is_medmnist(Path(__file__))
    False
    """
    if path.suffix.lower() != ".npz":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(f"{split}_images.npy" in archive.namelist() for split in SPLITS)
    except (OSError, zipfile.BadZipFile):
        return False


def read_medmnist(path: Path) -> Cohort:
    """Read a MedMNIST set: a case is an image, and, for want of better knowledge, a patient.

    Parameters
    ----------
    path : Path
        An ``.npz`` with arrays ``train_images`` (n, M, N), (n, M, N, 3) or (n, P, M, N) and ``train_labels`` (n,
        1) or (n, k), and likewise ``val_...`` and ``test_...``; a split may be absent.

    Returns
    -------
    Cohort
        Cases ``train-00000`` ...; ``label``, or ``label_0`` ... where an image can have several. Images are read
        from the array when asked for. Where the file is named as a public set (``breastmnist.npz``,
        ``breastmnist_64.npz``), labels are its classes, such as ``"malignant"``; otherwise numbers.

    Raises
    ------
    CohortError
        If an array is malformed or images and labels differ in number.

    References
    ----------
    Yang J et al. MedMNIST v2. Scientific Data 10 (2023) 41.
    """
    parts = []
    try:
        with zipfile.ZipFile(path) as archive:
            for key, split in SPLITS.items():
                if f"{key}_images.npy" in archive.namelist():
                    parts.append(_part(path, archive, key, split))
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise CohortError(f"{path}: damaged, or not a MedMNIST set ({error}); copy it again") from error
    if not parts or not sum(map(len, parts)):
        raise CohortError(f"{path}: expected arrays train_images and train_labels, found no image")
    table = pd.concat(parts, ignore_index=True)
    if "label" in table:
        table["label"] = named(table["label"], path)
    return Cohort(table.assign(patient=table["case"]).set_index("case"), root=path.parent)


def named(labels: pd.Series, path: Path) -> pd.Series:
    """Put names in the place of a public set's numbers.

    Parameters
    ----------
    labels : pandas.Series
        Numbers.
    path : Path
        The file: its name tells the set.

    Returns
    -------
    pandas.Series
        The names of the classes; the numbers, where they are not known.

    Examples
    --------
    >>> named(pd.Series([0, 1]), Path("breastmnist_64.npz")).tolist()
    ['malignant', 'normal or benign']
    >>> named(pd.Series([0, 1]), Path("mine.npz")).tolist()
    [0, 1]
    """
    known = pd.read_csv(Path(__file__).with_name("medmnist_classes.csv"))
    names = known[known["set"] == path.stem.lower().partition("_")[0]].set_index("number")["label"]
    return labels.map(names) if len(names) and labels.isin(names.index).all() else labels


def _part(path: Path, archive: zipfile.ZipFile, key: str, split: str) -> pd.DataFrame:
    with archive.open(f"{key}_images.npy") as stream:
        version = np.lib.format.read_magic(stream)
        read_header = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, _ = read_header(stream)
    if len(shape) not in {3, 4, 5}:
        raise ValueError(f"{key}_images must be (n, rows, columns[, 3]) or (n, slices, rows, columns), is {shape}")
    # In this layout a last axis of 3 is colour: volumes are cubes.
    channel_axis = len(shape) - 2 if len(shape) > 3 and shape[-1] == 3 else None
    count = shape[0]
    table = pd.DataFrame(
        {
            "case": [f"{key}-{index:05d}" for index in range(count)],
            "image": pd.Series(
                [ArrayItem(str(path), f"{key}_images", index, channel_axis) for index in range(count)],
                dtype=object,
            ),
            "split": split,
        }
    )
    if f"{key}_labels.npy" in archive.namelist():
        with archive.open(f"{key}_labels.npy") as stream:
            labels: NDArray = np.lib.format.read_array(stream, allow_pickle=False)
        if len(labels) != count:
            raise ValueError(f"{count} {key}_images but {len(labels)} {key}_labels")
        labels = labels.reshape(count, -1)
        names = ["label"] if labels.shape[1] == 1 else [f"label_{index}" for index in range(labels.shape[1])]
        table = table.assign(**dict(zip(names, labels.T, strict=True)))
    return table
