"""Images with boxes as training data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import cohorts, samples
from workbench.cohorts import Cohort, CohortError
from workbench.detection.tables import EDGES
from workbench.images import Image
from workbench.processing import resize

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class BoxedImages:
    """Images of one shape, and what is to be found in them.

    Parameters
    ----------
    images : (n, rows, columns[, channels]) ndarray
        In their own units, float32 where they were resized.
    boxes : tuple of (k, 4) ndarray of float64
        Of each image: top, left, bottom, right in its pixels.
    labels : tuple of (k,) ndarray of int
        The class of each box.
    classes : tuple of str
        Names of the classes.
    patients : pandas.Series
        Of each image, indexed by case; `workbench.detection.froc` takes it as its ``cases``.
    dropped : int, optional
        How many boxes were left out because they have no area.
    """

    images: NDArray
    boxes: tuple[NDArray[np.float64], ...]
    labels: tuple[NDArray[np.int64], ...]
    classes: tuple[str, ...]
    patients: pd.Series
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.images)

    @property
    def targets(self) -> list[NDArray[np.float32]]:
        """Boxes as `fit` takes them: for each image rows of top, left, bottom, right, number of the class."""
        return [
            np.column_stack([boxes, labels]).astype(np.float32)
            for boxes, labels in zip(self.boxes, self.labels, strict=True)
        ]

    @property
    def truths(self) -> pd.DataFrame:
        """All boxes in one table, as `workbench.detection` takes it: case, class, top, left, bottom, right."""
        counts = [len(boxes) for boxes in self.boxes]
        table = pd.DataFrame(np.concatenate([np.empty((0, 4)), *self.boxes]), columns=EDGES)
        table.insert(0, "case", np.repeat(self.patients.index.to_numpy(), counts))
        names = np.array(self.classes, dtype=object)
        table.insert(1, "class", names[np.concatenate([np.empty(0, np.int64), *self.labels])])
        return table

    def select(self, rows: Sequence[int] | NDArray) -> BoxedImages:
        """Keep some images.

        Parameters
        ----------
        rows : sequence of int
            Their numbers.

        Returns
        -------
        BoxedImages
            These images, in this order.
        """
        numbers = np.asarray(rows, dtype=np.int64)
        return BoxedImages(
            self.images[numbers],
            tuple(self.boxes[row] for row in numbers),
            tuple(self.labels[row] for row in numbers),
            self.classes,
            self.patients.iloc[numbers],
        )


def boxed_images(
    cohort: Cohort, *, shape: tuple[int, int] | None = None, classes: Iterable[str] | None = None
) -> BoxedImages:
    """Read the images and boxes of a cohort.

    Parameters
    ----------
    cohort : Cohort
        With a column ``boxes``; its images are slices or pictures.
    shape : (int, int), optional
        Rows and columns to resize all to, boxes too. Without it the images must have one shape.
    classes : iterable of str, optional
        Names of the classes in their order; those of the boxes, sorted, where not given. A box of another class is
        an error.

    Returns
    -------
    BoxedImages
        One image per case. Boxes without an area, which some annotation tools leave behind at a click, are dropped
        and counted.

    Raises
    ------
    CohortError
        If there are no boxes at all, one has a class that is not in `classes`, images differ in shape or channels,
        or one is a volume.

    Examples
    --------
    >>> from workbench import samples
    >>> found = boxed_images(samples.study("chest", patients=2, images_per_patient=1, size=64))
    >>> found.images.shape, found.classes, [len(boxes) for boxes in found.boxes]
    ((2, 64, 64), ('nodule',), [0, 1])
    """
    names = None if classes is None else tuple(classes)
    tables = {case: _named(cohort, case) for case in cohort}
    found = sorted({label for table in tables.values() for label in table["label"]})
    if names is None and not found:
        raise CohortError("expected a cohort with boxes, received none; fill in the column boxes of its table")
    names = tuple(found) if names is None else names
    strange = sorted(set(found) - set(names))
    if strange:
        raise CohortError(f"boxes must have classes of {', '.join(names)}, received {', '.join(strange)}")
    numbers = {name: number for number, name in enumerate(names)}
    images, boxes, labels, dropped = [], [], [], 0
    for case, table in tables.items():
        image, factors = _fitted(cohort.image(case), case, shape)
        edges = table[EDGES].to_numpy(float)
        solid = (edges[:, 2:] > edges[:, :2]).all(axis=1)
        dropped += int((~solid).sum())
        images.append(image)
        boxes.append(edges[solid] * np.tile(factors, 2))
        labels.append(np.array([numbers[label] for label in table["label"].to_numpy()[solid]], dtype=np.int64))
    if len({image.shape for image in images}) > 1:
        first, second, *_ = sorted({image.shape for image in images})
        raise CohortError(f"images must have one shape, received {first} and {second}; give shape=(rows, columns)")
    return BoxedImages(np.stack(images), tuple(boxes), tuple(labels), names, cohort.table["patient"], dropped)


def boxed_study(
    cohort: str, *, shape: tuple[int, int], images: int = 80, overlap: float = 0.3, seed: int = 0
) -> tuple[BoxedImages, BoxedImages, BoxedImages]:
    """Read or simulate images with boxes, for training, validation and test.

    Parameters
    ----------
    cohort : str
        ``"smear"`` (simulated blood cells), ``"chest"`` (simulated CT slices, half with a nodule), or what
        `workbench.cohorts.read` opens: a Pascal VOC folder, COCO files, a table with a column ``boxes``.
    shape : (int, int)
        Rows and columns to resize all to.
    images : int, optional
        How many to simulate, each of a patient of its own.
    overlap : float, optional
        How far simulated cells may lie above each other, as for `workbench.samples.smear`.
    seed : int, optional
        Of the simulation and of the split by patient.

    Returns
    -------
    tuple of 3 BoxedImages
        For training, validation and test. A cohort without ``split`` is split 60 : 15 : 25. In one with training
        and validation cases only, the latter are the test, and an eighth of the training cases the validation.

    Raises
    ------
    CohortError
        As for `boxed_images`, or if the cohort has a split without training cases.

    Examples
    --------
    >>> [len(part) for part in boxed_study("smear", shape=(32, 32), images=20)]
    [12, 3, 5]
    """
    simulated = {
        "smear": lambda: samples.smear(images=images, overlap=overlap, size=max(shape), seed=seed),
        "chest": lambda: samples.study("chest", patients=images, images_per_patient=1, size=max(shape), seed=seed),
    }
    study = simulated.get(cohort, lambda: cohorts.read(cohort))()
    if "split" not in study.table:
        study = study.split(test=0.25, validation=0.15, stratify=None, seed=seed)
    parts = {name: [case for case in study if study.table["split"][case] == name] for name in SPLITS}
    if not parts["test"]:
        parts["test"] = parts["validation"]
        inner = study.select(parts["train"]).split(test=0.125, stratify=None, seed=seed)
        parts["train"], parts["validation"] = (
            [case for case in inner if inner.table["split"][case] == name] for name in ("train", "test")
        )
    empty = [name for name, cases in parts.items() if not cases]
    if empty:
        raise CohortError(
            f"expected cases for training, validation and test, received none for {', '.join(empty)}"
        )
    train = boxed_images(study.select(parts["train"]), shape=shape)
    validation, test = (
        boxed_images(study.select(parts[name]), shape=shape, classes=train.classes) for name in SPLITS[1:]
    )
    return train, validation, test


def _named(cohort: Cohort, case: str) -> pd.DataFrame:
    # A box without a name holds what its case is labelled with.
    table = cohort.boxes(case)
    label = str(cohort.table["label"][case]) if "label" in cohort.table else "object"
    return table.assign(label=table["label"].replace("", label))


def _fitted(image: Image, case: str, shape: tuple[int, int] | None) -> tuple[NDArray, NDArray[np.float64]]:
    pixels = np.asarray(image)
    if pixels.ndim - (image.channel_axis is not None) != 2:
        raise CohortError(f"case {case!r}: expected a slice or picture, received an image of shape {pixels.shape}")
    if image.channel_axis is not None:
        pixels = np.moveaxis(pixels, image.channel_axis, -1)
    if shape is None or pixels.shape[:2] == tuple(shape):
        return pixels, np.ones(2)
    factors = np.divide(shape, pixels.shape[:2])
    smaller = resize(pixels, shape=shape, channel_axis=-1 if pixels.ndim == 3 else None)
    return smaller.astype(np.float32), factors
