"""Two modalities in one picture: by the bands of a Laplacian pyramid, or by colours."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array
from workbench.images import Image, Step

from .inputs import alike, on_one_grid

KERNEL = np.array([1, 4, 6, 4, 1]) / 16
SALIENCE_SIZE = 3


def laplacian_pyramid(image: ArrayLike, *, levels: int) -> list[NDArray]:
    """Split an image into bands of detail, fine to coarse, and a coarse rest.

    Each band is what is lost when the image is smoothed, halved and enlarged again.

    Parameters
    ----------
    image : (...) array_like
        2-D or 3-D, any size.
    levels : int
        Number of bands, 0 or more; at most as often as the longest side can be halved.

    Returns
    -------
    list of ndarray
        `levels` bands and the rest; `from_pyramid` puts them together again exactly, but for rounding.

    Raises
    ------
    ValueError
        If there are more levels than the image has octaves, or values are not finite.

    References
    ----------
    Burt PJ, Adelson EH. The Laplacian pyramid as a compact image code. IEEE Transactions on Communications 31
    (1983) 532-540.

    Examples
    --------
    >>> bands = laplacian_pyramid(np.ones((8, 8)), levels=2)
    >>> [band.shape for band in bands], float(np.abs(bands[0]).max())
    ([(8, 8), (4, 4), (2, 2)], 0.0)
    """
    from workbench.processing.arrays import floating

    rest = floating(image)
    most = int(np.log2(max(rest.shape)))
    if not 0 <= levels <= most:
        raise ValueError(f"levels must be from 0 to {most} for shape {rest.shape}, received {levels}")
    bands = []
    for _ in range(levels):
        smaller = _halved(rest)
        bands.append(rest - _enlarged(smaller, rest.shape))
        rest = smaller
    return [*bands, rest]


def from_pyramid(bands: Sequence[NDArray]) -> NDArray:
    """Put the bands of a Laplacian pyramid together.

    Parameters
    ----------
    bands : sequence of ndarray
        As `laplacian_pyramid` returns them, perhaps changed.

    Returns
    -------
    ndarray
        The image.

    Examples
    --------
    >>> image = np.arange(15.0).reshape(3, 5)
    >>> bool(np.allclose(from_pyramid(laplacian_pyramid(image, levels=2)), image))
    True
    """
    made = np.asarray(bands[-1])
    for band in bands[-2::-1]:
        made = band + _enlarged(made, band.shape)
    return made


def fuse(image: ArrayLike, other: ArrayLike, *, levels: int = 4, weight: float = 0.5) -> NDArray | Image:
    """Fuse two images so that the stronger detail of each is kept, at every scale.

    In each band of the two Laplacian pyramids the value from the image with more local contrast there is taken;
    the coarse rests are averaged. Unlike a blend, this does not weaken what one image alone shows.

    Parameters
    ----------
    image, other : (...) array_like
        Same shape, and of comparable scale: bring both to fractions of their range first.
    levels : int, optional
        Number of bands, as many as there are scales of detail.
    weight : float, optional
        Share of `image` in the coarse rest, 0 to 1.

    Returns
    -------
    ndarray or Image
        Floating; an Image if one of the images is. Contrast is kept, so values may leave the range of the two a
        little.

    Raises
    ------
    ValueError
        If shapes, affines or units differ, or `levels` or `weight` is out of range.

    References
    ----------
    Burt PJ, Kolczynski RJ. Enhanced image capture through fusion. Proc. 4th International Conference on Computer
    Vision (1993) 173-182.

    Examples
    --------
    >>> rows = np.indices((16, 16))[0] % 4.0
    >>> bool(np.allclose(fuse(rows, rows), rows))
    True
    """
    first, second = alike((image, other), ("image", "other"))
    if not 0 <= weight <= 1:
        raise ValueError(f"weight must be from 0 to 1, received {weight}")
    one, two = (laplacian_pyramid(array, levels=levels) for array in (first, second))
    bands = [_stronger(*pair) for pair in zip(one[:-1], two[:-1], strict=True)]
    rest = weight * one[-1] + (1 - weight) * two[-1]
    dtype = np.result_type(one[-1], two[-1])
    pixels = from_pyramid([*bands, rest]).astype(dtype)
    step = Step("synthesis.fuse", {"other": other, "levels": levels, "weight": weight})
    return on_one_grid(pixels, (image, other), step, grids=(image, other))


def colour_fusion(
    image: ArrayLike,
    other: ArrayLike,
    *,
    windows: tuple[tuple[float, float], tuple[float, float]],
    colormap: str = "hot",
    weight: float = 0.5,
) -> NDArray | Image:
    """Lay one image in colour over another in grey.

    Parameters
    ----------
    image : (...) array_like
        Shown in grey: anatomy.
    other : (...) array_like
        Same shape, shown in colour: function. Its colour is the more opaque the higher its value.
    windows : pair of (level, width)
        What is black and what is white, for `image` and for `other`, in their units.
    colormap : str, optional
        ``"hot"`` (black, red, yellow, white), ``"green-magenta"`` (`image` green, `other` magenta: where both
        agree, grey), for comparison.
    weight : float, optional
        Opacity of the colour at its brightest, 0 to 1.

    Returns
    -------
    (..., 3) ndarray or Image
        Bytes, red, green and blue last. An Image if one of the images is; its values have no units any more.

    Raises
    ------
    ValueError
        If shapes or affines differ, a window has no width, or `colormap` or `weight` is not as said.

    Examples
    --------
    >>> colour_fusion([[0.0, 1.0]], [[0.0, 1.0]], windows=((0.5, 1), (0.5, 1)), colormap="green-magenta")
    array([[[  0,   0,   0],
            [255, 255, 255]]], dtype=uint8)
    """
    one_of(colormap, ("hot", "green-magenta"), name="colormap")
    if not 0 <= weight <= 1:
        raise ValueError(f"weight must be from 0 to 1, received {weight}")
    grey, shade = (
        _windowed(real_array(one, name=name), *window)
        for one, name, window in zip((image, other), ("image", "other"), windows, strict=True)
    )
    if grey.shape != shade.shape:
        raise ValueError(
            f"images must have the same shape, received {grey.shape} and {shade.shape}; align them first"
        )
    if colormap == "hot":
        heat = np.stack([(3 * shade - start).clip(0, 1) for start in range(3)], axis=-1)
        opacity = (weight * np.minimum(3 * shade, 1))[..., None]
        colours = grey[..., None] * (1 - opacity) + heat * opacity
    else:
        colours = np.stack([shade, grey, shade], axis=-1)
    pixels = np.rint(255 * colours).astype(np.uint8)
    step = Step("synthesis.colour_fusion", {"other": other, "windows": windows, "colormap": colormap})
    made: Any = on_one_grid(grey, (image, other), step, grids=(image, other))
    if isinstance(made, Image):
        return made.replace(pixels=pixels, channel_axis=-1, units="")
    return pixels


def _windowed(array: NDArray, level: float, width: float) -> NDArray:
    if not width > 0:
        raise ValueError(f"a window must have a positive width, received {width}")
    return ((array.astype(np.float64) - level) / width + 0.5).clip(0, 1)


def _stronger(one: NDArray, two: NDArray) -> NDArray:
    from scipy.ndimage import uniform_filter

    salience = [uniform_filter(np.abs(band), SALIENCE_SIZE, mode="mirror") for band in (one, two)]
    return np.where(salience[0] >= salience[1], one, two)


def _halved(image: NDArray) -> NDArray:
    from scipy.ndimage import correlate1d

    for axis in range(image.ndim):
        image = correlate1d(image, KERNEL, axis, mode="mirror")
    return image[(slice(None, None, 2),) * image.ndim]


def _enlarged(image: NDArray, shape: tuple[int, ...]) -> NDArray:
    for axis, length in enumerate(shape):
        places = np.arange(length) / 2
        below = np.minimum(places.astype(int), image.shape[axis] - 1)
        above = np.minimum(below + 1, image.shape[axis] - 1)
        share = (places - below).reshape([-1 if a == axis else 1 for a in range(image.ndim)])
        image = image.take(below, axis) * (1 - share) + image.take(above, axis) * share
    return image
