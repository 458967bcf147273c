"""Features of whole images in words: what they are, and of which zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

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
        Indexed by feature: ``meaning`` and ``where``. Rows count from the top, columns from the left, from 1.

    Examples
    --------
    >>> features_in_words(["edge_2_1"], grid=4, gradients=4).loc["edge_2_1"].tolist()
    ['edges: mean steepness of brightness', 'row 3, column 2 of 4 x 4 zones']
    """
    import pandas as pd

    rows = [(name, *_words(str(name), grid, gradients)) for name in names]
    return pd.DataFrame(rows, columns=["feature", "meaning", "where"]).set_index("feature")


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
    return f"{counted} of {' x '.join([str(grid)] * len(place))} zones"
