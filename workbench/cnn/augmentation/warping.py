"""Moving images, label maps and boxes alike: an affine map and a smooth displacement, drawn for each case."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..backend import tensorflow as tf
from .draws import draws, noise

if TYPE_CHECKING:
    from .augmenting import Augmentation

# Along each side; fewer are smoother.
KNOTS, BROAD_KNOTS = 7, 5
ROUNDS = 6
LEAST_AREA = 0.25


@dataclass(frozen=True)
class Warp:
    """Where each pixel of the new images comes from.

    Parameters
    ----------
    matrix : (batch, ndim, ndim) tensor
        From new indices to old ones, both counted from the centre.
    offset : (batch, ndim) tensor
        Added after it, in pixels.
    bumps : (batch, KNOTS, ..., ndim) tensor or None
        Coefficients of cubic B-splines over the new image: what is added at each place, in pixels.
    sides : (ndim,) tensor of int
        Of the images.
    """

    matrix: Any
    offset: Any
    bumps: Any
    sides: Any

    @classmethod
    def draw(cls, augment: Augmentation, keys: Any, *, sides: Any, ndim: int) -> Warp:
        """Draw a warp for each case.

        Parameters
        ----------
        augment : Augmentation
            How far.
        keys : (batch, 2) tensor of int64
            What the draw for each case depends on.
        sides : (ndim,) tensor of int
            Of the images.
        ndim : int
            2 or 3.

        Returns
        -------
        Warp
            For the whole batch.
        """
        turns = 1 if ndim == 2 else 3
        drawn = draws(keys, turns + 1 + 2 * ndim, purpose=2)
        angles, zoom, shift, mirror = tf.split(drawn, [turns, 1, ndim, ndim], axis=1)
        axes = {axis % ndim for axis in augment.flip}
        signs = [
            tf.where(mirror[:, k] < 0, -1.0, 1.0) if k in axes else tf.ones_like(mirror[:, k]) for k in range(ndim)
        ]
        spacing = tf.constant(augment.spacing or (1.0,) * ndim, "float32")
        turn = _rotations(angles * math.radians(augment.rotation), ndim)
        # Rotations are rigid in millimetres: to them, turn, and back to pixels.
        matrix = turn * (spacing[tf.newaxis, tf.newaxis] / spacing[:, tf.newaxis])
        matrix = matrix * tf.stack(signs, axis=1)[:, :, tf.newaxis] / (1 + augment.scale * zoom)[..., tf.newaxis]
        offset = augment.shift * shift * tf.cast(sides, "float32")
        if not augment.elastic:
            return cls(matrix, offset, None, sides)
        knots = coefficients(keys, ndim, KNOTS, count=ndim, purpose=4)
        return cls(matrix, offset, augment.elastic * knots, sides)

    def places(self) -> Any:
        """Return where each new pixel comes from.

        Returns
        -------
        (batch, *sides, ndim) tensor
            Indices into the old images.
        """
        ndim = self.matrix.shape[-1]
        ranges = [tf.cast(tf.range(self.sides[k]), "float32") for k in range(ndim)]
        here = tf.stack(tf.meshgrid(*ranges, indexing="ij"), axis=-1)
        centre = (tf.cast(self.sides, "float32") - 1) / 2
        # Without a matrix product of millions of rows by two columns, which is slow.
        parts = [
            tf.reshape(ranges[k] - centre[k], [-1 if j == k else 1 for j in range(ndim)]) for k in range(ndim)
        ]
        stretch = [1] * ndim
        found = []
        for row in range(ndim):
            total = tf.reshape(centre[row] + self.offset[:, row], [-1, *stretch])
            for column in range(ndim):
                total += tf.reshape(self.matrix[:, row, column], [-1, *stretch]) * parts[column][tf.newaxis]
            found.append(tf.broadcast_to(total, tf.concat([tf.shape(total)[:1], tf.shape(here)[:-1]], 0)))
        places = tf.stack(found, axis=-1)
        if self.bumps is None:
            return places
        return places + spread(self.bumps, self.sides)

    def sources(self, points: Any) -> Any:
        """Return where points of the new images come from.

        Parameters
        ----------
        points : (batch, n, ndim) tensor
            Indices, fractions allowed.

        Returns
        -------
        (batch, n, ndim) tensor
            Indices into the old images.
        """
        centre = (tf.cast(self.sides, "float32") - 1) / 2
        turned = tf.einsum("bij,bpj->bpi", self.matrix, points - centre)
        return turned + centre + self.offset[:, tf.newaxis] + self._bump(points)

    def arrivals(self, points: Any) -> Any:
        """Return where points of the old images come to lie: the inverse of `sources`, by iteration.

        Parameters
        ----------
        points : (batch, n, ndim) tensor
            Indices into the old images, fractions allowed.

        Returns
        -------
        (batch, n, ndim) tensor
            Indices into the new ones.
        """
        centre = (tf.cast(self.sides, "float32") - 1) / 2
        back = tf.linalg.inv(self.matrix)
        there = points - centre - self.offset[:, tf.newaxis]
        found = tf.einsum("bij,bpj->bpi", back, there) + centre
        for _ in range(0 if self.bumps is None else ROUNDS):
            found = tf.einsum("bij,bpj->bpi", back, there - self._bump(found)) + centre
        return found

    def _bump(self, points: Any) -> Any:
        if self.bumps is None:
            return 0.0
        ndim = self.matrix.shape[-1]
        share = points / tf.cast(self.sides - 1, "float32")
        weights = [_splines(tf.clip_by_value(share[..., k], 0.0, 1.0), KNOTS) for k in range(ndim)]
        letters = "klm"[:ndim]
        return tf.einsum(f"b{letters}c,{','.join(f'bp{k}' for k in letters)}->bpc", self.bumps, *weights)


def resample(images: Any, places: Any) -> Any:
    """Take images at other places, linearly between pixels; beyond the border its pixels go on.

    Parameters
    ----------
    images : (batch, *sides, channels) tensor
        Of any number type; whole numbers need whole places.
    places : (batch, *sides, ndim) tensor of float32
        Indices into the images.

    Returns
    -------
    (batch, *sides, channels) tensor
        Of the same type.
    """
    shape = tf.shape(images)
    ndim = places.shape[-1]
    sides, channels = shape[1:-1], shape[-1]
    indices = tf.clip_by_value(places, 0.0, tf.cast(sides - 1, "float32"))
    below = tf.floor(indices)
    share = indices - below
    below = tf.cast(below, "int32")
    flat = tf.reshape(images, [-1, channels])
    steps = [tf.reduce_prod(sides[k + 1 :]) for k in range(ndim)]
    first = tf.reshape(tf.range(shape[0]) * tf.reduce_prod(sides), [-1] + [1] * ndim)
    if images.dtype.is_integer:
        at = first + tf.add_n([below[..., k] * steps[k] for k in range(ndim)])
        return tf.gather(flat, at)
    above = tf.minimum(below + 1, sides - 1)
    ends = [(below[..., k] * steps[k], above[..., k] * steps[k]) for k in range(ndim)]
    parts = [(1 - share[..., k], share[..., k]) for k in range(ndim)]
    total = 0.0
    for corner in itertools.product((0, 1), repeat=ndim):
        at = first + tf.add_n([ends[k][end] for k, end in enumerate(corner)])
        weight = tf.math.reduce_prod([parts[k][end] for k, end in enumerate(corner)], axis=0)
        total += weight[..., tf.newaxis] * tf.gather(flat, at)
    return total


def move_boxes(boxes: Any, warp: Warp) -> Any:
    """Move boxes with their images.

    Each becomes the smallest upright box around its moved outline, cut at the border. One of which less than a
    quarter is left is dropped, as nobody could name what it holds.

    Parameters
    ----------
    boxes : (batch, n, 5) tensor of float32
        Edges top, left, bottom, right in pixels from the image's upper left corner, and class; -1 for no box.
    warp : Warp
        Of 2-D images.

    Returns
    -------
    (batch, n, 5) tensor of float32
        Dropped ones have class -1.
    """
    steps = tf.linspace(0.0, 1.0, 9)
    # The outline, as shares of height and width; edges lie half a pixel before the first index.
    outline = tf.concat(
        [
            tf.stack([a, b], 1)
            for a, b in ((steps, 0 * steps), (steps, 0 * steps + 1), (0 * steps, steps), (0 * steps + 1, steps))
        ],
        axis=0,
    )
    low, high, kind = boxes[..., 0:2], boxes[..., 2:4], boxes[..., 4]
    points = low[:, :, tf.newaxis] + (high - low)[:, :, tf.newaxis] * outline - 0.5
    shape = tf.shape(points)
    moved = warp.arrivals(tf.reshape(points, [shape[0], -1, 2])) + 0.5
    moved = tf.reshape(moved, shape)
    low, high = tf.reduce_min(moved, axis=2), tf.reduce_max(moved, axis=2)
    sides = tf.cast(warp.sides, "float32")
    cut_low, cut_high = tf.clip_by_value(low, 0.0, sides), tf.clip_by_value(high, 0.0, sides)
    area, left = tf.reduce_prod(high - low, -1), tf.reduce_prod(cut_high - cut_low, -1)
    kept = (kind >= 0) & (left > LEAST_AREA * area)
    new = tf.concat([cut_low, cut_high, kind[..., tf.newaxis]], axis=-1)
    return tf.where(kept[..., tf.newaxis], new, tf.constant([0.0, 0.0, 0.0, 0.0, -1.0]))


def smooth_fields(keys: Any, sides: Any, ndim: int, *, count: int, purpose: int) -> Any:
    """Draw smooth fields for each case.

    Parameters
    ----------
    keys : (batch, 2) tensor of int64
        What the draw for each case depends on.
    sides : (ndim,) tensor of int
        Of the images.
    ndim : int
        2 or 3.
    count : int
        Fields for each case.
    purpose : int
        Draws for different purposes are independent.

    Returns
    -------
    (batch, *sides, count) tensor of float32
        Mean 0 and standard deviation 1, over many draws.
    """
    return spread(coefficients(keys, ndim, BROAD_KNOTS, count=count, purpose=purpose), sides)


def coefficients(keys: Any, ndim: int, knots: int, *, count: int, purpose: int) -> Any:
    """Draw the B-spline coefficients of smooth fields; see `smooth_fields`."""
    # A sum of B-splines varies less than its coefficients: by the root of their mean square along each axis.
    return noise(keys, [knots] * ndim + [count], purpose=purpose) / _spread() ** ndim


def spread(knots: Any, sides: Any) -> Any:
    """Evaluate fields on the pixels of an image.

    Parameters
    ----------
    knots : (batch, KNOTS, ..., count) tensor
        B-spline coefficients.
    sides : (ndim,) tensor of int
        Of the image.

    Returns
    -------
    (batch, *sides, count) tensor
        The fields.
    """
    ndim = len(knots.shape) - 2
    for axis in range(ndim):
        last = tf.cast(sides[axis] - 1, "float32")
        weights = _splines(tf.cast(tf.range(sides[axis]), "float32") / tf.maximum(last, 1.0), knots.shape[1])
        # The new axis comes last: after all rounds the order is batch, component, sides.
        knots = tf.tensordot(knots, weights, axes=[[1], [1]])
    return tf.transpose(knots, [0, *range(2, ndim + 2), 1])


def _rotations(angles: Any, ndim: int) -> Any:
    planes = [(0, 1)] if ndim == 2 else [(1, 2), (0, 2), (0, 1)]
    total = tf.eye(ndim, batch_shape=[tf.shape(angles)[0]])
    for number, (a, b) in enumerate(planes):
        cosine, sine = tf.cos(angles[:, number]), tf.sin(angles[:, number])
        zero, one = tf.zeros_like(cosine), tf.ones_like(cosine)
        rows = [[one if i == j else zero for j in range(ndim)] for i in range(ndim)]
        rows[a][a], rows[a][b], rows[b][a], rows[b][b] = cosine, -sine, sine, cosine
        total = tf.matmul(total, tf.stack([tf.stack(row, axis=1) for row in rows], axis=1))
    return total


def _splines(share: Any, knots: int) -> Any:
    # Knots stand at -1, 0, ... knots - 2 of a line on which the image's side goes from 0 to knots - 3.
    distance = tf.abs(share[..., tf.newaxis] * (knots - 3) - (tf.range(knots, dtype="float32") - 1))
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = tf.maximum(2 - distance, 0.0) ** 3 / 6
    return tf.where(distance < 1, near, far)


def _spread() -> float:
    # Standard deviation of a cubic B-spline sum with independent unit coefficients, over one interval.
    place = np.linspace(0, 1, 101)
    weights = (
        np.stack(
            [
                (1 - place) ** 3,
                3 * place**3 - 6 * place**2 + 4,
                -3 * place**3 + 3 * place**2 + 3 * place + 1,
                place**3,
            ]
        )
        / 6
    )
    return float(np.sqrt((weights**2).sum(axis=0).mean()))
