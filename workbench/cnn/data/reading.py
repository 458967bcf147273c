"""Cases of a cohort as examples, read when training asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.cohorts import Cohort, CohortError, LeakError
from workbench.images import Image

from ..backend import keras
from .caching import cache_of
from .examples import ExampleSet, box_tensor, digest

COLUMNS = {"classes": "label", "labels": "mask", "boxes": "boxes"}


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
        return digest(*(f"{case}={cohort.identity(case)}".encode() for case in cohort), targets)

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
