"""The same cases as another scanner might have shown them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.processing import gaussian

if TYPE_CHECKING:
    from workbench.cohorts import Cohort


def other_scanner(
    cohort: Cohort,
    *,
    gain: float = 1.0,
    offset: float = 0.0,
    noise: float = 0.0,
    blur: float = 0.0,
    seed: int = 0,
) -> Cohort:
    """Show a cohort's images as a scanner with another calibration, dose and kernel might have.

    Each image is blurred, given noise, and its intensities are mapped to ``offset + gain * intensity``.

    Parameters
    ----------
    cohort : Cohort
        Read once; masks and boxes stay where they are.
    gain, offset : float, optional
        Of the intensities; the gain is above 0.
    noise : float, optional
        Standard deviation of independent Gaussian noise, before the gain, in the image's units.
    blur : float, optional
        Standard deviation of a Gaussian in pixels, before the noise.
    seed : int, optional
        Of the noise.

    Returns
    -------
    Cohort
        The same cases with images in memory, in float32, with their geometry.

    Raises
    ------
    ValueError
        If the gain is not above 0, or noise or blur are negative.

    Examples
    --------
    >>> from workbench.samples import lesion_study
    >>> study = lesion_study("nodule", patients=2)
    >>> darker = other_scanner(study, offset=-50)
    >>> float((darker.image("nodule-0-0000-0").pixels - study.image("nodule-0-0000-0").pixels).mean())
    -50.0
    """
    import pandas as pd

    if gain <= 0 or noise < 0 or blur < 0:
        raise ValueError(
            f"gain must be above 0, noise and blur 0 or more, received gain={gain}, noise={noise}, blur={blur}"
        )
    rng = np.random.default_rng(seed)
    shown = {}
    for case in cohort:
        image = cohort.image(case)
        pixels: NDArray = np.asarray(image, dtype=np.float32)
        if blur:
            pixels = gaussian(pixels, sigma=blur)
        pixels = offset + gain * (pixels + rng.normal(0, noise, pixels.shape))
        shown[case] = replace(image, pixels=pixels.astype(np.float32))
    column = cohort.images[0]
    return replace(cohort, table=cohort.table.assign(**{column: pd.Series(shown, dtype=object)}))
