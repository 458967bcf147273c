"""Whether data fit a model: its features, and images like those that it was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.images import Image

from .mapping import over_images

#: A case is refused if more than this share of its features lies beyond the training's range by its width.
STRANGE = 0.1
#: Spacing may be this many times smaller or larger than any of the training's.
SPACING = 1.25


class ModelError(ValueError):
    """A model that cannot be used: a file not to be trusted, or data that do not fit."""


def refuse_table(known: Mapping[str, Sequence[float]], table: pd.DataFrame) -> None:
    """Raise unless a table is like the one that the model was trained on.

    Parameters
    ----------
    known : mapping of str to (float, float)
        Feature to its smallest and largest value in the training.
    table : pandas.DataFrame
        One row per case.

    Raises
    ------
    ModelError
        If a feature is missing, is no number or is empty throughout, a case comes twice, or more than a tenth of a
        case's features lie beyond the training's range by more than its width; with all reasons.

    Examples
    --------
    >>> refuse_table({"size": (1.0, 3.0)}, pd.DataFrame({"size": [2.0, 250.0]}, index=["a", "b"]))
    Traceback (most recent call last):
    ...
    workbench.recognition.fitness.ModelError: the data do not fit the model:
    - case 'b' is unlike all training cases in 1 of 1 features, such as size 250 (training: 1 to 3)
    """
    missing = [name for name in known if name not in table]
    if missing:
        raise ModelError(
            f"the data do not fit the model: {len(missing)} of its {len(known)} features are missing, such as "
            f"{', '.join(map(repr, missing[:5]))}"
        )
    if table.empty:
        raise ModelError("expected at least one case, received none")
    names = list(known)
    reasons = [f"case {case!r} comes more than once" for case in table.index[table.index.duplicated()][:5]]
    text = [name for name in names if not pd.api.types.is_numeric_dtype(table[name])]
    if text:
        raise ModelError(f"the data do not fit the model: no numbers in {', '.join(map(repr, text[:5]))}")
    values = table[names].to_numpy(dtype=float, na_value=np.nan)
    reasons += [f"{name!r} is infinite in some cases" for name in _where(names, np.isinf(values).any(axis=0))]
    reasons += [f"{name!r} is empty in all cases" for name in _gaps(names, values, known)]
    low, high = np.array([known[name] for name in names], dtype=float).T
    strange = (values < low - (high - low)) | (values > high + (high - low))
    cases = table.index.tolist()
    for row in np.flatnonzero(strange.mean(axis=1) > STRANGE):
        first = int(strange[row].argmax())
        reasons.append(
            f"case {cases[row]!r} is unlike all training cases in {strange[row].sum()} of {len(names)} features, "
            f"such as {names[first]} {values[row, first]:g} (training: {low[first]:g} to {high[first]:g})"
        )
    _refuse(reasons)


def image_facts(cohort: Any, *, jobs: int = 1) -> dict[str, Any]:
    """Gather what a model has to know of the images it was trained on.

    Parameters
    ----------
    cohort : Cohort or mapping of str to Image
        Each image is read once.
    jobs : int, optional
        Processes that read.

    Returns
    -------
    dict
        Case to its modality, units, axes, spacing in mm, and the 1st and 99th percentile of its intensities.

    Examples
    --------
    >>> image_facts({"a": Image(np.arange(101.0).reshape(1, 101), modality="MR")})["a"]["intensity"]
    [1.0, 99.0]
    """
    return {str(case): facts for case, facts in over_images(_facts, cohort, jobs=jobs).items()}


def summarized(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Summarize the facts of many images, without naming one.

    Parameters
    ----------
    facts : mapping
        As from `image_facts`.

    Returns
    -------
    dict
        Modalities, units, axes that occur; smallest and largest spacing and intensity.
    """
    each = list(facts.values())
    spaced = [one["spacing"] for one in each if one["spacing"]]
    bounds = np.array([one["intensity"] for one in each])
    return {
        **{name: sorted({one[name] for one in each}) for name in ("modality", "units", "axes")},
        "spacing": [float(np.min(spaced)), float(np.max(spaced))] if spaced else None,
        "intensity": [float(bounds.min()), float(bounds.max())],
    }


def refuse_images(known: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise unless images are like those that the model was trained on.

    Parameters
    ----------
    known : mapping
        As from `summarized`.
    facts : mapping
        Of the images, as from `image_facts`.

    Raises
    ------
    ModelError
        If a modality, the units or the number of axes is new, a spacing is a quarter beyond the training's, or
        intensities lie beyond the training's range by more than its width, or fill less than a twentieth of it;
        with all reasons.

    Examples
    --------
    >>> known = {"modality": ["CT"], "units": ["HU"], "axes": [2], "spacing": [0.5, 1.0], "intensity": [-900, 500]}
    >>> image = {"modality": "MR", "units": "HU", "axes": 2, "spacing": [0.7, 0.7], "intensity": [0, 400]}
    >>> refuse_images(known, {"a": image})
    Traceback (most recent call last):
    ...
    workbench.recognition.fitness.ModelError: the data do not fit the model:
    - case 'a': modality MR, trained on CT
    """
    reasons = []
    low, high = known["intensity"]
    for case, one in facts.items():
        for name in ("modality", "units", "axes"):
            if one[name] not in known[name]:
                trained = " or ".join(str(value) or "unknown" for value in known[name])
                reasons.append(f"case {case!r}: {name} {one[name] or 'unknown'}, trained on {trained}")
        if known["spacing"]:
            smallest, largest = known["spacing"][0] / SPACING, known["spacing"][1] * SPACING
            if not one["spacing"]:
                reasons.append(f"case {case!r}: spacing unknown, trained on {smallest:.3g} to {largest:.3g} mm")
            elif min(one["spacing"]) < smallest or max(one["spacing"]) > largest:
                size = " x ".join(f"{edge:.3g}" for edge in one["spacing"])
                reasons.append(f"case {case!r}: spacing {size} mm, trained on {smallest:.3g} to {largest:.3g} mm")
        darkest, brightest = one["intensity"]
        width = high - low
        if darkest < low - width or brightest > high + width or brightest - darkest < width / 20:
            reasons.append(
                f"case {case!r}: intensities {darkest:.4g} to {brightest:.4g}, trained on {low:.4g} to {high:.4g}"
            )
    _refuse(reasons)


def _facts(image: Image) -> dict[str, Any]:
    low, high = np.percentile(np.asarray(image.pixels, dtype=float), [1, 99])
    return {
        "modality": image.modality or "",
        "units": image.units or "",
        "axes": image.ndim - (image.channel_axis is not None),
        "spacing": [float(edge) for edge in image.spacing] if image.spacing else None,
        "intensity": [float(low), float(high)],
    }


def _gaps(names: list[str], values: np.ndarray, known: Mapping[str, Sequence[float]]) -> list[str]:
    empty = np.isnan(values).all(axis=0)
    return [name for name, gap in zip(names, empty, strict=True) if gap and not np.isnan(known[name][0])][:5]


def _where(names: list[str], chosen: np.ndarray) -> list[str]:
    return [name for name, one in zip(names, chosen, strict=True) if one][:5]


def _refuse(reasons: list[str]) -> None:
    if reasons:
        shown = reasons[:10] + ([f"and {len(reasons) - 10} more"] if len(reasons) > 10 else [])
        raise ModelError("\n- ".join(["the data do not fit the model:", *shown]))
