"""What a network learns from: images with classes, label maps or boxes, in memory or read when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.cohorts import Cohort, CohortError, LeakError
from workbench.images import Image

from .arrays import image_batch, target_batch
from .backend import keras
from .caching import Memory, Scratch, cache_of

EDGES = ("top", "left", "bottom", "right")
COLUMNS = {"classes": "label", "labels": "mask", "boxes": "boxes"}


@dataclass(frozen=True, eq=False)
class ExampleSet:
    """Images and targets by row number.

    Parameters
    ----------
    kind : str
        ``"classes"`` (one number for each image), ``"labels"`` (one for each pixel) or ``"boxes"``: top, left,
        bottom, right, class, as many rows for each image as the fullest has; class -1 for none.
    shape : tuple of int
        Of one image, channels last.
    targets : (n,), (n, ...) or (n, boxes, 5) ndarray or None
        None where label maps are read with their images.
    images : (n, ..., channels) ndarray or None
        None where they are read when asked for.
    read : callable, optional
        Called with a row number; returns an image, and its label map if there are any.
    cache : optional
        Where what was read is kept.
    classes : tuple
        Their names, where they have any.
    identity : callable
        Returns a text that changes with the data; not asked for unless it is needed, as it reads them all.
    count : int
        How many examples there are.
    failures : list of Exception
        What went wrong with reading, for whoever sees only that TensorFlow gave up.
    """

    kind: str
    shape: tuple[int, ...]
    targets: NDArray | None
    images: NDArray | None = None
    read: Callable[[int], tuple[NDArray, ...]] | None = None
    cache: Memory | Scratch | None = None
    classes: tuple[Any, ...] = ()
    identity: Callable[[], str] = str
    count: int = 0
    failures: list[Exception] = field(default_factory=list)

    def __len__(self) -> int:
        return self.count

    def batch(self, rows: NDArray) -> tuple[NDArray, NDArray]:
        """Return some examples.

        Parameters
        ----------
        rows : (batch,) ndarray of int
            Row numbers.

        Returns
        -------
        (batch, ..., channels) ndarray of float32, and ndarray
            Images and targets.
        """
        if self.images is not None and self.targets is not None:
            return self.images[rows], self.targets[rows]
        try:
            found = [self._one(int(row)) for row in rows]
        except Exception as error:
            # TensorFlow would pass on the text alone.
            self.failures.append(error)
            raise
        images = np.stack([example[0] for example in found]).astype(np.float32, copy=False)
        if self.targets is not None:
            return images, self.targets[rows]
        return images, np.stack([example[1] for example in found]).astype(np.int32, copy=False)

    def counts(self, classes: int) -> NDArray:
        """Count the images, or pixels, of each class.

        Parameters
        ----------
        classes : int
            How many there are.

        Returns
        -------
        (classes,) ndarray of int
            Label maps that are read when asked for are counted in up to 64 cases.
        """
        if self.targets is not None:
            return np.bincount(self.targets.ravel(), minlength=classes)
        rows = np.unique(np.linspace(0, len(self) - 1, min(len(self), 64)).astype(int))
        maps = [self.batch(rows[k : k + 1])[1] for k in range(len(rows))]
        return np.stack([np.bincount(labels.ravel(), minlength=classes) for labels in maps]).sum(axis=0)

    def _one(self, row: int) -> tuple[NDArray, ...]:
        read = self.read
        if read is None:
            raise RuntimeError("examples need images or a way to read them")
        return read(row) if self.cache is None else self.cache.get(row, lambda: read(row))


def from_arrays(
    model: keras.Model, images: ArrayLike, targets: Any, *, encoded: bool = False, name: str = ""
) -> ExampleSet:
    """Check arrays and make examples of them.

    Parameters
    ----------
    model : keras.Model
        That is to learn from them.
    images : (n, ...[, channels]) array_like
        The channel axis may be left out where the model has one channel.
    targets : (n,) or (n, ...) array_like of int, or sequence of n boxes
        Classes, label maps, or for each image a table of top, left, bottom, right and label (a class number), or
        an (m, 5) array of the same.
    encoded : bool, optional
        Whether targets are boxes.
    name : str, optional
        What error messages call them, before "images" and "targets".

    Returns
    -------
    ExampleSet
        Not copied where they were float32 already.

    Raises
    ------
    TypeError
        If images are no real numbers or classes no whole ones.
    ValueError
        If shapes do not fit the model or each other.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> len(from_arrays(classifier((8, 8), 2), np.zeros((3, 8, 8)), [0, 1, 1]))
    3
    """
    batch = image_batch(model, images, name=f"{name}images")
    if encoded:
        wanted = box_tensor(targets)
        if len(wanted) != len(batch):
            raise ValueError(f"expected boxes for each of {len(batch)} images, received {len(wanted)}")
    else:
        wanted = target_batch(model, targets, batch, name=f"{name}targets")
    kind = "boxes" if encoded else "classes" if wanted.ndim == 1 else "labels"
    return ExampleSet(
        kind,
        batch.shape[1:],
        wanted,
        images=batch,
        identity=lambda: _digest(batch, wanted),
        count=len(batch),
    )


def from_cohort(
    model: keras.Model,
    cohort: Cohort,
    column: str | None = None,
    *,
    encoded: bool = False,
    classes: Sequence[Any] = (),
    prepare: Callable[..., Any] | None = None,
    cache: str | Path | None = None,
) -> ExampleSet:
    """Make examples of a cohort, which are read when training asks for them.

    Parameters
    ----------
    model : keras.Model
        That is to learn from them.
    cohort : Cohort
        Its cases, in their order.
    column : str, optional
        Of the targets: labels, masks or boxes. By default ``label``, ``mask`` or ``boxes``, as the model's output
        needs.
    encoded : bool, optional
        Whether targets are boxes.
    classes : sequence, optional
        Labels in the order of their class numbers; by default those of the column, sorted.
    prepare : callable, optional
        Called with an Image, and its mask or table of boxes where there are any; returns an array of the model's
        shape, and the mask or boxes that fit it. By default images must have the model's shape.
    cache : "memory", str or Path, optional
        Where images are kept once they are read and prepared; a folder for those that do not fit in memory.

    Returns
    -------
    ExampleSet
        With the names of the classes.

    Raises
    ------
    CohortError
        If the column is missing or a label is none of the classes.

    Examples
    --------
    >>> from workbench import cohorts
    >>> from workbench.cnn import classifier
    >>> table = pd.DataFrame({"patient": ["a", "b"], "image": [Image(np.eye(8))] * 2, "label": ["ill", "well"]})
    >>> found = from_cohort(classifier((8, 8), 2), Cohort(table))
    >>> found.targets.tolist(), found.classes
    ([0, 1], ('ill', 'well'))
    """
    if not len(cohort):
        raise CohortError("expected a cohort with cases to train on, received none")
    kind = "boxes" if encoded else "classes" if len(model.output_shape) == 2 else "labels"
    column = column or COLUMNS[kind]
    if column not in cohort.table:
        known = ", ".join(map(str, cohort.table))
        raise CohortError(f"the cohort has no column {column!r} to learn from; it has {known}")
    targets, names = None, tuple(classes)
    if kind == "classes":
        targets, names = _class_numbers(cohort.table[column], names, int(model.output_shape[-1]))
    elif kind == "boxes":
        if prepare is not None:
            raise ValueError("prepare cannot move boxes; prepare images and boxes before, and pass them as arrays")
        targets, names = _boxes(cohort, names)
    reader = _Reader(cohort, kind, column, model, prepare)

    def identity() -> str:
        return _digest(*(f"{case}={cohort.identity(case)}".encode() for case in cohort), targets)

    return ExampleSet(
        kind,
        reader.shape,
        targets,
        read=reader,
        cache=cache_of(cache, len(cohort)),
        classes=names,
        identity=identity,
        count=len(cohort),
    )


def box_tensor(boxes: Sequence[Any]) -> NDArray:
    """Put boxes of several images into one array.

    Parameters
    ----------
    boxes : sequence of DataFrame or (m, 5) array_like
        For each image: top, left, bottom, right in pixels from the upper left corner, and a class number (in a
        table, column ``label``).

    Returns
    -------
    (n, boxes, 5) ndarray of float32
        As many rows as the fullest image has, at least one; class -1 where there is no box.

    Raises
    ------
    ValueError
        If a box has no height or width, or a class is negative.

    Examples
    --------
    >>> box_tensor([[[0, 1, 2, 3, 0]], []]).tolist()
    [[[0.0, 1.0, 2.0, 3.0, 0.0]], [[0.0, 0.0, 0.0, 0.0, -1.0]]]
    """
    columns = [*EDGES, "label"]
    arrays = [
        np.asarray(table[columns] if isinstance(table, pd.DataFrame) else table, np.float32).reshape(-1, 5)
        for table in boxes
    ]
    for row, array in enumerate(arrays):
        given = array[array[:, 4] != -1]
        if not np.isfinite(given).all():
            raise ValueError(f"boxes of image {row} must be finite, received {given.tolist()}")
        if (given[:, 2:4] <= given[:, :2]).any() or (given[:, 4] < 0).any():
            raise ValueError(
                f"image {row} has a box without height or width, or of a negative class: {given.tolist()}"
            )
    packed = np.zeros((len(arrays), max([1, *map(len, arrays)]), 5), np.float32)
    packed[..., 4] = -1
    for row, array in enumerate(arrays):
        packed[row, : len(array)] = array
    return packed


def apart(training: Cohort, validation: Cohort) -> None:
    """Refuse to choose by patients that were trained on.

    Parameters
    ----------
    training, validation : Cohort
        Whose patients must differ.

    Raises
    ------
    LeakError
        If a patient is in both.
    """
    shared = sorted(set(training.table["patient"]) & set(validation.table["patient"]))
    if shared:
        raise LeakError(
            f"{len(shared)} patients are in training and in validation, such as {shared[0]!r}; split by patient "
            "(Cohort.split)"
        )


def _digest(*parts: bytes | NDArray | None) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        if part is not None:
            digest.update(part if isinstance(part, bytes) else np.ascontiguousarray(part).data)
    return digest.hexdigest()


def _class_numbers(labels: pd.Series, names: tuple[Any, ...], classes: int) -> tuple[NDArray, tuple[Any, ...]]:
    if labels.isna().any():
        case = labels.index[labels.isna()][0]
        raise CohortError(f"case {case!r} has no {labels.name}; fill it in or leave the case out")
    names = names or tuple(sorted(labels.unique().tolist()))
    if len(names) != classes:
        raise CohortError(
            f"the model has {classes} classes, but {labels.name} has {len(names)}: {names}; give it as many"
        )
    numbers = labels.map({name: number for number, name in enumerate(names)})
    if numbers.isna().any():
        raise CohortError(f"{labels.name} {labels[numbers.isna()].iloc[0]!r} is none of the classes {names}")
    return numbers.to_numpy(np.int32), names


def _boxes(cohort: Cohort, names: tuple[Any, ...]) -> tuple[NDArray, tuple[Any, ...]]:
    tables = {case: cohort.boxes(case) for case in cohort}
    names = names or tuple(sorted({label for table in tables.values() for label in table["label"]}))
    numbers = {name: number for number, name in enumerate(names)}
    for case, table in tables.items():
        if unknown := sorted(set(table["label"]) - set(numbers)):
            raise CohortError(f"case {case!r} has a box labelled {unknown[0]!r}, which is none of {names}")
    return box_tensor([table.assign(label=table["label"].map(numbers)) for table in tables.values()]), names


class _Reader:
    def __init__(
        self, cohort: Cohort, kind: str, column: str, model: keras.Model, prepare: Callable[..., Any] | None
    ) -> None:
        self.cohort, self.kind, self.column, self.prepare = cohort, kind, column, prepare
        self.cases = tuple(cohort)
        self.wanted: tuple[int | None, ...] = model.input_shape[1:]
        self.classes = int(model.output_shape[-1]) if kind == "labels" else 0

    @property
    def shape(self) -> tuple[int, ...]:
        return self.wanted if None not in self.wanted else self(0)[0].shape  # type: ignore[return-value]

    def __call__(self, row: int) -> tuple[NDArray, ...]:
        case = self.cases[row]
        image = self.cohort.image(case)
        mask = self.cohort.mask(case, self.column) if self.kind == "labels" else None
        if self.prepare is not None:
            prepared = self.prepare(image) if mask is None else self.prepare(image, mask)
            image, mask = (prepared, None) if mask is None else prepared
        pixels = self._pixels(case, image)
        if self.kind != "labels":
            return (pixels,)
        labels = np.asarray(mask)
        if labels.shape != pixels.shape[:-1]:
            raise CohortError(f"case {case!r}: image {pixels.shape[:-1]} and mask {labels.shape} differ in shape")
        if labels.min() < 0 or labels.max() >= self.classes or (labels != np.round(labels)).any():
            raise CohortError(
                f"case {case!r}: the mask must hold classes 0 to {self.classes - 1}, has {np.unique(labels)[:9]}"
            )
        return pixels, labels.astype(np.uint8 if self.classes <= 256 else np.int32)

    def _pixels(self, case: str, image: Any) -> NDArray:
        pixels = np.asarray(image)
        if isinstance(image, Image) and image.channel_axis is not None:
            pixels = np.moveaxis(pixels, image.channel_axis, -1)
        if self.wanted[-1] == 1 and pixels.ndim == len(self.wanted) - 1:
            pixels = pixels[..., np.newaxis]
        fits = pixels.ndim == len(self.wanted) and all(
            side in {None, got} for side, got in zip(self.wanted, pixels.shape, strict=True)
        )
        if not fits:
            raise CohortError(
                f"case {case!r}: expected an image of the model's shape {self.wanted}, channels last, received "
                f"{pixels.shape}; give prepare= a function that makes it so"
            )
        if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
            raise CohortError(f"case {case!r}: the image holds NaN or infinity; fill them or leave the case out")
        # Half the room of float64; whole numbers stay as small as they are.
        return pixels.astype(np.float32) if pixels.dtype.kind == "f" else pixels
