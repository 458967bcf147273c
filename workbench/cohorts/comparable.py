"""Making the images of a study comparable: the classes in question, grey, one shape, no copies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.checks import one_of
from workbench.images import Image
from workbench.processing import crop, grayscale, resize

from .cohort import Cohort
from .errors import CohortError, LeakError
from .locations import is_given
from .summarizing import text_of

ORIGINAL = ("original_shape", "original_spacing")
COPIES = ("refuse", "drop")


def comparable(
    cohort: Cohort,
    *,
    labels: Sequence[str] | None,
    size: int,
    patients: int | None = None,
    copies: str = "refuse",
    margin: int = 0,
    seed: int = 0,
) -> Cohort:
    """Bring a study into the form in which classes can be compared.

    Parameters
    ----------
    cohort : Cohort
        With a column ``label``; slices or volumes, not both.
    labels : sequence of str or None
        The classes in question, as text; other cases are left out. None for all classes.
    size : int
        Pixels along each side of the images, which are resized to it.
    patients : int, optional
        How many to keep at most: drawn at random, each class by its share.
    copies : str, optional
        What to do where two patients have the same image, so that one would be tested on what the other taught:
        ``"refuse"`` the study, or ``"drop"`` all but the first.
    margin : int, optional
        Per cent of each side that are cut off at either end before all else, below 50; so letters and frames at
        the border go.
    seed : int, optional
        Of the draw of patients.

    Returns
    -------
    Cohort
        Columns patient, image, mask (where all have one), label and, as they were, the others that hold no images
        or boxes; ``original_shape`` and ``original_spacing`` tell what the images were like before, as text (empty
        where unknown). Images are grey, in float32, in their own units, in memory; where the spacing is unknown,
        it is 1 for each of the resized pixels, so that lengths are in pixels.

    Raises
    ------
    CohortError
        If there is no column ``label``, a label does not occur, an image cannot be read, or slices and volumes are
        mixed.
    LeakError
        If two patients have the same image, unless copies are dropped.
    ValueError
        If `copies` or a number is none of what is allowed.

    Examples
    --------
    >>> from workbench.samples import study
    >>> found = comparable(study("limb", patients=4), labels=("no fracture", "fracture"), size=32)
    >>> found.image("limb-0000-0").shape, len(found)
    ((32, 32), 12)
    """
    one_of(copies, COPIES, name="copies")
    for name, number in (("size", size), ("patients", patients)):
        if number is not None and number < 1:
            raise ValueError(f"{name} must be 1 or more, received {number}")
    if not 0 <= margin < 50:
        raise ValueError(f"margin must be 0 or more and less than 50 per cent, received {margin}")
    chosen = _of_classes(cohort, labels)
    if patients is not None:
        chosen = _drawn(chosen, patients, seed)
    before, made = {}, {}
    for case in chosen:
        image = chosen.image(case)
        before[case] = [text_of(image.spatial_shape), "" if image.spacing is None else text_of(image.spacing)]
        made[case] = _uniform(without_margin(image, margin), size)
    images = pd.Series(made, dtype=object)
    if images.map(lambda image: image.ndim).nunique() > 1:
        raise CohortError("the study has slices and volumes; make a study of each")
    images = images[_first_ones(images, chosen.table["patient"], copies)]
    chosen = chosen.select(images.index)
    pictures = [name for name in (*chosen.images, *chosen.masks, "boxes") if name in chosen.table]
    table = chosen.table.drop(columns=pictures).assign(image=images, label=chosen.table["label"].astype(str))
    table[list(ORIGINAL)] = [before[case] for case in table.index]
    if chosen.masks and chosen.table[chosen.masks[0]].map(is_given).all():
        masks = {case: _resized(without_margin(chosen.mask(case), margin), images[case]) for case in chosen}
        table = table.assign(mask=pd.Series(masks, dtype=object))
    return Cohort(table)


def without_margin(image: Image, margin: int) -> Image:
    """Cut the same share off an image at either end of each side.

    Parameters
    ----------
    image : Image
        A slice or a volume; of a volume, the first axis is kept whole.
    margin : int
        Per cent of each side.

    Returns
    -------
    Image
        The middle; the image itself where nothing is to be cut.

    Examples
    --------
    >>> without_margin(Image(np.zeros((10, 20))), 10).shape
    (8, 16)
    """
    if not margin:
        return image
    sides = np.array(image.spatial_shape)
    start = np.round(sides * margin / 100).astype(int) * (np.arange(len(sides)) >= len(sides) - 2)
    return crop(image, start=start, stop=sides - start)


def _of_classes(cohort: Cohort, labels: Sequence[str] | None) -> Cohort:
    if "label" not in cohort.table:
        raise CohortError(f"the study has no column label; it has {', '.join(map(str, cohort.table))}")
    if labels is None:
        return cohort.select(cohort.table.index[cohort.table["label"].notna()])
    known = cohort.table["label"].astype(str)
    for label in labels:
        if label not in set(known):
            raise CohortError(f"no case is labelled {label!r}; there are {', '.join(sorted(set(known)))}")
    return cohort.select(known.index[known.isin(list(labels))])


def _drawn(cohort: Cohort, most: int, seed: int) -> Cohort:
    of_patient = cohort.table.groupby("patient", sort=False)["label"].first().astype(str)
    share = most / len(of_patient)
    if share >= 1:
        return cohort
    kept = of_patient.groupby(of_patient).sample(frac=share, random_state=seed)
    return cohort.select(cohort.table.index[cohort.table["patient"].isin(kept.index)])


def _first_ones(images: pd.Series, patients: pd.Series, copies: str) -> pd.Series:
    digests = images.map(lambda image: hashlib.blake2b(image.pixels.tobytes()).hexdigest())
    shared = patients.groupby(digests).transform("nunique") > 1
    if shared.any() and copies == "refuse":
        owners = patients[digests == digests[shared].iloc[0]]
        raise LeakError(
            f"{digests[shared].nunique()} images belong to two patients each, such as {owners.iloc[0]!r} and "
            f'{owners.iloc[-1]!r}; mend the table, or drop the copies with copies="drop"'
        )
    return ~(shared & digests.duplicated())


def _uniform(image: Image, size: int) -> Image:
    grey = image if image.channel_axis is None else grayscale(image)
    grey = grey.replace(pixels=np.asarray(grey, dtype=np.float32))
    shape = (size,) * grey.ndim
    found = grey if grey.shape == shape else resize(grey, shape=shape)
    if found.spacing is None:
        found = found.replace(spacing=(1.0,) * found.ndim)
    return found.replace(pixels=np.asarray(found, dtype=np.float32))


def _resized(mask: Image, image: Image) -> Image:
    found = mask if mask.shape == image.shape else resize(mask, shape=image.shape, order=0)
    return found if found.spacing is not None else found.replace(spacing=image.spacing)
