"""How much of a map's heat lies at the border of the image, where no disease is: in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def heat_at_border(maps: ArrayLike, *, margin: float = 0.1) -> NDArray[np.float64]:
    """Measure how much of each map's heat lies at the border of the image.

    Parameters
    ----------
    maps : (n, M, N) array_like
        As for `plots.show_explanations`.
    margin : float, optional
        Width of the border as a share of each side, above 0 and below 0.5.

    Returns
    -------
    (n,) ndarray
        Share of the sum of absolute values, 0 to 1; 0 of an empty map. Evenly spread heat gives 0.36 at the
        default margin.

    Raises
    ------
    ValueError
        If the maps are not n x M x N, or the margin makes no sense.

    Examples
    --------
    >>> heat_at_border([np.ones((10, 10)), np.pad([[1.0]], ((4, 5), (4, 5)))]).tolist()
    [0.36, 0.0]
    """
    heat = np.abs(np.asarray(maps, dtype=float))
    if heat.ndim != 3 or not 0 < margin < 0.5:
        raise ValueError(
            f"expected maps of n x M x N and a margin above 0 and below 0.5, received {heat.shape}, {margin}"
        )
    rows, columns = (max(1, round(margin * side)) for side in heat.shape[1:])
    whole = heat.sum(axis=(1, 2))
    inner = heat[:, rows:-rows, columns:-columns].sum(axis=(1, 2))
    return np.divide(whole - inner, whole, out=np.zeros_like(whole), where=whole > 0)


def border_in_words(
    maps: Mapping[str, ArrayLike], names: Sequence[str], *, most: float = 0.5, least: float = 0.2
) -> str:
    """Say of each map how much of its heat lies at the border, and warn where that is much.

    Parameters
    ----------
    maps : mapping of str to (n, M, N) array_like
        As for `plots.show_explanations`.
    names : sequence of str
        What each image is.
    most : float, optional
        Share of the heat in the outer tenth above which is warned.
    least : float, optional
        A map with less heat than this share of the hottest one of the method says too little for a warning.

    Returns
    -------
    str
        A line for each map.

    Examples
    --------
    >>> corner = np.pad([[1.0]], ((0, 9), (0, 9)))
    >>> print(border_in_words({"Grad-CAM": [corner, corner / 100]}, ["ill", "well"]))
    Grad-CAM, ill: 100% of the heat in the outer tenth: WARNING of Grad-CAM alone, which weighs less; see below.
    Grad-CAM, well: hardly any heat (1% of that of the hottest map), so its place says nothing.
    """
    shares = {method: heat_at_border(each) for method, each in maps.items()}
    heat = {method: np.abs(np.asarray(each, dtype=float)).sum(axis=(1, 2)) for method, each in maps.items()}
    weight = {
        method: np.divide(one, one.max(), out=np.zeros_like(one), where=one > 0) for method, one in heat.items()
    }
    warned = {method: (shares[method] > most) & (weight[method] >= least) for method in maps}
    lines = []
    for method in maps:
        for place, name in enumerate(names):
            if weight[method][place] < least:
                part = f"{weight[method][place]:.0%} of that of the hottest map"
                lines.append(f"{method}, {name}: hardly any heat ({part}), so its place says nothing.")
                continue
            alone = method == "Grad-CAM" and sum(one[place] for one in warned.values()) == 1
            coarse = " of Grad-CAM alone, which weighs less" if alone else ""
            warning = f": WARNING{coarse}; see below" if warned[method][place] else ""
            lines.append(f"{method}, {name}: {shares[method][place]:.0%} of the heat in the outer tenth{warning}.")
    return "\n".join(lines)
