"""What morphology takes away: the details that an opening or a closing removes, and the gradient."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.processing.chunks import by_chunks

from .elements import half_element, whole_element
from .morphology import closing, dilation, erosion, opening


@by_chunks(whole_element)
def white_top_hat(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
    element: str | None = None,
) -> NDArray:
    """Keep the bright details into which the element does not fit: the image less its opening.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of the element in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of the element in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.
    element : {"box", "ball", "cross"}, optional
        By default a box of a size and a ball of a radius; `structuring_element` draws it.

    Returns
    -------
    ndarray
        Shape of `image`, nowhere below zero. Unsigned where `image` is signed, which holds any difference.

    Raises
    ------
    ValueError
        As for `erosion`.

    References
    ----------
    Meyer F. Iterative image transformations for an automatic screening of cervical smears. Journal of
    Histochemistry and Cytochemistry 27 (1979) 128-135.

    Examples
    --------
    >>> white_top_hat([[5, 5, 9, 5, 5, 6, 6, 6]], size=(1, 3))
    array([[0, 0, 4, 0, 0, 0, 0, 0]], dtype=uint64)
    """
    options: dict[str, Any] = dict(size=size, radius=radius, spacing=spacing, element=element)
    return _difference(np.asarray(image), opening(image, **options))


@by_chunks(whole_element)
def black_top_hat(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
    element: str | None = None,
) -> NDArray:
    """Keep the dark details into which the element does not fit: the closing less the image.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of the element in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of the element in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.
    element : {"box", "ball", "cross"}, optional
        By default a box of a size and a ball of a radius; `structuring_element` draws it.

    Returns
    -------
    ndarray
        Shape of `image`, nowhere below zero. Unsigned where `image` is signed, which holds any difference.

    Raises
    ------
    ValueError
        As for `erosion`.

    References
    ----------
    Meyer F. Iterative image transformations for an automatic screening of cervical smears. Journal of
    Histochemistry and Cytochemistry 27 (1979) 128-135.

    Examples
    --------
    >>> black_top_hat([[5, 5, 1, 5, 5, 4, 4, 4]], size=(1, 3))
    array([[0, 0, 4, 0, 0, 0, 0, 0]], dtype=uint64)
    """
    options: dict[str, Any] = dict(size=size, radius=radius, spacing=spacing, element=element)
    return _difference(closing(image, **options), np.asarray(image))


@by_chunks(half_element)
def morphological_gradient(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
    element: str | None = None,
) -> NDArray:
    """Measure the greatest step within the element: the dilation less the erosion.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of the element in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of the element in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.
    element : {"box", "ball", "cross"}, optional
        By default a box of a size and a ball of a radius; `structuring_element` draws it.

    Returns
    -------
    ndarray
        Shape of `image`, nowhere below zero. Unsigned where `image` is signed, which holds any difference.

    Raises
    ------
    ValueError
        As for `erosion`.

    References
    ----------
    Rivest JF, Soille P, Beucher S. Morphological gradients. Journal of Electronic Imaging 2 (1993) 326-336.

    Examples
    --------
    >>> morphological_gradient([[5, 5, 9, 9]], size=(1, 3))
    array([[0, 4, 4, 0]], dtype=uint64)
    """
    options: dict[str, Any] = dict(size=size, radius=radius, spacing=spacing, element=element)
    return _difference(dilation(image, **options), erosion(image, **options))


def _difference(upper: NDArray, lower: NDArray) -> NDArray:
    if upper.dtype == bool:
        return upper & ~lower
    difference = np.subtract(upper, lower)
    # Wrapped around or not, the bits of a difference that is not negative are those of the unsigned number.
    return difference.view(f"u{difference.itemsize}") if difference.dtype.kind == "i" else difference
