"""What a network learns from: images with classes, label maps or boxes, in memory or read when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..arrays import image_batch, target_batch
from ..backend import keras
from .caching import Memory, Scratch

EDGES = ("top", "left", "bottom", "right")


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
        identity=lambda: digest(batch, wanted),
        count=len(batch),
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


def digest(*parts: bytes | NDArray | None) -> str:
    """Return what tells data apart, None left out."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        if part is not None:
            digest.update(part if isinstance(part, bytes) else np.ascontiguousarray(part).data)
    return digest.hexdigest()
