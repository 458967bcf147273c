"""From an image and a region to a row of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from workbench.checks import one_of, real_array
from workbench.images import Image

from .colour import colour_features
from .discretization import Discretization, FixedBinNumber, discretize
from .histogram import histogram_features, volume_histogram_features
from .intensity import intensity_features, peak_features
from .morphology import morphology_features
from .preparation import Prepared, as_image, filtered, prepare, same_place
from .regions import bounding_box, region_of
from .texture import TEXTURE_FAMILIES, texture_features

if TYPE_CHECKING:
    import pandas as pd

HISTOGRAMS = ("intensity_statistics", "intensity_histogram", "intensity_volume_histogram")
FAMILIES = ("morphology", "local_intensity", *HISTOGRAMS, *TEXTURE_FAMILIES, "colour")
#: Short names of several families.
GROUPS = {"texture": TEXTURE_FAMILIES}

Families = Iterable[str] | str
Filters = Mapping[str, Callable[[Image], ArrayLike]]


@cache
def _catalog() -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(Path(__file__).with_name("catalog.csv"), index_col="name", keep_default_na=False)


def catalog() -> pd.DataFrame:
    """List every feature that `extract` can give.

    Returns
    -------
    pandas.DataFrame
        One row per feature, indexed by name: family, dimensions (``"2"``, ``"3"`` or ``"2 3"``), code (the IBSI's,
        empty where it has none), units, formula, meaning. In formulas x are the region's intensities, mu their
        mean, m2 to m4 their central moments, P10 a percentile, l1 to l3 eigenvalues, V and A volume and surface; p
        = p(i, j) the co-occurrence probabilities of levels i and j of G, pd and ps those of differences and sums;
        HXY, HX, HXY1, HXY2 the entropies of Haralick.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003.

    Examples
    --------
    >>> catalog().loc["glcm_contrast", ["code", "formula"]].tolist()
    ['ACUI', 'sum((i - j)^2 p)']
    """
    return _catalog().copy()


def extract(
    image: ArrayLike,
    mask: ArrayLike,
    *,
    families: Families = "all",
    discretization: Discretization | None = None,
    aggregation: str = "3d_merged",
    resegment: tuple[float, float] | None = None,
    outliers: float | None = None,
    resample: float | Sequence[float] | None = None,
    filters: Filters | None = None,
    spacing: tuple[float, ...] | None = None,
    channel_axis: int | None = None,
) -> pd.Series:
    """Measure the features of one region, as the IBSI defines them.

    Parameters
    ----------
    image : (M, N[, C]) or (P, M, N[, C]) array_like
        An Image brings its spacing, units and channel axis with it.
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.
    families : str or iterable of str, optional
        Of ``"morphology"``, ``"local_intensity"`` (volumes), ``"intensity_statistics"``,
        ``"intensity_histogram"``, ``"intensity_volume_histogram"``, ``"glcm"``, ``"glrlm"``, ``"glszm"``,
        ``"gldzm"``, ``"ngtdm"``, ``"ngldm"`` (``"texture"``: these six) and ``"colour"`` (RGB); ``"all"`` takes
        those that the image allows.
    discretization : FixedBinSize or FixedBinNumber, optional
        Grey levels for histogram and texture. By default bins of 25 for HU and of 0.5 for SUV, else 32 bins.
    aggregation : str, optional
        How texture is counted over directions and slices; see `glcm`.
    resegment, outliers, resample : optional
        How image and mask are made ready; see `prepare`.
    filters : mapping of str to callable, optional
        Name to a function of an Image, such as ``processing.responses.laplacian_of_gaussian`` with its options
        bound. Each response is measured too, under names that begin with the filter's: statistics, histograms and
        texture in bins of a fixed number (that of `discretization`, else 32), since responses have no units.
    spacing : tuple of float, optional
        Millimetres between neighbours in axis order, where the image does not say. Morphology and peaks need it.
    channel_axis : int, optional
        The axis that holds red, green and blue, where the image does not say.

    Returns
    -------
    pandas.Series
        Indexed by the names in `catalog`, named after the image. A feature that the region does not define is NaN.

    Raises
    ------
    ValueError
        If the image is not finite, the mask is empty or does not fit it, a family does not apply or lacks what it
        needs, a step of the preparation leaves nothing, or the region has no two touching voxels but
        co-occurrences or differences of neighbours are asked for.

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

    picture = as_image(image, spacing=spacing, channel_axis=channel_axis)
    chosen = _chosen(families, picture)
    if picture.channel_axis is not None:
        options = {"resegment": resegment, "outliers": outliers, "resample": resample, "filters": filters}
        found = _of_colours(picture, mask, chosen, options)
    else:
        ready = prepare(
            picture,
            mask,
            discretization=discretization,
            resegment=resegment,
            outliers=outliers,
            resample=resample,
        )
        found = _of_grey(ready, chosen, aggregation)
        for name, response_of in (filters or {}).items():
            bins = discretization if isinstance(discretization, FixedBinNumber) else FixedBinNumber(32)
            response = filtered(ready, response_of(ready.image), name=name, discretization=bins)
            again = [family for family in chosen if family in {*HISTOGRAMS, *TEXTURE_FAMILIES}]
            found |= {f"{name}_{key}": value for key, value in _of_grey(response, again, aggregation).items()}
    return pd.Series(found, name=picture.name or None, dtype=float)


def _of_grey(ready: Prepared, families: Sequence[str], aggregation: str) -> dict[str, float]:
    spacing = ready.image.spacing or ()
    box = bounding_box(ready.mask)
    pixels, inside, measured = ready.image.pixels[box], ready.mask[box], ready.measured[box]
    textures = tuple(family for family in families if family in TEXTURE_FAMILIES)
    needs_levels = textures or "intensity_histogram" in families
    levels = discretize(pixels, measured, discretization=ready.discretization) if needs_levels else pixels
    measures: dict[str, Callable[[], dict[str, float]]] = {
        "morphology": lambda: morphology_features(inside, spacing=spacing, image=pixels, measured=measured),
        # Spheres reach beyond the region.
        "local_intensity": lambda: peak_features(ready.image, ready.measured, spacing=spacing),
        "intensity_statistics": lambda: intensity_features(pixels, measured),
        "intensity_histogram": lambda: histogram_features(levels),
        "intensity_volume_histogram": lambda: volume_histogram_features(
            pixels, measured, units=ready.image.units, bounds=ready.bounds
        ),
    }
    found: dict[str, float] = {}
    for family in families:
        if family in measures:
            found |= measures[family]()
    if textures:
        within = None if ready.measured is ready.mask else inside
        found |= texture_features(levels, families=textures, aggregation=aggregation, mask=within)
    return found


def _of_colours(
    image: Image, mask: ArrayLike, families: Sequence[str], options: Mapping[str, Any]
) -> dict[str, float]:
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise ValueError(
            f"{', '.join(given)} needs a grey image, received channels; choose one, as in image[..., 1]"
        )
    real_array(image)
    same_place(image, mask)
    axis = image.channel_axis
    inside = region_of(mask, shape=tuple(n for place, n in enumerate(image.shape) if place != axis))
    found: dict[str, float] = {}
    if "morphology" in families:
        found |= morphology_features(inside, spacing=image.spacing or ())
    if "colour" in families and axis is not None:
        found |= colour_features(image, inside, channel_axis=axis)
    return found


def _chosen(families: Families, image: Image) -> tuple[str, ...]:
    colour = image.channel_axis is not None
    volume = image.ndim == 3
    placed = image.spacing is not None
    if families == "all":
        grey = {*HISTOGRAMS, *TEXTURE_FAMILIES, *["local_intensity"] * (volume and placed)}
        allowed = ({"colour"} if colour else grey) | ({"morphology"} if placed else set())
        return tuple(family for family in FAMILIES if family in allowed)
    asked = (families,) if isinstance(families, str) else tuple(families)
    if not asked:
        raise ValueError(f"expected at least one family of {', '.join(FAMILIES)}, received none")
    chosen: dict[str, None] = {}
    for name in asked:
        one_of(name, (*FAMILIES, *GROUPS), name="family")
        for family in GROUPS.get(name, (name,)):
            _check_family(family, image, colour=colour, volume=volume, placed=placed)
            chosen[family] = None
    return tuple(chosen)


def _check_family(family: str, image: Image, *, colour: bool, volume: bool, placed: bool) -> None:
    if colour and family not in {"morphology", "colour"}:
        raise ValueError(f"{family} needs a grey image, received channels; choose one, as in image[..., 1]")
    if family == "colour" and not colour:
        raise ValueError("colour needs to know where the channels are; give channel_axis, as in channel_axis=-1")
    if family in {"local_intensity", "morphology"} and not placed:
        raise ValueError(f"{family} is measured in mm; give spacing, as in spacing={(1.0,) * image.ndim}")
    if family == "local_intensity" and not volume:
        raise ValueError(
            "local_intensity needs a volume: peaks are means over a sphere of 1 cm^3; leave it out for slices"
        )
