"""Counting a cohort and characterizing its images."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.images import Image

from .boxes import parse_boxes
from .locations import is_given


def summarize(table: pd.DataFrame, *, masks: Sequence[str]) -> pd.DataFrame:
    """Count cases by split and label.

    Parameters
    ----------
    table : pandas.DataFrame
        Of a cohort.
    masks : sequence of str
        Its columns of masks.

    Returns
    -------
    pandas.DataFrame
        One row per split and one for all.

    Examples
    --------
    >>> summarize(pd.DataFrame({"patient": list("aab"), "label": list("xyx")}), masks=())
           cases  patients  label x  label y
    split
    all        3         2        2        1
    """
    counted = pd.DataFrame({"cases": 1}, index=table.index)
    for mask in masks:
        counted[mask] = table[mask].map(is_given).astype(int)
    if "boxes" in table:
        counted["boxes"] = table["boxes"].map(lambda cell: len(parse_boxes(cell)))
    if "label" in table:
        for label in sorted(table["label"].dropna().unique(), key=str):
            counted[f"label {label}"] = (table["label"] == label).astype(int)
    splits = table["split"].fillna("none") if "split" in table else pd.Series("all", table.index)
    rows = {name: splits == name for name in dict.fromkeys(splits)} | {"all": splits.notna()}
    summary = pd.DataFrame({name: counted[chosen].sum() for name, chosen in rows.items()}).T
    summary.insert(1, "patients", [table.loc[chosen, "patient"].nunique() for chosen in rows.values()])
    return summary.rename_axis("split")


def facts(image: Image) -> dict[str, str | float]:
    """Characterize an image.

    Parameters
    ----------
    image : Image
        Any.

    Returns
    -------
    dict
        Modality, shape, dtype, lowest, highest, units, spacing, orientation; empty where it does not state them.

    Examples
    --------
    >>> facts(Image([[1, 2]], spacing=(0.5, 2)))["spacing"]
    '0.5 x 2'
    """
    return {
        "modality": image.modality,
        "shape": " x ".join(map(str, image.shape)),
        "dtype": str(image.dtype),
        "lowest": float(image.pixels.min()),
        "highest": float(image.pixels.max()),
        "units": image.units,
        "spacing": "" if image.spacing is None else " x ".join(f"{mm:.3g}" for mm in image.spacing),
        "orientation": image.orientation or "",
    }
