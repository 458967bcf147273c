"""Separable wavelets without decimation: low-pass and high-pass along each axis, level by level."""

import re
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of

from ..arrays import BORDERS
from ..chunks import by_chunks, in_memory
from .passes import Kernel, Kernels, checked_level, convolved, slice_or_volume
from .pooling import Cascade, cascaded, filtered_axes, over_all_axes, reaching


def _reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    cascade = _cascade("L", options["family"], options["level"])
    return reaching(sum(len(kernel) // 2 for (kernel,) in cascade), options["axes"], ndim)


@by_chunks(_reach)
def wavelet(
    image: ArrayLike,
    *,
    band: str,
    family: str = "haar",
    level: int = 1,
    pooling: str | None = None,
    axes: tuple[int, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    r"""Return one band of the undecimated (stationary, "à trous") wavelet transform.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    band : str
        L (low-pass) or H (high-pass) for each axis, such as ``"LHL"``. In IBSI's order: along columns first,
        then rows, then slices.
    family : str, optional
        A discrete wavelet of PyWavelets, such as ``"haar"``, ``"db2"``, ``"coif1"``, ``"sym4"``.
    level : int, optional
        Of the decomposition, from 1; each level is twice as coarse.
    pooling : {"max", "average", "min"}, optional
        Pool the responses in all rotations by right angles, 4 in the plane and 24 in space.
    axes : tuple of int, optional
        Two or three that are filtered together, all where not given; ``(1, 2)`` takes slices one by one.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape. Units of the image; each low-pass multiplies a constant image by :math:`\sqrt 2`.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or an option is unknown.

    References
    ----------
    Shensa MJ. The discrete wavelet transform: wedding the à trous and Mallat algorithms. IEEE Transactions on
    Signal Processing 40 (1992) 2464-2482.

    Examples
    --------
    >>> wavelet([[0, 0, 2, 2], [0, 0, 2, 2]], band="HL", family="haar")[0].round(3)
    array([ 0., -2.,  0.,  0.])
    """
    array = slice_or_volume(image)
    one_of(border, BORDERS, name="border")
    chosen = filtered_axes(axes, array.ndim)
    if not re.fullmatch(f"[LH]{{{len(chosen)}}}", band):
        raise ValueError(
            f"band must be L or H for each of the {len(chosen)} axes, received {band!r}; "
            'use for example band="LH" in the plane and "LHL" in space'
        )
    return cascaded(array, _cascade(band, family, level), chosen, pooling=pooling, border=border)


@in_memory("its result is several images, which wavelet returns one by one")
def wavelets(
    image: ArrayLike,
    *,
    family: str = "haar",
    level: int = 1,
    axes: tuple[int, ...] | None = None,
    border: str = "reflect",
) -> dict[str, NDArray]:
    """Return all bands of one level of the undecimated wavelet transform.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume.
    family : str, optional
        As `wavelet`.
    level : int, optional
        As `wavelet`.
    axes : tuple of int, optional
        As `wavelet`.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    dict of str to ndarray
        ``"LL"`` to ``"HH"`` in the plane, ``"LLL"`` to ``"HHH"`` in space: what `wavelet` returns for each band,
        in a third of the time.

    Raises
    ------
    TypeError, ValueError
        As `wavelet`.

    Examples
    --------
    >>> bands = wavelets([[1, 1], [1, 1]])
    >>> list(bands), round(float(bands["LL"][0, 0]), 6)
    (['LL', 'LH', 'HL', 'HH'], 2.0)
    """
    array = slice_or_volume(image)
    one_of(border, BORDERS, name="border")
    chosen = filtered_axes(axes, array.ndim)
    names = ["".join(letters) for letters in product("LH", repeat=len(chosen))]
    cascades = {name: _cascade(name, family, level) for name in names}
    for kernels in cascades[names[0]][:-1]:
        array = cascaded(array, (kernels,), chosen, pooling=None, border=border)
    wanted = {name: over_all_axes(cascade[-1], chosen, array.ndim) for name, cascade in cascades.items()}
    found = dict(convolved(array, wanted.values(), border=border))
    return {name: found[kernels] for name, kernels in wanted.items()}


def _cascade(band: str, family: str, level: int) -> Cascade:
    low, high = _filters(family)
    coarser: list[Kernels] = [(_spread(low, 2**step),) * len(band) for step in range(checked_level(level) - 1)]
    kernel = {"L": _spread(low, 2 ** (level - 1)), "H": _spread(high, 2 ** (level - 1))}
    return (*coarser, tuple(kernel[letter] for letter in reversed(band)))


def _filters(family: str) -> tuple[list[float], list[float]]:
    import pywt

    if family not in pywt.wavelist(kind="discrete"):
        raise ValueError(
            f"family must be a discrete wavelet of PyWavelets (pywt.wavelist(kind='discrete')), such as 'haar', "
            f"'db2' or 'coif1', received {family!r}"
        )
    chosen = pywt.Wavelet(family)
    return chosen.dec_lo, chosen.dec_hi


def _spread(kernel: list[float], step: int) -> Kernel:
    """Put ``step - 1`` zeros behind each weight, and one more where that makes the length odd."""
    # The centre of an even number of weights is the one after their middle.
    spread = np.zeros(len(kernel) * step)
    spread[::step] = kernel
    return tuple(spread.tolist()) + (0.0,) * (len(spread) % 2 == 0)
