"""Features of whole images in words: what they are, of which zone, and how they differ between classes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import floor, log10
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from workbench import features

from .recipes import ORIENTATIONS

if TYPE_CHECKING:
    import pandas as pd

ZONAL = {
    "mean": "mean brightness",
    "spread": "how much brightness varies (standard deviation)",
    "edge": "edges: mean steepness of brightness",
    "blob": "spots and fine lines: mean size of the Laplacian of Gaussian",
}
#: Units of what is measured in zones; brightness has the image's own.
UNITS = {
    "mean": "intensity",
    "spread": "intensity",
    "edge": "intensity per pixel",
    "blob": "intensity per square pixel",
}
AXES = ("slab", "row", "column")


def features_in_words(names: Iterable[str], *, grid: int, gradients: int) -> pd.DataFrame:
    """Say in words what features of whole images are, and where they are measured.

    Parameters
    ----------
    names : iterable of str
        Of features as from `describe_image`; others stay unexplained.
    grid, gradients : int
        As they were given to `describe_image`.

    Returns
    -------
    pandas.DataFrame
        Indexed by feature: ``meaning`` and ``where``. A zone has the numbers that stand in the names of features,
        which count from 0, and is told in words besides: rows count from the top, columns from the left, from 1.

    Examples
    --------
    >>> features_in_words(["edge_2_1"], grid=4, gradients=4).loc["edge_2_1"].tolist()
    ['edges: mean steepness of brightness', 'zone 2_1 of 4 x 4: row 3, column 2']
    """
    import pandas as pd

    rows = [(name, *_words(str(name), grid, gradients)) for name in names]
    return pd.DataFrame(rows, columns=["feature", "meaning", "where"]).set_index("feature")


def feature_in_words(
    values: pd.Series, labels: ArrayLike, *, positive: str, grid: int, gradients: int, units: str = ""
) -> str:
    r"""Say what a feature of whole images is, in which class it is higher, and by how much.

    Parameters
    ----------
    values : pandas.Series
        The feature of each image, under its name.
    labels : (n,) array_like
        Their classes.
    positive : str
        The class that is compared with all others.
    grid, gradients : int
        As they were given to `describe_image`.
    units : str, optional
        Of the images' intensities.

    Returns
    -------
    str
        A sentence on the medians, each with its quartiles, and one on what they mean.

    Examples
    --------
    >>> import pandas as pd
    >>> bright = pd.Series([5.0, 6, 7, 1, 2, 3], name="mean_0_1")
    >>> said = feature_in_words(bright, list("iiihhh"), positive="i", grid=2, gradients=0, units="HU")
    >>> print(said.replace(". ", ".\n").replace("others, so", "others,\nso"))
    mean_0_1 is higher in i: median 6.00 HU (quartiles 5.50 to 6.50), against 2.00 HU (1.50 to 2.50) in the others,
    so 4.00 HU more.
    Its meaning: mean brightness; zone 0_1 of 2 x 2: row 1, column 2.
    """
    name, ill = str(values.name), np.asarray(labels) == positive
    meaning, where = _words(name, grid, gradients)
    unit = _unit(name, units) if meaning else ""
    known = f" Its meaning: {meaning}; {where}." if meaning else ""
    one, other = (float(values[rows].median()) for rows in (ill, ~ill))
    if one == other:
        return f"{name} has the same median in {positive} and the others, {one:.3g}{unit}.{known}"
    # As many decimals as the medians need, and as tell them apart. The difference is that of the numbers shown.
    decimals = max(_decimals(max(abs(one), abs(other)), 3), _decimals(one - other, 2))
    one, other = round(one, decimals), round(other, decimals)
    here, there, apart = (f"{value:.{decimals}f}{unit}" for value in (one, other, abs(one - other)))
    side, more = ("higher", "more") if one > other else ("lower", "less")
    own, theirs = (
        " to ".join(f"{quartile:.{decimals}f}" for quartile in values[rows].quantile([0.25, 0.75]))
        for rows in (ill, ~ill)
    )
    return (
        f"{name} is {side} in {positive}: median {here} (quartiles {own}), against {there} ({theirs}) in the "
        f"others, so {apart} {more}.{known}"
    )


def _decimals(value: float, digits: int) -> int:
    return max(0, digits - 1 - floor(log10(abs(value))))


def _unit(name: str, units: str) -> str:
    unit = UNITS.get(name.partition("_")[0]) or str(features.catalog()["units"].get(name, "1"))
    return "" if unit == "1" else f" {unit.replace('intensity', units or 'grey values')}"


def _words(name: str, grid: int, gradients: int) -> tuple[str, str]:
    kind, *numbers = name.split("_")
    if kind in ZONAL and numbers and all(map(str.isdecimal, numbers)):
        return ZONAL[kind], _zone([int(number) for number in numbers], grid)
    if re.fullmatch(r"hog_\d+", name) and gradients:
        zone, direction = divmod(int(numbers[0]), ORIENTATIONS)
        low, high = (180 * bound / ORIENTATIONS for bound in (direction, direction + 1))
        said = f"edges, share of one direction: brightness changes at {low:.0f} to {high:.0f} degrees"
        return f"{said} (0: along the row, 90: down the column)", _zone(list(divmod(zone, gradients)), gradients)
    known = features.catalog()["meaning"]
    if name not in known.index:
        return "", ""
    family = "grey values side by side: " if name.startswith("glcm") else ""
    return f"{family}{known[name]}", "the whole image"


def _zone(place: list[int], grid: int) -> str:
    axes = AXES[-len(place) :]
    counted = ", ".join(f"{axis} {number + 1}" for axis, number in zip(axes, place, strict=True))
    return f"zone {'_'.join(map(str, place))} of {' x '.join([str(grid)] * len(place))}: {counted}"
