"""Prediction of images too large for the network or the memory: a window slides over them."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of

from ..arrays import image_batch, side_multiple
from ..backend import keras
from .predicting import Models, as_models, averaged, views
from .temperature import apply_temperature

WEIGHTS = ("gaussian", "hann")
#: Side of a tile where neither the model nor the caller names one, by the number of the image's axes.
SIDES = {2: 256, 3: 64}


def predict_tiles(model: Models, image: ArrayLike, **options: Any) -> NDArray[np.float32]:
    """Predict one large image or volume in overlapping tiles, blended so that no seam shows.

    Parameters
    ----------
    model, image : optional
        As for `predict_bands`.
    **options
        As for `predict_bands`: ``tile``, ``overlap``, ``weights``, ``margin`` ...

    Returns
    -------
    (..., classes) ndarray of float32
        A vector of probabilities for each pixel.

    Raises
    ------
    TypeError, ValueError
        As `predict_bands`.

    Examples
    --------
    >>> from workbench.cnn import unet
    >>> model = unet((None, None), 2, width=2, depth=1)
    >>> predict_tiles(model, np.zeros((50, 33)), tile=16).shape
    (50, 33, 2)
    """
    return np.concatenate([probabilities for _, probabilities in predict_bands(model, image, **options)])


def segment_tiles(model: Models, image: ArrayLike, **options: Any) -> NDArray[np.uint8]:
    """Give each pixel of a large image or volume its most probable class.

    Beside the labels only one band of tiles is in memory, however long the volume is.

    Parameters
    ----------
    model, image : optional
        As for `predict_bands`.
    **options
        As for `predict_bands`.

    Returns
    -------
    ndarray of uint8
        Of the image's shape, without channels.

    Raises
    ------
    ValueError
        As `predict_bands`.

    Examples
    --------
    >>> from workbench.cnn import unet
    >>> segment_tiles(unet((None, None, None), 2, width=2, depth=1), np.zeros((20, 9, 9)), tile=8).shape
    (20, 9, 9)
    """
    return np.concatenate(
        [found.argmax(axis=-1).astype(np.uint8) for _, found in predict_bands(model, image, **options)]
    )


def predict_bands(
    model: Models,
    image: ArrayLike,
    *,
    tile: int | Sequence[int] | None = None,
    overlap: float = 0.5,
    weights: str = "gaussian",
    margin: int = 0,
    batch_size: int = 4,
    mirror: Sequence[int] = (),
    temperature: float = 1.0,
) -> Iterator[tuple[slice, NDArray]]:
    """Predict one large image or volume in overlapping tiles, band after band of its first axis.

    A network knows least at the edge of its tile, where its neighbourhood is missing. So tiles overlap, and each
    counts most at its centre. The weights of all tiles at a pixel sum to 1. A band is given away as soon as it is
    done, so that memory does not grow with the length of a volume.

    Parameters
    ----------
    model : keras.Model or sequence of keras.Model
        Such as `unet`, with open sides or the sides of a tile; of several the mean is taken.
    image : (rows, columns[, channels]) or (slices, rows, columns[, channels]) array_like
        One image of any size. It may be a memory map: only a tile at a time is read.
    tile : int or sequence of int, optional
        Its sides in pixels: multiples of ``2**depth``. By default the model's own sides, or 256 in 2-D and 64 in
        3-D.
    overlap : float, optional
        Least share of a tile's side that it shares with the next, from 0 to below 1.
    weights : {"gaussian", "hann"}, optional
        A Gaussian with a standard deviation of an eighth of the side, or half a sine wave, squared.
    margin : int, optional
        So many pixels at the edges of a tile count nothing, except at the image's own edges. From half the
        network's receptive field on, the result is that of the whole image at once.
    batch_size : int, optional
        Tiles at once.
    mirror, temperature : optional
        As for `predict`.

    Yields
    ------
    rows : slice
        Of the first axis, in order, without gaps.
    probabilities : (..., classes) ndarray of float32
        Of these rows.

    Raises
    ------
    TypeError
        If the image is not of real numbers.
    ValueError
        If the image has other axes or channels than the model, holds NaN, or an option is out of range.

    References
    ----------
    Isensee F, et al. nnU-Net: a self-configuring method for deep learning-based biomedical image segmentation.
    Nature Methods 18 (2021) 203-211.

    Examples
    --------
    >>> from workbench.cnn import unet
    >>> model = unet((None, None), 2, width=2, depth=1)
    >>> [rows for rows, _ in predict_bands(model, np.zeros((20, 8)), tile=8)]
    [slice(0, 4, None), slice(4, 8, None), slice(8, 12, None), slice(12, 20, None)]
    """
    models = as_models(model)
    pixels = _with_channels(models[0], image)
    sides = pixels.shape[:-1]
    plan = _plan(models[0], sides, tile, _Blending(overlap, weights, margin))
    if operator.index(batch_size) < 1:
        raise ValueError(f"batch_size must be 1 or more, received {batch_size}")
    ways = views(mirror, len(sides))
    classes = models[0].output_shape[-1]
    first, *others = plan
    across = list(product(*(range(len(axis.starts)) for axis in others)))
    sums = np.zeros((first.side, *(axis.starts[-1] + axis.side for axis in others), classes), np.float32)
    ends = [*first.starts[1:], sides[0]]
    for row, (start, end) in enumerate(zip(first.starts, ends, strict=True)):
        for at in range(0, len(across), batch_size):
            places = across[at : at + batch_size]
            corners = [
                (start, *(axis.starts[k] for axis, k in zip(others, place, strict=True))) for place in places
            ]
            batch = image_batch(models[0], np.stack([_cut(pixels, corner, plan) for corner in corners]))
            found = averaged(models, batch, ways, batch_size)
            for place, corner, probabilities in zip(places, corners, found, strict=True):
                where = tuple(slice(c, c + axis.side) for c, axis in zip(corner[1:], others, strict=True))
                sums[:, *where] += probabilities * _weight(plan, (row, *place))
        done = end - start
        inside = tuple(slice(side) for side in sides[1:])
        yield slice(start, end), apply_temperature(sums[:done][:, *inside].copy(), temperature)
        sums[: first.side - done] = sums[done:]
        sums[first.side - done :] = 0


class _Blending(NamedTuple):
    overlap: float
    weights: str
    margin: int


class _Axis(NamedTuple):
    side: int
    starts: list[int]
    weights: list[NDArray[np.float32]]


def _plan(
    model: keras.Model, sides: tuple[int, ...], tile: int | Sequence[int] | None, blending: _Blending
) -> list[_Axis]:
    one_of(blending.weights, WEIGHTS, name="weights")
    if not 0 <= blending.overlap < 1:
        raise ValueError(f"overlap must be 0 or more and below 1, received {blending.overlap}")
    if operator.index(blending.margin) < 0:
        raise ValueError(f"margin must be 0 or more pixels, received {blending.margin}")
    given = list(tile) if isinstance(tile, Sequence) else [tile] * len(sides)
    if len(given) != len(sides):
        raise ValueError(f"tile must name {len(sides)} sides, received {tuple(given)}")
    multiple = side_multiple(model)
    axes = []
    for side, wanted, fixed in zip(sides, given, model.input_shape[1:-1], strict=True):
        length = fixed or SIDES[len(sides)] if wanted is None else operator.index(wanted)
        if length < 1 or length % multiple or fixed not in {None, length}:
            raise ValueError(
                f"a tile's side must be {fixed or f'a multiple of 2**depth = {multiple}'}, received {length}"
            )
        padded = -(-side // multiple) * multiple
        if fixed is None:
            length = min(length, padded)
        axes.append(_axis(max(padded, length), length, multiple, blending))
    return axes


def _axis(padded: int, length: int, multiple: int, blending: _Blending) -> _Axis:
    # Pooling cuts the image into squares of this side: tiles that begin elsewhere would see others.
    step = max(int(length * (1 - blending.overlap)) // multiple * multiple, multiple)
    margin = blending.margin
    if padded > length and step > length - 2 * margin:
        step = (length - 2 * margin) // multiple * multiple
        if step < 1:
            raise ValueError(f"margin {margin} leaves nothing of a tile's side of {length}; make the tiles larger")
    starts = [*range(0, padded - length, step), padded - length]
    profiles, total = [], np.zeros(padded)
    for start in starts:
        one = _profile(length, blending.weights)
        if start > 0:
            one[:margin] = 0
        if start < padded - length:
            one[length - margin :] = 0
        profiles.append(one)
        total[start : start + length] += one
    shares = [one / total[start : start + length] for start, one in zip(starts, profiles, strict=True)]
    return _Axis(length, starts, [share.astype(np.float32) for share in shares])


def _profile(length: int, weights: str) -> NDArray[np.float64]:
    middles = (np.arange(length) + 0.5) / length
    return np.exp(-0.5 * ((middles - 0.5) * 8) ** 2) if weights == "gaussian" else np.sin(np.pi * middles) ** 2


def _weight(plan: Sequence[_Axis], place: Sequence[int]) -> NDArray[np.float32]:
    product_ = np.ones((), np.float32)
    for axis, number in zip(plan, place, strict=True):
        product_ = product_[..., np.newaxis] * axis.weights[number]
    return product_[..., np.newaxis]


def _cut(pixels: NDArray, corner: Sequence[int], plan: Sequence[_Axis]) -> NDArray:
    cut = pixels[tuple(slice(c, c + axis.side) for c, axis in zip(corner, plan, strict=True))]
    missing = [(0, axis.side - have) for axis, have in zip(plan, cut.shape, strict=False)]
    return np.pad(cut, [*missing, (0, 0)], mode="edge")


def _with_channels(model: keras.Model, image: ArrayLike) -> NDArray:
    pixels, expected = np.asarray(image), model.input_shape
    if expected[-1] == 1 and pixels.ndim == len(expected) - 2:
        pixels = pixels[..., np.newaxis]
    if pixels.ndim != len(expected) - 1 or pixels.shape[-1] != expected[-1] or pixels.size == 0:
        raise ValueError(
            f"image must have {len(expected) - 2} axes and {expected[-1]} channels, received shape {pixels.shape}"
        )
    if len(model.output_shape) != len(expected):
        raise ValueError("expected a model of pixels, such as unet, received one of whole images; use cnn.predict")
    return pixels
