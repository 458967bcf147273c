"""Which filter? Several of them side by side, judged against a reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import same_shape
from workbench.images import Image

from .arrays import floating
from .chunks import in_memory
from .quality import edge_sharpness, psnr, ssim
from .values import increasing

if TYPE_CHECKING:
    import pandas as pd

UNTOUCHED = "as it is"


@dataclass(frozen=True)
class Comparison:
    """What several filters made of one image.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per filter, first the image as it is: PSNR in decibels, SSIM, sharpness of edges, seconds.
    results : dict of str to ndarray or Image
        What each filter returned, under the same names.
    """

    table: pd.DataFrame
    results: dict[str, NDArray | Image]


@in_memory("its numbers are those of whole images")
def compare(
    image: ArrayLike | Image,
    filters: Mapping[str, Callable[..., ArrayLike]],
    *,
    reference: ArrayLike,
    limits: tuple[float, float] | None = None,
) -> Comparison:
    """Apply several filters to an image and say how near each comes to a reference.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like or Image
        Such as the noisy one.
    filters : mapping of str to callable
        Name to a function of the image alone, such as ``functools.partial(median, size=5)``. Its result has the
        image's shape.
    reference : array_like
        The truth, in the same shape and units.
    limits : (low, high), optional
        The intensities that matter, such as the ends of a window: PSNR and SSIM clip both images to them. From the
        lowest to the highest of the reference where not given.

    Returns
    -------
    Comparison
        A table and the results. Seconds are those of one call, so a first call may hold some preparation.

    Raises
    ------
    TypeError, ValueError
        If there is no filter, one changes the shape or is called as the row of the image itself, images are not
        finite real numbers of one shape, or the limits are not increasing.

    Examples
    --------
    >>> truth = np.tile([0.0, 0.0, 8.0, 8.0], (16, 4))
    >>> compared = compare(truth + 1, {"minus one": lambda noisy: noisy - 1}, reference=truth)
    >>> compared.table["PSNR [dB]"].round(1).to_dict()
    {'as it is': 21.1, 'minus one': inf}
    """
    import pandas as pd

    if not filters or UNTOUCHED in filters:
        raise ValueError(f"filters must be one or more and none called {UNTOUCHED!r}, received {list(filters)}")
    truth = floating(reference, name="reference")
    same_shape(image=np.asarray(image), reference=truth)
    low, high = (float(truth.min()), float(truth.max())) if limits is None else increasing(limits, name="limits")
    if low == high:
        raise ValueError("a constant reference has no range of intensities to compare in; give limits")
    results: dict[str, NDArray | Image] = {UNTOUCHED: image if isinstance(image, Image) else np.asarray(image)}
    seconds = {UNTOUCHED: 0.0}
    for name, function in filters.items():
        start = perf_counter()
        results[name] = image.map(function) if isinstance(image, Image) else np.asarray(function(image))
        seconds[name] = perf_counter() - start
    rows = {}
    within = np.clip(truth, low, high)
    for name, result in results.items():
        pixels = floating(result, name=name)
        same_shape(**{name: pixels, "reference": truth})
        clipped = np.clip(pixels, low, high)
        rows[name] = {
            "PSNR [dB]": psnr(clipped, within, data_range=high - low),
            "SSIM": ssim(clipped, within, data_range=high - low),
            "sharpness of edges": edge_sharpness(pixels, truth),
            "seconds": seconds[name],
        }
    return Comparison(pd.DataFrame.from_dict(rows, orient="index"), results)
