"""Rotation invariance: the responses to a turned filter, pooled voxel by voxel.

Turning a separable filter by right angles permutes its axes and reverses its kernels, so the image itself is never
turned, and what two turned filters have in common is computed once.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from workbench.checks import one_of

from .passes import IDENTITY, Kernel, Kernels, combine, convolved

# How responses are pooled: what combines two, and what to begin with. Averages are sums, divided in the end.
POOL = {"max": np.maximum, "average": np.add, "min": np.minimum}
START = {"max": -np.inf, "average": 0.0, "min": np.inf}
# Stages that follow each other, such as the levels of a wavelet.
Cascade = tuple[Kernels, ...]


def filtered_axes(
    axes: tuple[int, ...] | None, ndim: int, *, allowed: tuple[int, ...] = (2, 3)
) -> tuple[int, ...]:
    """Return the axes that are filtered together, in ascending order.

    Parameters
    ----------
    axes : tuple of int or None
        None for all.
    ndim : int
        Of the image.
    allowed : tuple of int, optional
        How many there may be.

    Returns
    -------
    tuple of int
        Not negative.

    Raises
    ------
    ValueError
        If there are too few or too many, or one is no axis of the image or named twice.

    Examples
    --------
    >>> filtered_axes((-1, -2), 3)
    (1, 2)
    """
    chosen = tuple(range(ndim)) if axes is None else tuple(np.atleast_1d(axes).tolist())
    if any(not isinstance(axis, int) or not -ndim <= axis < ndim for axis in chosen):
        raise ValueError(f"axes must be integers from {-ndim} to {ndim - 1}, received {axes}")
    chosen = tuple(sorted(axis % ndim for axis in chosen))
    if len(set(chosen)) != len(chosen) or len(chosen) not in allowed:
        raise ValueError(
            f"axes must name {' or '.join(map(str, allowed))} different axes, received {axes} "
            f"for an image with {ndim}; use axes=(1, 2) for the slices of a volume, one by one"
        )
    return chosen


def reaching(radius: int, axes: tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    """Return how far a filter reaches along each axis, for `chunks.by_chunks`.

    Parameters
    ----------
    radius : int
        Along the axes that are filtered.
    axes : tuple of int or None
        As for `filtered_axes`.
    ndim : int
        Of the image.

    Returns
    -------
    tuple of int
        0 along the others.

    Examples
    --------
    >>> reaching(2, (1, 2), 3)
    (0, 2, 2)
    """
    chosen = filtered_axes(axes, ndim)
    return tuple(radius if axis in chosen else 0 for axis in range(ndim))


def over_all_axes(kernels: Kernels, axes: tuple[int, ...], ndim: int) -> Kernels:
    """Return one kernel for each axis of an image, which leaves the others as they are.

    Parameters
    ----------
    kernels : tuple of kernels
        One for each of `axes`.
    axes : tuple of int
        As `filtered_axes`.
    ndim : int
        Of the image.

    Returns
    -------
    tuple of kernels
        `ndim` of them.

    Examples
    --------
    >>> over_all_axes(((1.0, 2.0, 1.0),), (1,), 2)
    ((1.0,), (1.0, 2.0, 1.0))
    """
    chosen = dict(zip(axes, kernels, strict=True))
    return tuple(chosen.get(axis, IDENTITY) for axis in range(ndim))


def rotations(ndim: int) -> list[tuple[tuple[int, ...], tuple[bool, ...]]]:
    """Return the turns by right angles that map the axes onto themselves, mirror images left out.

    Parameters
    ----------
    ndim : int
        2 or 3.

    Returns
    -------
    list of (permutation, reversed)
        4 in the plane, 24 in space. Axis ``i`` of the turned filter is axis ``permutation[i]`` of the filter,
        reversed where ``reversed[i]``.

    References
    ----------
    Depeursinge A, Andrearczyk V, Whybra P, et al. Standardised convolutional filtering for radiomics.
    arXiv:2006.05470 (2020).

    Examples
    --------
    >>> rotations(2)
    [((0, 1), (False, False)), ((0, 1), (True, True)), ((1, 0), (False, True)), ((1, 0), (True, False))]
    """
    return [
        (order, turned)
        for order in permutations(range(ndim))
        for turned in product((False, True), repeat=ndim)
        if _is_even(order) == (sum(turned) % 2 == 0)
    ]


def cascaded(
    image: NDArray, cascade: Cascade, axes: tuple[int, ...], *, pooling: str | None, border: str
) -> NDArray:
    """Filter in stages with one kernel along each axis, once or in all rotations.

    Parameters
    ----------
    image : ndarray of float32 or float64
        Two axes or more.
    cascade : tuple of tuple of kernels
        For each stage one kernel of odd length for each of `axes`.
    axes : tuple of int
        As `filtered_axes`.
    pooling : {"max", "average", "min"} or None
        How to pool over rotations; None for none.
    border : str
        Of scipy.ndimage.

    Returns
    -------
    ndarray
        Same shape and dtype.

    Raises
    ------
    ValueError
        If the pooling is unknown.

    Examples
    --------
    >>> difference = (-1.0, 0.0, 1.0)
    >>> image = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    >>> cascaded(image, ((difference, (1.0,)),), (0, 1), pooling="max", border="constant").astype(int)
    array([[0, 1, 0],
           [1, 0, 1],
           [0, 1, 0]])
    """
    if pooling is None:
        stages = tuple(over_all_axes(kernels, axes, image.ndim) for kernels in cascade)
        return next(response for _, response in _followed(image, [stages], border))
    one_of(pooling, list(POOL), name="pooling")
    turns: dict[Cascade, list[int]] = {}
    for order, turned in rotations(len(axes)):
        stages, sign = _turn(cascade, order, turned)
        turns.setdefault(tuple(over_all_axes(kernels, axes, image.ndim) for kernels in stages), []).append(sign)
    result = np.full_like(image, START[pooling])
    for stages, response in _followed(image, turns, border):
        combine(_pooled_with(pooling, turns[stages], sum(map(len, turns.values()))), result, response)
    return result


def _pooled_with(pooling: str, signs: list[int], count: int) -> Callable[[NDArray, NDArray], NDArray]:
    """Return what pools a response, or its negative, or both, as often as they occur among `count`."""
    if pooling == "average":
        share = sum(signs) / count
        return lambda total, response: total + share * response
    pool = POOL[pooling]
    if set(signs) == {1, -1}:
        outermost = 1 if pooling == "max" else -1
        return lambda total, response: pool(total, outermost * np.abs(response))
    return lambda total, response: pool(total, signs[0] * response)


def _followed(image: NDArray, cascades: Iterable[Cascade], border: str) -> Iterator[tuple[Cascade, NDArray]]:
    """Filter stage by stage; stages that cascades begin with in common are computed once."""
    rests: dict[Kernels, list[Cascade]] = {}
    for first, *rest in cascades:
        rests.setdefault(first, []).append(tuple(rest))
    for first, response in convolved(image, rests, border=border):
        if rests[first] == [()]:
            yield (first,), response
        else:
            yield from (((first, *rest), final) for rest, final in _followed(response, rests[first], border))


def _turn(cascade: Cascade, order: tuple[int, ...], turned: tuple[bool, ...]) -> tuple[Cascade, int]:
    """Turn all stages; a kernel that reversal only negates stays as it is and gives the sign."""
    sign = 1
    stages = []
    for kernels in cascade:
        stage: list[Kernel] = []
        for source, backwards in zip(order, turned, strict=True):
            kernel = kernels[source]
            odd = kernel[::-1] == tuple(-weight for weight in kernel)
            sign = -sign if backwards and odd else sign
            stage.append(kernel[::-1] if backwards and not odd else kernel)
        stages.append(tuple(stage))
    return tuple(stages), sign


def _is_even(order: tuple[int, ...]) -> bool:
    swaps = sum(a > b for index, a in enumerate(order) for b in order[index + 1 :])
    return swaps % 2 == 0
