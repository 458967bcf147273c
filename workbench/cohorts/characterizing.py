"""The table that stands before every analysis: who was imaged, how often, and what the images are like."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.images import Image

from .cohort import Cohort
from .locations import is_given
from .summarizing import facts

VARIED = "varies"


def characterize(cohorts: Mapping[str, Cohort]) -> pd.DataFrame:
    """Characterize studies side by side, each class and the whole.

    Parameters
    ----------
    cohorts : mapping of str to Cohort
        Name, such as ``"internal"``, to study. Each image and mask is read once.

    Returns
    -------
    pandas.DataFrame
        One row per characteristic, one column per study and class, all as text: patients, images, images per
        patient, modality, shape, spacing, units, median and standard deviation of the intensities, and the area
        (or volume) of the mask. Of numbers that differ from image to image, the median and in brackets the
        quartiles.

    Examples
    --------
    >>> from workbench.samples import lesion_study
    >>> table = characterize({"simulated": lesion_study("nodule", patients=4)})
    >>> table.loc[["patients", "images", "units"], ("simulated", "all")].tolist()
    ['4', '8', 'HU']
    """
    columns = {}
    for name, cohort in cohorts.items():
        rows = pd.DataFrame.from_dict({case: _facts(cohort, case) for case in cohort}, orient="index")
        labels = cohort.table["label"].astype(str) if "label" in cohort.table else pd.Series(dtype=str)
        parts = {label: labels.index[labels == label] for label in sorted(labels.unique())}
        for part, cases in (parts | {"all": cohort.table.index}).items():
            columns[name, part] = _column(rows.loc[cases], cohort.table.loc[cases, "patient"])
    table = pd.DataFrame(columns).fillna("")
    return table.loc[(table != "").any(axis=1)]


def _facts(cohort: Cohort, case: str) -> dict[str, str | float]:
    image = cohort.image(case)
    said = facts(image)
    found = {name: said[name] for name in ("modality", "shape", "spacing", "units")}
    found |= {"median intensity": float(np.median(image.pixels)), "standard deviation": float(image.pixels.std())}
    if cohort.masks and is_given(cohort.table.at[case, cohort.masks[0]]):
        found[f"mask, {_measure(image)}"] = _extent(cohort.mask(case))
    return found


def _column(rows: pd.DataFrame, patients: pd.Series) -> dict[str, str]:
    counts = patients.value_counts()
    told = {
        "patients": str(len(counts)),
        "images": str(len(rows)),
        "images per patient": _spread(counts),
    }
    for name, values in rows.items():
        numbers = pd.api.types.is_numeric_dtype(values)
        told[str(name)] = _spread(values.dropna()) if numbers else _common(values)
    return told


def _spread(values: pd.Series) -> str:
    if values.empty:
        return ""
    low, middle, high = (
        f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}" for value in values.quantile([0.25, 0.5, 0.75])
    )
    return middle if values.nunique() == 1 else f"{middle} ({low} to {high})"


def _common(values: pd.Series) -> str:
    return str(values.iloc[0]) if values.nunique() == 1 else f"{VARIED} ({values.nunique()} kinds)"


def _measure(image: Image) -> str:
    placed = image.spacing is not None
    return ("mm³" if placed else "voxels") if image.ndim == 3 else ("mm²" if placed else "pixels")


def _extent(mask: Image) -> float:
    return float(np.count_nonzero(mask.pixels) * np.prod(mask.spacing or (1.0,)))
