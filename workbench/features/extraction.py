"""From an image and a region to a row of numbers, and from many to a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from workbench.checks import one_of, real_array
from workbench.images import Image

from .colour import colour_features
from .discretization import Discretization, default_discretization, discretize
from .intensity import intensity_features, peak_features
from .regions import region_of
from .shape import shape_features
from .texture import glcm_features

if TYPE_CHECKING:
    import pandas as pd

FAMILIES = ("intensity", "peak", "texture", "shape", "colour")


@cache
def _catalog() -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(Path(__file__).with_name("catalog.csv"), index_col="name", keep_default_na=False)


def catalog() -> pd.DataFrame:
    """List every feature that `extract` can give.

    Returns
    -------
    pandas.DataFrame
        One row per feature, indexed by name: family, dimensions (``"2"``, ``"3"`` or ``"2 3"``), ibsi (its code,
        empty where it has none), units, formula, meaning. In formulas x are the region's intensities, m2 to m4
        their central moments, P10 a percentile; p = p(i, j) the co-occurrence probabilities of levels i and j of
        G, pd and ps those of differences and sums; HXY, HX, HXY1, HXY2 the entropies of Haralick.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003.

    Examples
    --------
    >>> catalog().loc["glcm_contrast", ["ibsi", "formula"]].tolist()
    ['ACUI', 'sum((i - j)^2 p)']
    """
    return _catalog().copy()


def extract(
    image: ArrayLike,
    mask: ArrayLike,
    *,
    families: Iterable[str] | Literal["all"] = ("intensity", "texture", "shape"),
    discretization: Discretization | None = None,
    aggregation: str = "3d_merged",
    spacing: tuple[float, ...] | None = None,
    channel_axis: int | None = None,
) -> pd.Series:
    """Measure the features of one region.

    Parameters
    ----------
    image : (M, N[, C]) or (P, M, N[, C]) array_like
        An Image brings its spacing, units and channel axis with it.
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.
    families : iterable of str or "all", optional
        Of ``"intensity"``, ``"peak"`` (volumes), ``"texture"``, ``"shape"`` and ``"colour"`` (RGB); ``"all"``
        takes those that the image allows.
    discretization : FixedBinSize or FixedBinNumber, optional
        Grey levels for texture. By default bins of 25 for HU and of 0.5 for SUV, else 32 bins.
    aggregation : str, optional
        How texture is counted over directions and slices; see `glcm`.
    spacing : tuple of float, optional
        Millimetres between neighbours in axis order, where the image does not say. Peaks and shape need it.
    channel_axis : int, optional
        The axis that holds red, green and blue, where the image does not say.

    Returns
    -------
    pandas.Series
        Indexed by the names in `catalog`, named after the image.

    Raises
    ------
    ValueError
        If the image is not finite, the mask is empty or does not fit it, a family does not apply or lacks what it
        needs, or the region has no two touching voxels but texture is asked for.

    References
    ----------
    Zwanenburg A et al. The image biomarker standardization initiative. Radiology 295 (2020) 328-338.

    Examples
    --------
    >>> image = Image([[10, 20, 0], [20, 10, 0]], spacing=(2, 2))
    >>> row = extract(image, image.pixels > 0)
    >>> row["intensity_mean"], row["morphology_area_pixels"]
    (np.float64(15.0), np.float64(16.0))
    """
    import pandas as pd

    picture = _as_image(image, spacing=spacing, channel_axis=channel_axis)
    real_array(picture)
    _same_place(picture, mask)
    inside = region_of(mask, shape=_spatial_shape(picture))
    measures = _measures(picture, inside, discretization=discretization, aggregation=aggregation)
    chosen = _chosen(families, picture)
    found = {name: value for family in chosen for name, value in measures[family]().items()}
    return pd.Series(found, name=picture.name or None, dtype=float)


def extract_table(
    cases: Iterable[tuple[str, ArrayLike, Mapping[str, ArrayLike]]],
    *,
    families: Iterable[str] | Literal["all"] = ("intensity", "texture", "shape"),
    discretization: Discretization | None = None,
    aggregation: str = "3d_merged",
    spacing: tuple[float, ...] | None = None,
    channel_axis: int | None = None,
) -> pd.DataFrame:
    """Measure the features of many regions, with a progress bar.

    Parameters
    ----------
    cases : iterable of (case, image, masks)
        The case's name, its image, and the name and mask of each region in it. A generator reads one image at
        a time.
    families, discretization, aggregation, spacing, channel_axis : optional
        As for `extract`.

    Returns
    -------
    pandas.DataFrame
        One row per region, indexed by ``case`` and ``region``; one column per feature.

    Raises
    ------
    ValueError
        As `extract`, naming case and region; or if there is no region, or a region comes twice.

    Examples
    --------
    >>> image = np.array([[1, 2], [3, 4]])
    >>> table = extract_table([("a", image, {"top": [[1, 1], [0, 0]]})], families=["intensity"])
    >>> table.loc[("a", "top"), "intensity_mean"]
    np.float64(1.5)
    """
    import pandas as pd
    from tqdm import tqdm

    families = families if families == "all" else tuple(families)
    rows: dict[tuple[str, str], pd.Series] = {}
    for case, image, masks in tqdm(cases, desc="features", unit="case"):
        for region, mask in masks.items():
            if (case, region) in rows:
                raise ValueError(f"case {case!r}, region {region!r}: received twice; give each its own name")
            try:
                rows[case, region] = extract(
                    image,
                    mask,
                    families=families,
                    discretization=discretization,
                    aggregation=aggregation,
                    spacing=spacing,
                    channel_axis=channel_axis,
                )
            except (TypeError, ValueError) as error:
                raise ValueError(f"case {case!r}, region {region!r}: {error}") from error
    if not rows:
        raise ValueError("expected at least one region to measure, received none")
    index = pd.MultiIndex.from_tuples(rows, names=["case", "region"])
    return pd.DataFrame(list(rows.values())).set_axis(index)


def _as_image(image: ArrayLike, *, spacing: tuple[float, ...] | None, channel_axis: int | None) -> Image:
    if not isinstance(image, Image):
        return Image(np.asarray(image), spacing=spacing, channel_axis=channel_axis)
    if channel_axis is not None and channel_axis % image.pixels.ndim != image.channel_axis:
        raise ValueError(
            f"channel_axis={channel_axis} contradicts the image's own, {image.channel_axis}; leave it out"
        )
    if spacing is not None and image.spacing is not None and not np.allclose(spacing, image.spacing, rtol=1e-3):
        raise ValueError(f"spacing {spacing} contradicts the image's own, {image.spacing}; leave it out")
    return image if spacing is None or image.spacing is not None else image.replace(spacing=tuple(spacing))


def _spatial_shape(image: Image) -> tuple[int, ...]:
    return tuple(n for axis, n in enumerate(image.shape) if axis != image.channel_axis)


def _same_place(image: Image, mask: ArrayLike) -> None:
    if isinstance(mask, Image) and not mask.may_lie_on(image):
        raise ValueError(
            "image and mask lie at different places in the patient (their affines differ); resample the mask first"
        )


def _chosen(families: Iterable[str] | Literal["all"], image: Image) -> tuple[str, ...]:
    colour = image.channel_axis is not None
    volume = image.ndim == 3
    if families == "all":
        grey = [] if colour else ["intensity", "texture"] + ["peak"] * (volume and image.spacing is not None)
        allowed = {*grey, *["shape"] * (image.spacing is not None), *["colour"] * colour}
        return tuple(family for family in FAMILIES if family in allowed)
    chosen = (families,) if isinstance(families, str) else tuple(families)
    if not chosen:
        raise ValueError(f"expected at least one family of {', '.join(FAMILIES)}, received none")
    for family in chosen:
        one_of(family, FAMILIES, name="family")
        if family in {"intensity", "peak", "texture"} and colour:
            raise ValueError(f"{family} needs a grey image, received channels; choose one, as in image[..., 1]")
        if family == "colour" and not colour:
            raise ValueError(
                "colour needs to know where the channels are; give channel_axis, as in channel_axis=-1"
            )
        if family in {"peak", "shape"} and image.spacing is None:
            raise ValueError(f"{family} is measured in mm; give spacing, as in spacing={(1.0,) * image.ndim}")
        if family == "peak" and not volume:
            raise ValueError(
                "peak needs a volume: it is the mean over a sphere of 1 cm^3; leave it out for slices"
            )
    return chosen


def _measures(
    image: Image, mask: ArrayLike, *, discretization: Discretization | None, aggregation: str
) -> dict[str, Callable[[], dict[str, float]]]:
    bins = default_discretization(image.units) if discretization is None else discretization
    spacing = image.spacing or ()

    def colour() -> dict[str, float]:
        assert image.channel_axis is not None  # noqa: S101 (checked by _chosen; tells the type checker)
        return colour_features(image, mask, channel_axis=image.channel_axis)

    return {
        "intensity": lambda: intensity_features(image, mask),
        "peak": lambda: peak_features(image, mask, spacing=spacing),
        "texture": lambda: glcm_features(discretize(image, mask, discretization=bins), aggregation=aggregation),
        "shape": lambda: shape_features(mask, spacing=spacing),
        "colour": colour,
    }
