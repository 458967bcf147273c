"""From whole images to a table of features."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench import features
from workbench.checks import one_of, real_array
from workbench.images import Image
from workbench.processing import grayscale, responses

from .mapping import over_images

if TYPE_CHECKING:
    import pandas as pd

FAMILIES = ("intensity_statistics", "glcm")
#: Directions of a histogram of oriented gradients.
ORIENTATIONS = 8


def describe_image(
    image: ArrayLike, *, grid: int = 7, families: Iterable[str] = FAMILIES, gradients: int = 7
) -> pd.Series:
    """Measure a whole slice or volume: its intensities and texture, and where in it what lies.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A grey slice or volume of at least 16 pixels along each side; intensities keep their units. Of an Image in
        colour, its grey.
    grid : int, optional
        The image is divided into ``grid`` zones of equal size along each side. In each, the mean of the image, of
        the gradient's magnitude and of the size of the Laplacian of Gaussian (sigma: a hundredth of the shortest
        side, at least 1 pixel) is a feature, and so is the image's standard deviation.
    families : iterable of str, optional
        Of `features.extract`, for the whole image, in 32 bins.
    gradients : int, optional
        A histogram of oriented gradients is taken in as many zones along each side of a slice; 0 for none.

    Returns
    -------
    pandas.Series
        Named after the image: ``mean_0_0`` is the zone at the top left, ``edge_`` its gradient, ``blob_`` its
        Laplacian, ``spread_`` its deviation, ``hog_0`` ... the histogram of oriented gradients.

    Raises
    ------
    ValueError
        If the image is no grey slice or volume, is constant or smaller than that, or not finite.

    References
    ----------
    Dalal N, Triggs B. Histograms of oriented gradients for human detection. CVPR (2005) 886-893.

    Examples
    --------
    >>> halves = np.repeat([[0.0, 100.0]], 32, axis=0).repeat(16, axis=1)
    >>> row = describe_image(halves, grid=2)
    >>> row[["mean_0_0", "mean_0_1", "spread_0_0"]].tolist()
    [0.0, 100.0, 0.0]
    """
    import pandas as pd

    if getattr(image, "channel_axis", None) is not None:
        image = grayscale(image)
    pixels = real_array(image)
    if pixels.ndim not in {2, 3} or min(pixels.shape) < 16:
        raise ValueError(
            f"expected a grey slice or volume of at least 16 pixels along each side, received shape {pixels.shape}"
        )
    if pixels.min() == pixels.max():
        raise ValueError(f"image must not be constant, received {pixels.flat[0]} everywhere; leave this case out")
    plain = pixels.astype(np.float64)
    sigma = max(1.0, min(pixels.shape) / 100)
    found: dict[str, float] = {}
    whole = Image(plain, spacing=getattr(image, "spacing", None))
    binned = features.FixedBinNumber(32)
    measured = features.extract(whole, np.ones(plain.shape, bool), families=families, discretization=binned)
    found |= {str(name): float(value) for name, value in measured.items()}
    centred = plain - plain.mean()
    squares = zone_means(centred**2, grid) - zone_means(centred, grid) ** 2
    found |= _named("mean", zone_means(plain, grid))
    found |= _named("spread", np.sqrt(np.maximum(squares, 0)))
    found |= _named("edge", zone_means(responses.gradient_magnitude(plain), grid))
    found |= _named("blob", zone_means(np.abs(responses.laplacian_of_gaussian(plain, sigma=sigma)), grid))
    if gradients and plain.ndim == 2:
        found |= {f"hog_{number}": value for number, value in enumerate(_oriented(plain, gradients).tolist())}
    return pd.Series(found, name=getattr(image, "name", None) or None, dtype=float)


def describe_images(cohort: Any, *, jobs: int = 1, progress: bool = True, **options: Any) -> pd.DataFrame:
    """Measure the whole image of every case.

    Parameters
    ----------
    cohort : Cohort or mapping of str to array_like
        Case to image.
    jobs : int, optional
        Processes; -1 for all cores. Where a ``joblib.parallel_config`` is active, its workers do the work.
    progress : bool, optional
        Whether to show how far it is.
    **options
        Of `describe_image`.

    Returns
    -------
    pandas.DataFrame
        One row per case.

    Raises
    ------
    CohortError
        If an image cannot be read or measured; it names the case.
    ValueError
        The same, where images are given and not a cohort.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(2, 20, 20))
    >>> describe_images({"a": noise[0], "b": noise[1]}, grid=2, gradients=0, progress=False).index.tolist()
    ['a', 'b']
    """
    import pandas as pd

    rows = over_images(partial(describe_image, **options), cohort, jobs=jobs, progress=progress)
    return pd.DataFrame.from_dict({case: row.to_dict() for case, row in rows.items()}, orient="index").rename_axis(
        "case"
    )


def zone_means(image: NDArray, grid: int) -> NDArray:
    """Average an image in zones of equal size; pixels on a border count for both sides by their share.

    Parameters
    ----------
    image : (M, N) or (P, M, N) ndarray
        At least `grid` pixels along each side.
    grid : int
        Number of zones along each side.

    Returns
    -------
    (grid, grid) or (grid, grid, grid) ndarray

    Examples
    --------
    >>> zone_means(np.array([[1.0, 3.0], [5.0, 7.0]]), 1).tolist()
    [[4.0]]
    """
    for axis in range(image.ndim):
        image = np.moveaxis(_along(np.moveaxis(image, axis, 0), grid), 0, axis)
    return image


def _along(image: NDArray, grid: int) -> NDArray:
    edges = np.linspace(0, len(image), grid + 1)
    sums = np.concatenate([np.zeros((1, *image.shape[1:])), np.cumsum(image, axis=0)])
    whole = np.minimum(edges.astype(int), len(image) - 1)
    at = sums[whole] + (edges - whole).reshape(-1, *[1] * (image.ndim - 1)) * image[whole]
    return np.diff(at, axis=0) / (len(image) / grid)


def _named(name: str, zones: NDArray) -> dict[str, float]:
    return {"_".join(map(str, (name, *place))): float(value) for place, value in np.ndenumerate(zones)}


def _oriented(image: NDArray, zones: int) -> NDArray:
    from skimage.feature import hog

    side = (image.shape[0] // zones, image.shape[1] // zones)
    return hog(image, orientations=ORIENTATIONS, pixels_per_cell=side, cells_per_block=(1, 1), feature_vector=True)


def measure(cohort: Any, *, recipe: str, jobs: int = 1, progress: bool = False, **options: Any) -> pd.DataFrame:
    """Measure a cohort by a recipe that a model's card can name.

    Parameters
    ----------
    cohort : Cohort
        With masks for ``"regions"``.
    recipe : str
        ``"whole_image"``: `describe_images`; ``"regions"``: `features.extract_cohort`, one row per case, names of
        features behind the region's where there are several.
    jobs : int, optional
        Processes; -1 for all cores.
    progress : bool, optional
        Whether to show how far it is.
    **options
        Of the recipe; plain numbers and texts.

    Returns
    -------
    pandas.DataFrame
        One row per case.

    Raises
    ------
    ValueError
        If there is no such recipe, or a case cannot be measured.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(20, 20))
    >>> bool(np.isclose(measure({"a": noise}, recipe="whole_image", grid=1).loc["a", "mean_0_0"], noise.mean()))
    True
    """
    import pandas as pd

    one_of(recipe, ("whole_image", "regions"), name="recipe")
    if recipe == "whole_image":
        return describe_images(cohort, jobs=jobs, progress=progress, **options)
    found = features.extract_cohort(cohort, jobs=jobs, progress=progress, **options)
    if len(found.failures):
        case, region = found.failures.index[0]
        raise ValueError(
            f"{len(found.failures)} regions cannot be measured, first {region!r} of case {case!r}: "
            f"{found.failures['error'].iloc[0]}; leave these cases out"
        )
    if found.table.index.get_level_values("region").nunique() == 1:
        return found.table.droplevel("region")
    each = {str(region): rows.droplevel("region") for region, rows in found.table.groupby(level="region")}
    return pd.concat([rows.add_prefix(f"{region}_") for region, rows in each.items()], axis=1)
