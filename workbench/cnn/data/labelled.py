"""Slices of volumes as training data, and splits that keep training and test apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench import cohorts, samples
from workbench.checks import real_array, same_shape
from workbench.cohorts import SAMPLES, Cohort, CohortError
from workbench.images import Image


@dataclass(frozen=True, eq=False)
class LabelledSlices:
    """Slices with the class of each pixel.

    Parameters
    ----------
    images : (n, rows, columns) ndarray
        In their own units.
    labels : (n, rows, columns) ndarray of int
        0 for background.
    table : pandas.DataFrame
        One row per slice: ``case``, ``patient``, ``slice`` (its index), ``position`` along the first axis in mm.
    """

    images: NDArray
    labels: NDArray
    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)


def labelled_slices(
    cohort: str, *, shape: tuple[int, int] = (192, 160), every: int = 1, allow_leak: bool = False
) -> LabelledSlices:
    """Read the labelled slices of a cohort.

    Parameters
    ----------
    cohort : str
        ``"samples"``: the average T1 brain, 1 where grey matter is more than half, 2 where white is. Or
        a table as for `workbench.cohorts.read`, whose masks are label maps 0, 1, 2 ... on their images'
        grids.
    shape : (int, int), optional
        Rows and columns to crop or pad to, about the centre; padding has the volume's smallest value.
    every : int, optional
        Take each so-many-th slice.
    allow_leak : bool, optional
        Whether to go on although two patients share an image, or two splits a patient.

    Returns
    -------
    LabelledSlices
        Slices with at least one labelled pixel, case after case.

    Raises
    ------
    CohortError
        If a case has no mask, its mask does not fit it or is empty.
    LeakError
        If there is a leak, unless it is allowed.
    ValueError
        If `every` or `shape` is not positive.

    Examples
    --------
    >>> slices = labelled_slices("samples", every=40)
    >>> slices.images.shape, list(slices.table["slice"])
    ((3, 192, 160), [40, 80, 120])
    """
    if every < 1 or min(shape) < 1:
        raise ValueError(f"every and shape must be positive, received {every} and {shape}")
    cases = _sample() if cohort == SAMPLES else _cases(cohort, allow_leak)
    images, labels, rows = [], [], []
    for case, patient, image, mask in cases:
        step = (image.spacing or (1.0, 1.0, 1.0))[0]
        chosen = [index for index in range(0, image.shape[0], every) if np.asarray(mask)[index].any()]
        if not chosen:
            raise CohortError(f"case {case!r}: expected a mask with labels above 0, received none in these slices")
        images.append(fit_to(np.asarray(image)[chosen], shape))
        labels.append(fit_to(np.asarray(mask)[chosen], shape))
        rows += [(case, patient, index, index * step) for index in chosen]
    table = pd.DataFrame(rows, columns=["case", "patient", "slice", "position"])
    return LabelledSlices(np.concatenate(images), np.concatenate(labels), table)


def fit_to(stack: ArrayLike, shape: tuple[int, int]) -> NDArray:
    """Crop or pad each slice about its centre.

    Parameters
    ----------
    stack : (n, rows, columns) array_like
        Slices.
    shape : (int, int)
        Rows and columns wanted.

    Returns
    -------
    (n, shape[0], shape[1]) ndarray
        Same dtype; what is new has the smallest value of all: air, or label 0.

    Examples
    --------
    >>> fit_to([[[5, 6, 7]]], (1, 1))
    array([[[6]]])
    >>> fit_to([[[5, 6, 7]]], (1, 5))
    array([[[5, 5, 6, 7, 5]]])
    """
    array = real_array(stack, name="stack")
    result = np.full((len(array), *shape), array.min(), array.dtype)
    source, target = [slice(None)], [slice(None)]
    for have, want in zip(array.shape[1:], shape, strict=True):
        common = min(have, want)
        source.append(slice((have - common) // 2, (have - common) // 2 + common))
        target.append(slice((want - common) // 2, (want - common) // 2 + common))
    result[tuple(target)] = array[tuple(source)]
    return result


def random_crops(
    images: ArrayLike, labels: ArrayLike, *, size: int, count: int, seed: int = 0
) -> tuple[NDArray, NDArray]:
    """Cut out squares at random places, half of them mirrored left to right.

    Parameters
    ----------
    images : (n, rows, columns[, channels]) array_like
        Slices.
    labels : (n, rows, columns) array_like of int
        The class of each pixel.
    size : int
        Side of a crop in pixels.
    count : int
        How many.
    seed : int, optional
        Of slices, places and mirroring.

    Returns
    -------
    images : (count, size, size[, channels]) ndarray
    labels : (count, size, size) ndarray
        Image and labels of a crop are cut and mirrored alike.

    Raises
    ------
    ValueError
        If shapes differ, or a crop is larger than a slice.

    Examples
    --------
    >>> crops, labels = random_crops(np.zeros((2, 8, 8)), np.zeros((2, 8, 8), int), size=4, count=5)
    >>> crops.shape
    (5, 4, 4)
    """
    pictures, classes = real_array(images), real_array(labels, name="labels")
    same_shape(images=pictures[..., 0] if pictures.ndim == 4 else pictures, labels=classes)
    if not 1 <= size <= min(classes.shape[1:]):
        raise ValueError(f"size must be from 1 to the shorter side of {classes.shape[1:]}, received {size}")
    if count < 1:
        raise ValueError(f"count must be 1 or more, received {count}")
    rng = np.random.default_rng(seed)
    cut = [np.empty((count, size, size, *array.shape[3:]), array.dtype) for array in (pictures, classes)]
    for number in range(count):
        index = rng.integers(len(pictures))
        row, column = (int(rng.integers(side - size + 1)) for side in classes.shape[1:])
        direction = slice(None, None, -1 if rng.random() < 0.5 else 1)
        for array, crops in zip((pictures, classes), cut, strict=True):
            crops[number] = array[index, row : row + size, column : column + size][:, direction]
    return cut[0], cut[1]


def _sample() -> list[tuple[str, str, Image, NDArray]]:
    grey, white = (np.asarray(samples.load(f"mni152_{tissue}")) > 0.5 for tissue in ("grey", "white"))
    return [("mni152", "mni152", samples.load("mni152_t1"), np.where(white, 2, grey).astype(np.uint8))]


def _cases(source: str, allow_leak: bool) -> list[tuple[str, str, Image, NDArray]]:
    cohort = cohorts.read(source)
    for across in ("split", "patient"):
        cohorts.check_leak(cohort, across=across, allow_leak=allow_leak)
    return [(case, str(cohort.table.loc[case, "patient"]), *_labelled(cohort, case)) for case in cohort]


def _labelled(cohort: Cohort, case: str) -> tuple[Image, NDArray]:
    image, mask = cohort.image(case), cohort.mask(case)
    labels = np.asarray(mask)
    if image.pixels.ndim == 2 and labels.ndim == 2:
        image, labels = Image(image.pixels[np.newaxis]), labels[np.newaxis]
    if image.channel_axis is not None or image.shape != labels.shape or labels.ndim != 3:
        raise CohortError(
            f"case {case!r}: expected a grey image and a label map of its shape, "
            f"received {image.shape} and {labels.shape}"
        )
    if (labels.dtype.kind == "f" and not (labels == labels.round()).all()) or labels.min() < 0:
        raise CohortError(f"case {case!r}: expected labels 0, 1, 2 ..., received others; round or renumber them")
    return image, labels.astype(np.uint8)
