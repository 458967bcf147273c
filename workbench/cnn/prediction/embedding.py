"""Deep features: what a network knows of an image, as a row of a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from numpy.typing import ArrayLike

from ..backend import keras
from .predicting import feature_maps


def embed(
    model: keras.Model,
    images: ArrayLike,
    *,
    layer: str | None = None,
    cases: Sequence[str] | pd.Index | None = None,
    batch_size: int = 16,
) -> pd.DataFrame:
    """Describe images by a layer's outputs: a table for `recognition.cross_validate`.

    A network that was trained on the same cases has seen their labels. Cross-validate on its features only if it
    was trained on other data.

    Parameters
    ----------
    model : keras.Model
        Such as `classifier`, trained on other cases.
    images : (n, ...[, channels]) array_like
        As for `predict`.
    layer : str, optional
        Its name; what goes into the last layer by default. Maps are averaged over their positions.
    cases : sequence of str, optional
        The index of the table; numbers from 0 by default.
    batch_size : int, optional
        Images at once.

    Returns
    -------
    pandas.DataFrame
        Index ``case``, one row per image, one column of float64 per map: ``average_0``, ``average_1`` and so on,
        for layer ``average``.

    Raises
    ------
    ValueError
        If there is no such layer, the images do not fit, or there is not one case for each.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.cnn import classifier
    >>> embed(classifier((8, 8), 2, width=2, depth=1), np.zeros((3, 8, 8)), cases=["a", "b", "c"]).shape
    (3, 2)
    """
    name = model.layers[-2].name if layer is None else layer
    maps = feature_maps(model, images, layer=name, batch_size=batch_size)
    values = maps.mean(axis=tuple(range(1, maps.ndim - 1)), dtype="float64") if maps.ndim > 2 else maps
    if cases is not None and len(cases) != len(values):
        raise ValueError(f"cases must name each of the {len(values)} images, received {len(cases)} names")
    index = pd.RangeIndex(len(values)) if cases is None else pd.Index(cases)
    columns = [f"{name}_{number}" for number in range(values.shape[-1])]
    return pd.DataFrame(values.astype("float64"), index=index.rename("case"), columns=columns)
