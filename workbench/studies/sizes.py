"""The sizes of images, and what a study makes of them."""

from __future__ import annotations

from workbench.cohorts import Cohort

from .notebook import standard_size

#: Images whose sizes are looked at.
LOOKED_AT = 50


def shapes_of(cohort: Cohort) -> list[tuple[int, ...]]:
    """Look at the sizes of some images.

    Parameters
    ----------
    cohort : Cohort
        All cases.

    Returns
    -------
    list of tuple of int
        The different ones, smallest first, without channels.
    """
    some = list(cohort)[:: max(1, len(cohort) // LOOKED_AT)]
    return sorted({cohort.image(case).spatial_shape for case in some}, key=lambda shape: (len(shape), shape))


def mixed(shapes: list[tuple[int, ...]]) -> str:
    """Say that there are slices and volumes.

    Parameters
    ----------
    shapes : list of tuple of int
        As from `shapes_of`.

    Returns
    -------
    str
        What the study lacks; empty if nothing.

    Examples
    --------
    >>> mixed([(8, 8), (9, 9)])
    ''
    """
    dimensions = {len(shape) for shape in shapes}
    if dimensions <= {2} or dimensions <= {3}:
        return ""
    named = " and ".join(_by(shape) for shape in (shapes[0], shapes[-1]))
    return f"one kind of image: there are {named}; make a study of slices and one of volumes"


def sizes_in_words(shapes: list[tuple[int, ...]]) -> list[str]:
    """Say to which size images are brought.

    Parameters
    ----------
    shapes : list of tuple of int
        As from `shapes_of`.

    Returns
    -------
    list of str
        One sentence.
    """
    named = _by(shapes[0]) if len(shapes) == 1 else f"{len(shapes)} sizes, {_by(shapes[0])} to {_by(shapes[-1])}"
    dimensions, size = len(shapes[0]) if shapes else 2, standard_size()
    told = f"images of {named} are brought to {_by((size,) * dimensions)} for a first look"
    stretched = (
        ", which stretches those that are not square" if any(len(set(shape)) > 1 for shape in shapes) else ""
    )
    return [f"{told}{stretched} (the notebook's parameter size)"]


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) + " pixels"
