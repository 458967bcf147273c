"""From image and mask to what features are measured in: the steps of the IBSI, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image, Step

from .discretization import Discretization, FixedBinSize, default_discretization, discretize
from .regions import bounding_box, region_of


@dataclass(frozen=True)
class Prepared:
    """What the features of a region are measured in.

    Parameters
    ----------
    image : Image
        Interpolated; HU rounded to whole numbers.
    mask : ndarray of bool
        The region after interpolation: where form is measured (the IBSI's morphological mask).
    measured : ndarray of bool
        The part of it whose intensities count, after re-segmentation and without outliers (intensity mask).
    discretization : FixedBinSize or FixedBinNumber
        The bins.
    bounds : tuple of 2 float, optional
        The range of the re-segmentation.
    """

    image: Image
    mask: NDArray
    measured: NDArray
    discretization: Discretization
    bounds: tuple[float, float] | None = None

    @property
    def levels(self) -> NDArray:
        """Grey levels from 1 in `measured`, 0 outside it."""
        return discretize(self.image, self.measured, discretization=self.discretization)


def prepare(
    image: ArrayLike,
    mask: ArrayLike,
    *,
    discretization: Discretization | None = None,
    resegment: tuple[float, float] | None = None,
    outliers: float | None = None,
    resample: float | Sequence[float] | None = None,
    spacing: tuple[float, ...] | None = None,
) -> Prepared:
    """Interpolate, round, re-segment, leave out outliers and put into bins, in the order of the IBSI.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey image. An Image brings its spacing and units with it.
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.
    discretization : FixedBinSize or FixedBinNumber, optional
        By default bins of 25 for HU and of 0.5 for SUV, else 32 bins. Bins of fixed size without a minimum begin
        at the lower end of `resegment`, if that is given.
    resegment : tuple of 2 float, optional
        Lowest and highest intensity that counts, both included, such as ``(-500, 400)`` HU for soft tissue.
    outliers : float, optional
        Leave out intensities more than so many standard deviations from the mean of those that are left, usually
        3.
    resample : float or sequence of float, optional
        New spacing in mm, one for all axes or one for each. Image and mask are interpolated linearly, and half a
        voxel or more of mask is inside.
    spacing : tuple of float, optional
        Millimetres between neighbours in axis order, where the image does not say.

    Returns
    -------
    Prepared
        Image, masks and levels.

    Raises
    ------
    ValueError
        If the image is not finite, the mask is empty or does not fit it, or a step leaves no voxel.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, chapter 2.

    Examples
    --------
    >>> row = Image([[-900.0, 10, 20, 30, 3000]], spacing=(1, 1), units="HU")
    >>> ready = prepare(row, row.pixels > -1000, resegment=(-500, 400), discretization=FixedBinSize(10, minimum=0))
    >>> ready.levels
    array([[0, 2, 3, 4, 0]])
    """
    picture = as_image(image, spacing=spacing)
    real_array(picture)
    same_place(picture, mask)
    inside = region_of(mask, shape=picture.shape)
    if resample is not None:
        picture, inside = _resampled(picture, inside, resample)
    measured = _resegmented(picture.pixels, inside, resegment, outliers)
    bins = chosen_bins(discretization, picture.units, resegment)
    return Prepared(picture, inside, measured, bins, resegment)


def filtered(prepared: Prepared, response: ArrayLike, *, name: str, discretization: Discretization) -> Prepared:
    """Put a filter's response in the place of the image.

    Parameters
    ----------
    prepared : Prepared
        As `prepare` gives it.
    response : array_like
        Same shape as its image.
    name : str
        What errors call the filter.
    discretization : FixedBinSize or FixedBinNumber
        Bins for the response.

    Returns
    -------
    Prepared
        The same masks, with the response's intensities, without units, and its levels.

    Raises
    ------
    ValueError
        If the response has another shape or is not finite.
    """
    pixels = real_array(response, name=f"the response of filter {name!r}")
    if pixels.shape != prepared.image.shape:
        raise ValueError(
            f"the response of filter {name!r} must have the image's shape {prepared.image.shape}, "
            f"received {pixels.shape}"
        )
    image = prepared.image.replace(pixels=pixels, units="", step=Step(name, {}))
    return replace(prepared, image=image, discretization=discretization, bounds=None)


def as_image(image: ArrayLike, *, spacing: tuple[float, ...] | None, channel_axis: int | None = None) -> Image:
    """Return an Image that has the spacing and the channel axis given, if it has none of its own."""
    if not isinstance(image, Image):
        return Image(np.asarray(image), spacing=spacing, channel_axis=channel_axis)
    if channel_axis is not None and channel_axis % image.pixels.ndim != image.channel_axis:
        raise ValueError(
            f"channel_axis={channel_axis} contradicts the image's own, {image.channel_axis}; leave it out"
        )
    if spacing is not None and image.spacing is not None and not np.allclose(spacing, image.spacing, rtol=1e-3):
        raise ValueError(f"spacing {spacing} contradicts the image's own, {image.spacing}; leave it out")
    return image if spacing is None or image.spacing is not None else image.replace(spacing=tuple(spacing))


def same_place(image: Image, mask: ArrayLike) -> None:
    """Raise if image and mask are both placed in the patient, and elsewhere."""
    if isinstance(mask, Image) and not mask.may_lie_on(image):
        raise ValueError(
            "image and mask lie at different places in the patient (their affines or spacings differ); "
            "resample the mask first"
        )


def chosen_bins(
    discretization: Discretization | None, units: str, resegment: tuple[float, float] | None
) -> Discretization:
    """Return the bins given, or those that suit the units; they begin where the re-segmentation does."""
    bins = default_discretization(units) if discretization is None else discretization
    if isinstance(bins, FixedBinSize) and bins.minimum is None and resegment is not None:
        return replace(bins, minimum=resegment[0]) if np.isfinite(resegment[0]) else bins
    return bins


def _resampled(image: Image, inside: NDArray, to: float | Sequence[float]) -> tuple[Image, NDArray]:
    from workbench.processing.geometry import resample

    if image.spacing is None:
        raise ValueError(f"resample needs to know the distance of voxels; give spacing={(1.0,) * image.ndim}")
    wanted = to if isinstance(to, float | int) else tuple(to)
    # A hair below one half keeps halves inside, whatever the rounding.
    mask = resample(inside.astype(np.float64), to=wanted, spacing=image.spacing) >= 0.5 - 1e-9
    if not mask.any():
        raise ValueError(f"no voxel of the mask is left at resample={to} mm; choose a finer spacing")
    picture = resample(image.replace(pixels=image.pixels.astype(np.float64)), to=wanted)
    return picture.replace(pixels=np.rint(picture.pixels)) if picture.units == "HU" else picture, mask


def _resegmented(
    pixels: NDArray, inside: NDArray, resegment: tuple[float, float] | None, outliers: float | None
) -> NDArray:
    if resegment is None and outliers is None:
        return inside
    box = bounding_box(inside)
    cut, kept = pixels[box], inside[box].copy()
    if resegment is not None:
        low, high = resegment
        if not low < high:
            raise ValueError(f"resegment must be a lower and a higher intensity, received {resegment}")
        present = cut[kept]
        kept &= (cut >= low) & (cut <= high)
        if not kept.any():
            raise ValueError(
                f"no voxel of the region lies in resegment={resegment}: it holds {present.min():g} to "
                f"{present.max():g}; widen the range, or leave the region out"
            )
    if outliers is not None:
        if not outliers > 0:
            raise ValueError(f"outliers must be a positive number of standard deviations, received {outliers}")
        values = cut[kept].astype(np.float64)
        kept &= np.abs(cut - values.mean()) <= outliers * values.std() + 1e-9 * np.abs(values).max()
        if not kept.any():
            raise ValueError(f"outliers={outliers} leaves no voxel; choose more standard deviations, usually 3")
    measured = np.zeros_like(inside)
    measured[box] = kept
    return measured
