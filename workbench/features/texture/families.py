"""All texture families of a region at once: zones and neighbourhoods are found only once."""

from collections.abc import Iterable

from numpy.typing import ArrayLike

from workbench.checks import one_of

from .glcm import NAMES as GLCM
from .glcm import measure as glcm
from .gldzm import NAMES as GLDZM
from .gldzm import measure as gldzm
from .glrlm import NAMES as GLRLM
from .glrlm import measure as glrlm
from .glszm import NAMES as GLSZM
from .glszm import measure as glszm
from .grid import grids
from .ngldm import NAMES as NGLDM
from .ngldm import measure as ngldm
from .ngtdm import NAMES as NGTDM
from .ngtdm import measure as ngtdm

_MEASURES = {
    "glcm": glcm,
    "glrlm": glrlm,
    "glszm": glszm,
    "gldzm": gldzm,
    "ngtdm": ngtdm,
    "ngldm": ngldm,
}
NAMES = {"glcm": GLCM, "glrlm": GLRLM, "glszm": GLSZM, "gldzm": GLDZM, "ngtdm": NGTDM, "ngldm": NGLDM}
TEXTURE_FAMILIES = tuple(NAMES)


def texture_features(
    levels: ArrayLike,
    *,
    families: Iterable[str] = TEXTURE_FAMILIES,
    aggregation: str = "3d_merged",
    mask: ArrayLike | None = None,
) -> dict[str, float]:
    """Measure the texture features of the IBSI.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    families : iterable of str, optional
        Of ``"glcm"``, ``"glrlm"``, ``"glszm"``, ``"gldzm"``, ``"ngtdm"`` and ``"ngldm"``; all by default.
    aggregation : str, optional
        As for `glcm`; families without directions heed only whether it begins with 2d, 2.5d or 3d.
    mask : (M, N) or (P, M, N) array_like, optional
        As for `gldzm`.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, a family or `aggregation` is unknown, `mask` lacks a voxel that has a
        level, or co-occurrences or differences are asked of a region without two touching voxels.

    References
    ----------
    Zwanenburg A et al. The image biomarker standardization initiative. Radiology 295 (2020) 328-338.

    Examples
    --------
    >>> found = texture_features([[1, 1, 2]], families=["glszm", "ngtdm"])
    >>> found["glszm_large_zone_emphasis"], found["ngtdm_coarseness"]
    (2.5, 1.5)
    """
    chosen = [one_of(family, TEXTURE_FAMILIES, name="family") for family in families]
    parts = grids(levels, aggregation=aggregation, mask=mask)
    found: dict[str, float] = {}
    for family in chosen:
        found |= _MEASURES[family](parts, aggregation)
    return found
