"""Grey levels for texture: intensities put into bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .regions import region_of


@dataclass(frozen=True)
class FixedBinSize:
    """Bins of one width, so that a grey level means the same intensity step in every image.

    For calibrated units such as HU: ``floor((x - minimum) / width) + 1``.

    Parameters
    ----------
    width : float
        In the image's units.
    minimum : float, optional
        Lower edge of bin 1; the region's own minimum where not given. Give one to compare features that depend
        on the level itself (joint average, autocorrelation ...) between images.

    Raises
    ------
    ValueError
        If `width` is not positive and finite, or `minimum` is not finite.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, code Q3RU.

    Examples
    --------
    >>> FixedBinSize(25).levels(np.array([-10.0, 14.0, 15.0, 40.0]))
    array([1, 1, 2, 3])
    """

    width: float
    minimum: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.width) and self.width > 0):
            raise ValueError(f"width must be a positive number in the image's units, received {self.width}")
        if self.minimum is not None and not np.isfinite(self.minimum):
            raise ValueError(f"minimum must be a number in the image's units, received {self.minimum}")

    def levels(self, values: ArrayLike) -> NDArray:
        """Put intensities into bins.

        Parameters
        ----------
        values : array_like
            The intensities of one region, any shape.

        Returns
        -------
        ndarray of int64
            Levels from 1, same shape.

        Raises
        ------
        ValueError
            If an intensity lies below the first bin.
        """
        intensities = real_array(values).astype(np.float64)
        lowest = intensities.min()
        minimum = lowest if self.minimum is None else self.minimum
        if lowest < minimum:
            raise ValueError(
                f"the region holds {lowest:g}, below the first bin's lower edge {minimum:g}; "
                "lower minimum, or clip the image first (numpy.clip)"
            )
        return np.floor((intensities - minimum) / self.width).astype(np.int64) + 1


@dataclass(frozen=True)
class FixedBinNumber:
    """A number of equal bins between a region's minimum and maximum, so that gain and offset do not matter.

    For arbitrary units such as MR: ``floor(number * (x - min) / (max - min)) + 1``, the maximum in the last bin.

    Parameters
    ----------
    number : int
        Of bins, at least 2.

    Raises
    ------
    ValueError
        If `number` is not a whole number of at least 2.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, code K15C.

    Examples
    --------
    >>> FixedBinNumber(4).levels(np.array([0, 1, 2, 3, 4]))
    array([1, 2, 3, 4, 4])
    """

    number: int

    def __post_init__(self) -> None:
        if not hasattr(self.number, "__index__") or self.number < 2:
            raise ValueError(f"number of bins must be a whole number of at least 2, received {self.number!r}")

    def levels(self, values: ArrayLike) -> NDArray:
        """Put intensities into bins.

        Parameters
        ----------
        values : array_like
            The intensities of one region, any shape.

        Returns
        -------
        ndarray of int64
            Levels from 1, same shape.
        """
        intensities = real_array(values).astype(np.float64)
        lowest, highest = intensities.min(), intensities.max()
        if lowest == highest:
            return np.ones(intensities.shape, dtype=np.int64)
        bins = np.floor(self.number * (intensities - lowest) / (highest - lowest)).astype(np.int64) + 1
        return np.minimum(bins, self.number)


Discretization = FixedBinSize | FixedBinNumber

#: Bins for calibrated units. SUV rarely exceeds 20, so that a width of 25 would put a lesion in one bin.
CALIBRATED = {"HU": FixedBinSize(25), "SUV": FixedBinSize(0.5, minimum=0)}


def default_discretization(units: str) -> Discretization:
    """Choose bins that suit the units.

    Parameters
    ----------
    units : str
        Of the intensities, such as ``"HU"``; empty where they have none.

    Returns
    -------
    FixedBinSize or FixedBinNumber
        Bins of 25 for HU and of 0.5 from zero for SUV; otherwise 32 bins.

    Examples
    --------
    >>> default_discretization("HU")
    FixedBinSize(width=25, minimum=None)
    >>> default_discretization("")
    FixedBinNumber(number=32)
    """
    return CALIBRATED.get(units, FixedBinNumber(32))


def discretize(image: ArrayLike, mask: ArrayLike, *, discretization: Discretization) -> NDArray:
    """Put the intensities of a region into bins.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey image.
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.
    discretization : FixedBinSize or FixedBinNumber
        The bins.

    Returns
    -------
    ndarray of int64
        Grey levels from 1; 0 outside the region.

    Raises
    ------
    ValueError
        If the mask is empty or has another shape, or an intensity lies below the first bin.

    Examples
    --------
    >>> discretize([[0, 30, 60]], [[1, 1, 0]], discretization=FixedBinSize(25))
    array([[1, 2, 0]])
    """
    if not isinstance(discretization, FixedBinSize | FixedBinNumber):
        raise TypeError(f"discretization must be FixedBinSize or FixedBinNumber, received {discretization!r}")
    pixels = real_array(image)
    inside = region_of(mask, shape=pixels.shape)
    levels = np.zeros(pixels.shape, dtype=np.int64)
    levels[inside] = discretization.levels(pixels[inside])
    return levels
