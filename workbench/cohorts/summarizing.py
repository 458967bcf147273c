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
        "shape": text_of(image.shape),
        "dtype": str(image.dtype),
        "lowest": float(image.pixels.min()),
        "highest": float(image.pixels.max()),
        "units": image.units,
        "spacing": "" if image.spacing is None else text_of(image.spacing),
        "orientation": image.orientation or "",
    }


def text_of(lengths: Sequence[float]) -> str:
    """Write a size or a spacing.

    Parameters
    ----------
    lengths : sequence of float
        One for each axis.

    Returns
    -------
    str
        Whole numbers whole, others with three significant digits.

    Examples
    --------
    >>> text_of((1024, 768)), text_of((0.43105, 2.0))
    ('1024 x 768', '0.431 x 2')
    """
    return " x ".join(str(one) if isinstance(one, int) else f"{one:.3g}" for one in lengths)
