"""What a function says about its result, for `Image.map`: its units, or that voxels have moved."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def in_units(units: str | Callable[[str, Mapping[str, Any]], str]) -> Callable[[Function], Function]:
    """Say in which units a function's result is, where they are not those of the image.

    Parameters
    ----------
    units : str or callable
        The units, empty for none, or ``units(before, options)``, which returns them.

    Returns
    -------
    callable
        A decorator, which leaves the function as it is.

    Examples
    --------
    >>> from workbench.images import Image
    >>> @in_units(lambda before, options: f"{before}^2")
    ... def squared(image):
    ...     return image**2
    >>> Image([[1, 2]], units="m").map(squared).units
    'm^2'
    """

    def mark(function: Function) -> Function:
        function.result_units = units  # type: ignore[attr-defined]
        return function

    return mark


def moves_voxels(function: Function) -> Function:
    """Say that a function puts voxels elsewhere, so that `Image.map`, which keeps the geometry, refuses it.

    Parameters
    ----------
    function : callable
        Given an Image, it returns one whose affine is right.

    Returns
    -------
    callable
        The function as it is.

    Examples
    --------
    >>> from workbench.images import Image
    >>> @moves_voxels
    ... def mirrored(image):
    ...     return image[:, ::-1]
    >>> Image([[1, 2]]).map(mirrored)
    Traceback (most recent call last):
    ...
    ValueError: ...mirrored moves voxels, so the geometry would be wrong; call it on the image itself:
    mirrored(image)
    """
    function.moves_voxels = True  # type: ignore[attr-defined]
    return function


def units_after(function: Callable[..., Any], before: str, options: Mapping[str, Any]) -> str:
    """Return the units of a function's result.

    Parameters
    ----------
    function : callable
        A function, or a `functools.partial` of one.
    before : str
        Units of the image.
    options : mapping
        Its keyword arguments.

    Returns
    -------
    str
        What the function says; `before` where it says nothing.

    Examples
    --------
    >>> units_after(abs, "HU", {})
    'HU'
    """
    if isinstance(function, partial):
        return units_after(function.func, before, {**function.keywords, **options})
    units = getattr(function, "result_units", before)
    return units(before, options) if callable(units) else units


def has_moved_voxels(function: Callable[..., Any]) -> bool:
    """Tell whether a function says that it moves voxels.

    Parameters
    ----------
    function : callable
        A function, or a `functools.partial` of one.

    Returns
    -------
    bool
        Whether it is marked by `moves_voxels`.

    Examples
    --------
    >>> has_moved_voxels(abs)
    False
    """
    return bool(getattr(function.func if isinstance(function, partial) else function, "moves_voxels", False))
