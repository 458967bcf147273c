"""The example study, damaged on purpose: an exercise for those who audit studies, and for the audit."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.files import replacing
from workbench.images import read, write

from .example_study import write_example_study


def write_flawed_study(folder: str | Path, *, seed: int = 0) -> Path:
    """Write the example study with six faults, such as real studies have.

    A patient stands in both splits, an image was filed under a second patient, a mask lies on another grid, a box
    has no area, a file was cut short, and an image lost its rescale intercept, so that it is no longer in HU.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    seed : int, optional
        Of the images, 0 or more.

    Returns
    -------
    Path
        The folder, in the layout of `write_example_study`.

    Raises
    ------
    FileExistsError
        If the folder holds anything.

    Examples
    --------
    >>> import tempfile
    >>> from workbench import cohorts
    >>> study = write_flawed_study(tempfile.mkdtemp())
    >>> found = cohorts.read(study).audit()
    >>> "patient in two splits" in set(found["kind"])
    True
    """
    folder = write_example_study(folder, seed=seed)
    table = pd.read_csv(folder / "cases.csv", dtype=str).set_index("case")
    images = {str(case): folder / path for case, path in table["image"].items()}
    shutil.copyfile(images["05-1"], images["02-1"])
    _move(folder / table["mask"]["01-1"])
    _cut(images["04-2"])
    _forget_intercept(images["03-2"])
    table.loc["06-2", "split"] = "train"
    boxed = table.index[table["boxes"] != "[]"].drop("02-1", errors="ignore")
    table.loc[boxed[0], "boxes"] = "[[40, 50, 40, 58]]"
    with replacing(folder / "cases.csv") as temporary:
        table.to_csv(temporary, lineterminator="\n")
    return folder


def _move(path: Path) -> None:
    mask = read(path)
    assert mask.affine is not None  # noqa: S101 (the example study's masks have a place)
    write(mask.replace(affine=mask.affine @ np.diag([1.0, 2.0, 2.0, 1.0])), path)


def _cut(path: Path) -> None:
    content = path.read_bytes()
    with replacing(path) as temporary:
        temporary.write_bytes(content[: len(content) // 2])


def _forget_intercept(path: Path) -> None:
    import pydicom

    dataset = pydicom.dcmread(path)
    dataset.RescaleIntercept = 0
    with replacing(path) as temporary:
        dataset.save_as(temporary, enforce_file_format=True)
