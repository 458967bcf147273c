"""Colours of the canvas: tables for grey values and a palette for labels."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from workbench.checks import one_of

#: Matplotlib's names; grey first, the rest even in lightness (or, for PET and differences, what the field uses).
COLORMAPS = ("gray", "gray_r", "bone", "hot", "viridis", "magma", "cividis", "RdBu_r")
#: Bright on a dark picture and distinct for colour-blind readers (after Okabe and Ito 2008).
LABEL_COLORS = ("#F0A30A", "#56B4E9", "#00C08B", "#F0E442", "#E377C2", "#FF6A4D", "#8DA0FF", "#A45CFF")


@cache
def color_table(name: str) -> NDArray:
    """Return the colours of the 256 grey levels.

    Parameters
    ----------
    name : str
        One of `COLORMAPS`.

    Returns
    -------
    (256, 3) ndarray of uint8

    Examples
    --------
    >>> color_table("gray")[[0, 128]].tolist()
    [[0, 0, 0], [128, 128, 128]]
    """
    import matplotlib

    levels = np.arange(256) / 255
    chosen = matplotlib.colormaps[one_of(name, COLORMAPS, name="colormap")](levels)[:, :3]
    # Rounded, because matplotlib's own bytes are cut off: its grey 33 is 32.
    return np.rint(chosen * 255).astype(np.uint8)


def label_colors() -> NDArray:
    """Return the colours of labels 1, 2, ...; they repeat.

    Returns
    -------
    (n, 3) ndarray of uint8

    Examples
    --------
    >>> label_colors()[0].tolist()
    [240, 163, 10]
    """
    return np.array([[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in LABEL_COLORS], np.uint8)
