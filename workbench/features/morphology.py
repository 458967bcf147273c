"""Morphological features: a region's size and form, and how intensities lie in it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, spacing_mm

from .autocorrelation import moran_and_geary
from .enclosing import ellipsoid_area, largest_distance, smallest_box, smallest_ellipsoid
from .meshes import contour_measures, mesh_measures, outermost_points
from .regions import bounding_box, region_of


def morphology_features(
    mask: ArrayLike,
    *,
    spacing: tuple[float, ...],
    image: ArrayLike | None = None,
    measured: ArrayLike | None = None,
) -> dict[str, float]:
    """Measure the size and form of a region.

    A volume is enclosed by the mesh of marching cubes and a slice by the contour of marching squares, both at half
    height between inside and outside: they pass midway between voxel centres and cut the corners.

    Parameters
    ----------
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside. The region may have several parts and touch the edge.
    spacing : tuple of float
        Millimetres between neighbours in axis order.
    image : (M, N) or (P, M, N) array_like, optional
        Grey image; with it come the centre of mass shift, the integrated intensity, Moran's I and Geary's C.
    measured : (M, N) or (P, M, N) array_like, optional
        Where intensities count, if not in the whole of `mask`: the IBSI's intensity mask.

    Returns
    -------
    dict of str to float
        Name to value, in mm and its powers: for a volume the morphological features of the IBSI, for a slice plane
        ones; `catalog` holds the formulas. What a region is too small or too flat for is NaN: axes of a single
        voxel, an ellipsoid around a flat one, autocorrelation of a constant one.

    Raises
    ------
    ValueError
        If the mask is empty or neither a slice nor a volume, the spacing is not one positive number for each axis,
        or the image is not finite or has another shape.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family HCUG.

    Examples
    --------
    >>> found = morphology_features(np.ones((2, 3, 4)), spacing=(2, 1, 1))
    >>> found["morphology_volume_voxels"]
    48.0
    >>> round(morphology_features(np.ones((10, 10)), spacing=(1, 1))["morphology_perimeter"], 3)
    38.828
    """
    labels = np.asarray(mask)
    inside = region_of(labels, shape=labels.shape)
    if inside.ndim not in {2, 3}:
        raise ValueError(f"mask must be a slice or a volume, received shape {inside.shape}")
    millimetres = np.array(spacing_mm(spacing, inside.ndim))
    box = bounding_box(inside)
    padded = np.pad(inside[box], 1)
    found = (_solid if inside.ndim == 3 else _plane)(padded, millimetres)
    if image is not None:
        pixels = real_array(image)
        region_of(inside, shape=pixels.shape)
        within = inside if measured is None else region_of(measured, shape=inside.shape)
        content = found["volume" if inside.ndim == 3 else "area"]
        found |= _filled(pixels[box].astype(np.float64), inside[box], within[box], millimetres, content)
    return {f"morphology_{name}": float(value) for name, value in found.items()}


def _solid(inside: NDArray, spacing: NDArray) -> dict[str, float]:
    from scipy.spatial import ConvexHull

    area, volume = mesh_measures(inside, spacing)
    hull = ConvexHull(outermost_points(inside) * spacing)
    corners = hull.points[hull.vertices]
    sides = np.ptp(corners, axis=0)
    number = np.empty(len(hull.points), dtype=int)
    number[hull.vertices] = np.arange(len(corners))
    axes = _axis_lengths(inside, spacing)
    major, minor, least = axes
    ball_area = (36 * np.pi * volume**2) ** (1 / 3)
    found = {
        "volume": volume,
        "volume_voxels": np.count_nonzero(inside) * spacing.prod(),
        "surface_area": area,
        "surface_to_volume_ratio": area / volume,
        "compactness_1": volume / (np.sqrt(np.pi) * area**1.5),
        "compactness_2": 36 * np.pi * volume**2 / area**3,
        "spherical_disproportion": area / ball_area,
        "sphericity": ball_area / area,
        "asphericity": area / ball_area - 1,
        "maximum_diameter": largest_distance(corners),
        "major_axis_length": major,
        "minor_axis_length": minor,
        "least_axis_length": least,
        "elongation": minor / major,
        "flatness": least / major,
    }
    bodies = {
        "bounding_box": _box(sides),
        "oriented_bounding_box": _box(smallest_box(corners, number[hull.simplices])),
        "ellipsoid": _ellipsoid(axes / 2),
        "enclosing_ellipsoid": _ellipsoid(smallest_ellipsoid(corners)),
        "convex_hull": (hull.volume, hull.area),
    }
    for name, (around, surface) in bodies.items():
        found[f"volume_density_{name}"] = volume / around if around > 0 else np.nan
        found[f"area_density_{name}"] = area / surface
    return found


def _plane(inside: NDArray, spacing: NDArray) -> dict[str, float]:
    from scipy.spatial import ConvexHull

    perimeter, area = contour_measures(inside, spacing)
    hull = ConvexHull(outermost_points(inside) * spacing)
    major, minor = _axis_lengths(inside, spacing)
    return {
        "area": area,
        "area_pixels": np.count_nonzero(inside) * spacing.prod(),
        "perimeter": perimeter,
        "perimeter_to_area_ratio": perimeter / area,
        "circularity": 4 * np.pi * area / perimeter**2,
        "maximum_diameter": largest_distance(hull.points[hull.vertices]),
        "major_axis_length": major,
        "minor_axis_length": minor,
        "elongation": minor / major,
        "eccentricity": np.sqrt(1 - (minor / major) ** 2),
        "solidity": area / hull.volume,
    }


def _filled(
    pixels: NDArray, inside: NDArray, within: NDArray, spacing: NDArray, content: float
) -> dict[str, float]:
    values = pixels[within]
    total = values.sum()
    centre = _first_moments(inside) / np.count_nonzero(inside)
    bright_centre = _first_moments(np.where(within, pixels, 0)) / total if total else np.nan
    moran, geary = moran_and_geary(pixels, within, spacing)
    return {
        "centre_of_mass_shift": np.linalg.norm((bright_centre - centre) * spacing),
        "integrated_intensity": content * values.mean(),
        "moran_i": moran,
        "geary_c": geary,
    }


def _first_moments(field: NDArray) -> NDArray:
    return np.array([np.arange(n) @ _along(field, axis) for axis, n in enumerate(field.shape)])


def _along(field: NDArray, *axes: int) -> NDArray:
    return field.sum(axis=tuple(axis for axis in range(field.ndim) if axis not in axes))


def _axis_lengths(inside: NDArray, spacing: NDArray) -> NDArray:
    """Four standard deviations along the principal axes, longest first."""
    count = np.count_nonzero(inside)
    if count == 1:
        return np.full(inside.ndim, np.nan)
    ndim = inside.ndim
    centre = _first_moments(inside) / count
    offsets = [np.arange(n) - middle for n, middle in zip(inside.shape, centre, strict=True)]
    covariance = np.empty((ndim, ndim))
    for one in range(ndim):
        covariance[one, one] = offsets[one] ** 2 @ _along(inside, one)
        for two in range(one):
            covariance[one, two] = covariance[two, one] = offsets[two] @ _along(inside, one, two) @ offsets[one]
    covariance *= np.outer(spacing, spacing) / (count - 1)
    variances = np.linalg.eigvalsh(covariance)[::-1]
    # Rounding leaves a flat region a tiny variance of either sign across itself.
    return 4 * np.sqrt(np.where(variances < 1e-12 * variances[0], 0, variances))


def _box(sides: NDArray) -> tuple[float, float]:
    return float(sides.prod()), float(2 * (sides.prod() / sides).sum())


def _ellipsoid(semi_axes: NDArray) -> tuple[float, float]:
    return float(4 / 3 * np.pi * semi_axes.prod()), ellipsoid_area(*semi_axes)
