"""All measures of a segmentation at once, label by label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from workbench.checks import real_array, same_shape

from .masks import dice, jaccard, mask_spacing, volume_difference
from .surfaces import surface_distances

if TYPE_CHECKING:
    import pandas as pd


def compare_masks(
    mask: ArrayLike,
    reference: ArrayLike,
    *,
    spacing: tuple[float, ...] | None = None,
    labels: Mapping[str, int] | Sequence[int] | None = None,
    tolerance: float = 1.0,
) -> pd.DataFrame:
    """Measure overlap, surface distances and volume of each label.

    Parameters
    ----------
    mask, reference : (M, N) or (P, M, N) array_like of bool or int
        Same shape; 0 is background.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own.
    labels : mapping of str to int or sequence of int, optional
        Which labels, with names if a mapping; all that occur in either array by default.
    tolerance : float, optional
        In mm, for the normalized surface distance.

    Returns
    -------
    pandas.DataFrame
        A row for each label, with the columns ``dice``, ``jaccard``, ``hausdorff_mm``, ``hausdorff_95_mm``,
        ``average_surface_distance_mm``, ``normalized_surface_distance``, ``relative_volume_difference`` and, of
        volumes, ``volume_difference_ml``. Each is defined by the function of its name, also where a label is
        missing from one array or both.

    Raises
    ------
    ValueError
        If the shapes differ, the spacing is unknown or malformed, a label is 0, or there are no labels.

    Examples
    --------
    >>> table = compare_masks([[1, 1, 2]], [[1, 2, 2]], spacing=(2.0, 2.0))
    >>> table[["dice", "hausdorff_mm"]].round(3)
            dice  hausdorff_mm
    label
    1      0.667           2.0
    2      0.667           2.0
    """
    import pandas as pd

    found, truth = real_array(mask, name="mask"), real_array(reference, name="reference")
    same_shape(mask=found, reference=truth)
    edges = mask_spacing(mask, reference, spacing=spacing)
    if edges is None:
        raise ValueError("distances are in mm, so give spacing, such as image.spacing")
    if labels is None:
        labels = [int(label) for label in np.union1d(found, truth) if label != 0]
    named = dict(labels) if isinstance(labels, Mapping) else {label: label for label in labels}
    if not named or 0 in named.values():
        raise ValueError(f"expected at least one label, none of them 0, received {labels}")
    rows = {}
    for name, label in named.items():
        inside, expected = found == label, truth == label
        distances = surface_distances(inside, expected, edges)
        rows[name] = {
            "dice": dice(inside, expected),
            "jaccard": jaccard(inside, expected),
            "hausdorff_mm": distances.greatest(100),
            "hausdorff_95_mm": distances.greatest(95),
            "average_surface_distance_mm": distances.mean(),
            "normalized_surface_distance": distances.within(tolerance),
            "relative_volume_difference": volume_difference(inside, expected, relative=True),
        }
        if inside.ndim == 3:
            rows[name]["volume_difference_ml"] = volume_difference(inside, expected, spacing=edges)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("label")
