"""Align two images, from a coarse search to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from workbench.checks import one_of
from workbench.images import Image

from .alignment import Alignment
from .deforming import deform
from .errors import RegistrationError
from .limits import LEAST_CORRELATION, LEAST_DISTINCTNESS, LEAST_OVERLAP, MOST_WANDERING
from .optimizing import as_transform
from .pairs import Pair
from .physical import pulled, pushed
from .refining import refine, wandering
from .searching import candidates
from .trust import judged, similarity

TRANSFORMS = ("translation", "rigid", "similarity", "affine", "deformable")
METRICS = ("auto", "correlation", "mutual_information")
COMPARABLE = {"CT", "CR", "DX", "DR", "MG", "OP", "SM", "PX", "XA", "RF"}


def align(
    moving: ArrayLike | Image,
    fixed: ArrayLike | Image,
    *,
    transform: str = "rigid",
    metric: str = "auto",
    spacing: float | tuple[float, ...] | None = None,
    mask: ArrayLike | None = None,
    moving_mask: ArrayLike | None = None,
    initial: Alignment | None = None,
    rotation: float = 30.0,
    knot_spacing: float | None = None,
    seed: int = 0,
    progress: bool = False,
) -> Alignment:
    """Find the transform that lays one image onto another.

    A coarse search tries all shifts at several rotations. The best of them are refined from coarse to fine by
    Gauss-Newton steps up the correlation (for mutual information: up the correlation ratio, then up Mattes's
    mutual information by SimpleITK). The result is then put to the proof: it must be clearly better than displaced
    copies of itself, and a search begun beside it must come back to it.

    Parameters
    ----------
    moving, fixed : array_like or Image
        Two slices or two volumes, grey. Grids may differ; Images are compared in LPS millimetres.
    transform : str, optional
        ``"translation"``, ``"rigid"`` (and rotation; default), ``"similarity"`` (and one scale), ``"affine"`` (and
        scales and shears), ``"deformable"`` (an affine transform and a cubic B-spline).
    metric : str, optional
        ``"correlation"`` for images whose values are linearly related, ``"mutual_information"`` for different
        modalities. ``"auto"`` (default) takes correlation for translations of arrays and where both Images have
        one modality other than MR, and mutual information otherwise.
    spacing : float or tuple of float, optional
        Of arrays, both of them, in any unit of length. Images bring their own.
    mask, moving_mask : array_like of bool, optional
        Which voxels of `fixed` and of `moving` are compared.
    initial : Alignment, optional
        Where to start instead of searching, such as a coarser alignment of the same pair.
    rotation : float, optional
        The largest angle that is searched, in degrees, 0 to 180.
    knot_spacing : float, optional
        Distance of a deformation's knots in units of spacing; an eighth of the longest side where not given.
    seed : int, optional
        Of the voxels that are compared in large volumes, and of the displaced copies.
    progress : bool, optional
        Whether to show a progress bar.

    Returns
    -------
    Alignment
        Converged: a failed one is never returned.

    Raises
    ------
    RegistrationError
        If the alignment does not stand out from wrong ones, is not found again, overlaps by less than a quarter,
        or folds. The best that was found is in the error's `alignment`.
    TypeError, ValueError
        If the images are constant, not finite, too small, of different dimensions or in different worlds.

    References
    ----------
    Mattes D and others. PET-CT image registration in the chest using free-form deformations. IEEE Transactions on
    Medical Imaging 22 (2003) 120-128. Rueckert D and others. Nonrigid registration using free-form deformations.
    IEEE Transactions on Medical Imaging 18 (1999) 712-721.

    Examples
    --------
    >>> from scipy.ndimage import gaussian_filter
    >>> scene = gaussian_filter(np.random.default_rng(0).normal(size=(96, 96)), 3)
    >>> found = align(scene[3:83, 8:88], scene[8:88, 4:84], transform="translation")
    >>> found.apply_points([[10, 10]]).round(2)
    array([[ 5., 14.]])
    """
    one_of(transform, TRANSFORMS, name="transform")
    one_of(metric, METRICS, name="metric")
    if not 0 <= rotation <= 180:
        raise ValueError(f"rotation must be from 0 to 180 degrees, received {rotation}")
    pair = Pair(moving, fixed, spacing=spacing, moving_mask=moving_mask, mask=mask)
    metric = _suited(moving, fixed, transform) if metric == "auto" else metric
    kind = "affine" if transform == "deformable" else transform
    with _watching(progress, transform) as watch:
        if initial is None:
            starts = candidates(pair, metric=metric, rotation=0.0 if kind == "translation" else float(rotation))
        else:
            starts = [pulled(initial.matrix, *pair.spaces)]
        pull = refine(pair, starts, kind, metric=metric, seed=seed, watch=watch)
        quality, distinctness, overlap = judged(pair, as_transform(pull, "affine", pair.center), metric, seed=seed)
        alignment = Alignment(
            pushed(pull, *pair.spaces),
            fixed=pair.grids[1],
            moving=pair.grids[0],
            transform=kind,
            metric=metric,
            quality=quality,
            distinctness=distinctness,
            overlap=overlap,
        )
        away = wandering(pair, pull, kind, metric=metric, seed=seed)
        _believed(alignment, away)
        if transform != "deformable":
            return alignment
        bent = deform(pair, pull, metric=metric, knot_spacing=knot_spacing, seed=seed, watch=watch)
    return _unfolded(replace(alignment, transform=transform, deformation=bent), moving, fixed, mask)


def _believed(alignment: Alignment, away: float) -> None:
    reasons = []
    if alignment.overlap < LEAST_OVERLAP:
        reasons.append(f"the images overlap by {alignment.overlap:.0%} alone (at least {LEAST_OVERLAP:.0%})")
    if alignment.distinctness < LEAST_DISTINCTNESS:
        reasons.append(
            f"it is hardly better than wrong alignments (distinctness {alignment.distinctness:.1f}, at least "
            f"{LEAST_DISTINCTNESS})"
        )
    if alignment.metric == "correlation" and alignment.quality < LEAST_CORRELATION:
        reasons.append(f"the correlation is {alignment.quality:.2f} (at least {LEAST_CORRELATION})")
    if away > MOST_WANDERING:
        reasons.append(f"begun again beside it, the search ends {away:.0%} of the image away")
    if reasons:
        raise RegistrationError(
            f"the {alignment.transform} alignment cannot be trusted: {'; '.join(reasons)}. Look at "
            "error.alignment; try another metric or transform, a mask, a larger rotation, or an initial alignment",
            alignment=replace(alignment, converged=False),
        )


def _unfolded(alignment: Alignment, moving: Any, fixed: Any, mask: Any) -> Alignment:
    folded = float((alignment.jacobian() <= 0).mean())
    pixels = np.asarray(moving, float)
    made = np.asarray(alignment.apply(pixels, fill=0.0))
    inside = np.asarray(alignment.apply(np.ones(pixels.shape, np.uint8), interpolation="nearest")) > 0
    inside &= True if mask is None else np.asarray(mask) != 0
    quality = similarity(made[inside], np.asarray(fixed, float)[inside], alignment.metric)
    overlap = float(inside.mean()) if mask is None else float(inside.sum() / np.count_nonzero(mask))
    judged_again = replace(alignment, quality=quality, overlap=overlap)
    if folded:
        raise RegistrationError(
            f"the deformation folds at {folded:.2%} of the voxels; take a wider knot_spacing, or a mask",
            alignment=replace(judged_again, converged=False),
        )
    return judged_again


def _suited(moving: Any, fixed: Any, transform: str) -> str:
    modalities = {image.modality for image in (moving, fixed) if isinstance(image, Image)}
    alike = len(modalities) == 1 and modalities <= COMPARABLE
    return "correlation" if alike or (transform == "translation" and not modalities) else "mutual_information"


@contextmanager
def _watching(progress: bool, transform: str) -> Iterator[Callable[[], object]]:
    from tqdm.auto import tqdm

    with tqdm(desc=transform, unit="step", disable=not progress) as bar:
        yield bar.update
