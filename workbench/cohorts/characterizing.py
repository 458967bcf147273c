"""The table that stands before every analysis: who was imaged, how often, and what the images are like."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.images import Image

from .cohort import Cohort
from .comparable import ORIGINAL
from .locations import is_given
from .summarizing import text_of

VARIED, UNSTATED = "varies", "not stated"
UNKNOWN = {"", "OT"}  # modalities that say nothing; "OT" is other
QUARTILES = " (quartiles)"


def characterize(cohorts: Mapping[str, Cohort]) -> pd.DataFrame:
    """Characterize studies side by side, each class and the whole.

    Parameters
    ----------
    cohorts : mapping of str to Cohort
        Name, such as ``"internal"``, to study. Each image and mask is read once.

    Returns
    -------
    pandas.DataFrame
        One row per characteristic, one column per study and class, all as text, with units in the names of the
        rows: patients, images, images per patient, modality, size and spacing, median and standard deviation of
        the intensities, and the area (or volume) of the mask. Of numbers that differ from image to image, the
        median and in brackets the quartiles; of images per patient, the least and the most. A modality that no
        image states has no row. Images that `comparable` made have their size and spacing before, and the size
        analysed; intensities are of what is analysed then.

    Examples
    --------
    >>> from workbench.samples import lesion_study
    >>> table = characterize({"simulated": lesion_study("nodule", patients=4)})
    >>> table.loc[["patients", "images", "size, pixels"], ("simulated", "all")].tolist()
    ['4', '8', '48 x 48']
    >>> [name for name in table.index if name.startswith("median")]
    ['median intensity, HU (quartiles)']
    """
    told = {
        name: pd.DataFrame.from_dict({case: _facts(cohort, case) for case in cohort}, orient="index")
        for name, cohort in cohorts.items()
    }
    units = {unit for rows in told.values() for unit in rows.pop("units")}
    columns = {}
    for name, cohort in cohorts.items():
        labels = cohort.table["label"].astype(str) if "label" in cohort.table else pd.Series(dtype=str)
        parts = {label: labels.index[labels == label] for label in sorted(labels.unique())}
        for part, cases in (parts | {"all": cohort.table.index}).items():
            columns[name, part] = _column(told[name].loc[cases], cohort.table.loc[cases, "patient"])
    table = pd.DataFrame(columns).fillna("").rename(index=lambda name: f"{name}{_unit(name, units)}")
    return _sized(table.loc[(table != "").any(axis=1)])


def _facts(cohort: Cohort, case: str) -> dict[str, str | float]:
    image, row = cohort.image(case), cohort.table.loc[case]
    count = "voxels" if image.ndim == 3 else "pixels"
    size, spacing = text_of(image.spatial_shape), text_of(image.spacing or ())
    shape, apart = (str(row.get(name, now)) for name, now in zip(ORIGINAL, (size, spacing), strict=True))
    found: dict[str, str | float] = {
        "units": image.units,
        "modality": "" if image.modality in UNKNOWN else image.modality,
        f"size in the files, {count}": shape,
        "spacing in the files, mm": apart or UNSTATED,
        f"size analysed, {count}": size,
        "median intensity": float(np.median(image.pixels)),
        "standard deviation of intensity": float(image.pixels.std()),
    }
    if cohort.masks and is_given(cohort.table.at[case, cohort.masks[0]]):
        found[f"mask, {_measure(image, known=bool(apart))}{QUARTILES}"] = _covered(cohort.mask(case))
    return found


def _column(rows: pd.DataFrame, patients: pd.Series) -> dict[str, str]:
    counts = patients.value_counts()
    told = {
        "patients": str(len(counts)),
        "images": str(len(rows)),
        "images per patient, median (range)": _spread(counts, (0, 0.5, 1)),
    }
    for name, values in rows.items():
        numbers = pd.api.types.is_numeric_dtype(values)
        told[str(name)] = _spread(values.dropna()) if numbers else _common(values)
    return told


def _spread(values: pd.Series, shares: tuple[float, float, float] = (0.25, 0.5, 0.75)) -> str:
    if values.empty:
        return ""
    low, middle, high = (
        f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}" for value in values.quantile(list(shares))
    )
    return middle if values.nunique() == 1 else f"{middle} ({low} to {high})"


def _common(values: pd.Series) -> str:
    if values.nunique() == 1:
        return str(values.iloc[0])
    axes = [text.split(" x ") for text in values]
    if len({len(lengths) for lengths in axes}) > 1 or not axes[0][-1].replace(".", "").isdigit():
        return f"{VARIED} ({values.nunique()} kinds)"
    spread = pd.DataFrame(axes).astype(float).quantile([0, 1])
    low, high = (" x ".join(f"{length:.4g}" for length in row) for row in spread.to_numpy())
    return f"{low} to {high}"


def _unit(name: str, units: set[str]) -> str:
    if name not in {"median intensity", "standard deviation of intensity"}:
        return ""
    unit = units.copy().pop() or "grey values" if len(units) == 1 else "in the images' own units"
    return f", {unit}{QUARTILES}"


def _sized(table: pd.DataFrame) -> pd.DataFrame:
    # Where images are analysed as they are in the files, one row says so.
    now = next(name for name in table.index if name.startswith("size analysed"))
    files = now.replace("analysed", "in the files")
    if table.loc[now].equals(table.loc[files]):
        names = {files: files.replace(" in the files", ""), "spacing in the files, mm": "spacing, mm"}
        return table.drop(index=now).rename(index=names)
    return table.rename(index=lambda name: re.sub(r"(?<=intensity)(?=,)", " analysed", name))


def _measure(image: Image, *, known: bool) -> str:
    if image.ndim == 3:
        return "mm³" if known else "voxels"
    return "mm²" if known else "pixels"


def _covered(mask: Image) -> float:
    return float(np.count_nonzero(mask.pixels) * np.prod(mask.spacing or (1.0,)))
