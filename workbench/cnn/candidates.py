"""Candidates: what a first reader marks in a lung, to be sorted into nodules and vessels by a second."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import phantoms
from workbench.cohorts import Cohort
from workbench.images import Image
from workbench.samples.studies import patient_name
from workbench.segmentation import lung_mask

LABELS = ("vessel", "nodule")
SIDE = 128
#: HU above which something in a lung is tissue, pixels that a mark may be off, marks in each image.
TISSUE, OFF, MARKS = -500.0, 2, 3


def candidates(*, patients: int = 50, size: int = 32, seed: int = 0) -> Cohort:
    """Simulate a study of candidates: squares about what stands out in the lungs of chest CT slices.

    A nodule is marked where it is, give or take 2 pixels; vessels are marked anywhere on them. Both are bright
    spots in the dark lung: telling them apart takes their shape, and not their intensity.

    Parameters
    ----------
    patients : int, optional
        Two slices each; every second patient has a nodule.
    size : int, optional
        Rows and columns of a candidate, 16 to 64, at 128 pixels for a slice.
    seed : int, optional
        Of all that is drawn.

    Returns
    -------
    Cohort
        Three candidates from each slice; label ``vessel`` or ``nodule``.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> found = candidates(patients=4, size=24)
    >>> found.table["label"].value_counts().to_dict(), found.image("chest-0000-0-0").shape
    ({'vessel': 12, 'nodule': 12}, (24, 24))
    """
    if not 16 <= size <= SIDE // 2:
        raise ValueError(f"size must be from 16 to {SIDE // 2}, received {size}")
    if patients < 1:
        raise ValueError(f"patients must be 1 or more, received {patients}")
    rng = np.random.default_rng([seed, patients])
    rows = {}
    for person, view in product(range(patients), range(2)):
        # One call for image and mask: each on its own would draw the whole chest anew.
        slice_ = phantoms.simulate("chest", patient=person, image=view, size=SIDE, seed=seed)
        pixels, mask = np.asarray(slice_.image), np.asarray(slice_.mask)
        patient = patient_name("chest", person, seed=seed)
        vessels = np.argwhere(lung_mask(slice_.image) & (pixels > TISSUE) & ~_near(mask))
        for number, (place, label) in enumerate(_marks(vessels, mask, rng)):
            rows[f"{patient}-{view}-{number}"] = {
                "patient": patient,
                "image": Image(_square(pixels, place, size), modality="CT", units="HU"),
                "label": label,
            }
    return Cohort(pd.DataFrame.from_dict(rows, orient="index").rename_axis("case"))


def _marks(vessels: NDArray, mask: NDArray, rng: np.random.Generator) -> list[tuple[NDArray, str]]:
    marks = [(vessels[rng.integers(len(vessels))], LABELS[0]) for _ in range(MARKS)]
    if mask.any():
        middle = np.argwhere(mask).mean(axis=0).round().astype(int)
        marks = [(middle + rng.integers(-OFF, OFF + 1, 2), LABELS[1]) for _ in range(MARKS)]
    return marks


def _near(mask: NDArray) -> NDArray[np.bool_]:
    from scipy import ndimage

    return ndimage.binary_dilation(mask, iterations=4)


def _square(pixels: NDArray, place: NDArray, size: int) -> NDArray:
    padded = np.pad(pixels, size, mode="edge")
    top, left = place + size - size // 2
    return padded[top : top + size, left : left + size]
