"""Chan and Vese's contour moved by morphology: whole voxels flip, so that it is fast and needs no step length."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .descents import Descent, check_descent, standardized, starting_mask


def morphological_chan_vese(
    image: ArrayLike, *, start: ArrayLike | None = None, smoothing: int = 1, steps: int = 200
) -> Descent:
    """Part an image in two regions of nearly constant intensity by flipping voxels at their border.

    One iteration of Marquez-Neila, Baumela and Alvarez gives each voxel at the border to the side whose mean is
    nearer, and smooths the border by opening and closing with short segments, the order taking turns; a step is
    two iterations, so that both orders have been taken. The energy is
    ``mean((f - c)^2) + smoothing * faces / voxels``, where ``f`` is the image with mean 0 and variance 1, ``c``
    the mean of each voxel's side, and faces part the two sides. The first step makes the start as smooth as the
    border is kept, and the descent ends before the first later step that does not lower the energy.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    start : array_like of bool, optional
        The mask to start from; by default what is brighter than the image's mean. The border moves about a voxel
        in an iteration, so that what is far from it is not found.
    smoothing : int, optional
        How often each iteration smooths, and what a face costs.
    steps : int, optional
        At most so many after the first.

    Returns
    -------
    Descent
        The mask after ``2 * len(energies)`` iterations, the energy after each step, and whether it converged.

    Raises
    ------
    ValueError
        If `image` is constant, empty, not finite, or has other than 2 or 3 axes; if `start` has another shape, is
        empty or full; if an option is out of its range.

    References
    ----------
    Marquez-Neila P, Baumela L, Alvarez L. A morphological approach to curvature-based evolution of curves and
    surfaces. IEEE Transactions on Pattern Analysis and Machine Intelligence 36 (2014) 2-17.

    Examples
    --------
    >>> image = np.zeros((12, 12))
    >>> image[3:9, 3:9] = 100.0
    >>> result = morphological_chan_vese(image)
    >>> result.mask.sum(), result.converged
    (np.int64(32), True)
    """
    standard = standardized(image)
    if smoothing not in range(100):
        raise ValueError(f"smoothing must be an integer from 0 to 99, received {smoothing!r}")
    check_descent(steps, 1.0)
    inside = starting_mask(start, standard)
    added = (1,) * (3 - standard.ndim)
    volume = standard.reshape(added + standard.shape)
    mask = _step(np.pad(inside.reshape(volume.shape).astype(np.uint8), 1), volume, smoothing, bool(added))
    energies, converged = [_energy(mask, volume, smoothing)], False
    while not converged and len(energies) <= steps:
        moved = _step(mask, volume, smoothing, bool(added))
        energy = _energy(moved, volume, smoothing)
        converged = energy >= energies[-1]
        if not converged:
            mask = moved
            energies.append(energy)
    return Descent(mask[1:-1, 1:-1, 1:-1].reshape(standard.shape) != 0, np.array(energies), converged)


def _step(mask: NDArray[np.uint8], image: NDArray, smoothing: int, planar: bool) -> NDArray[np.uint8]:
    from workbench.compiled.contours import attract, segments, smooth

    steps, openings_first = segments(planar), False
    for _ in range(2):
        mask = attract(mask, image, *_means(mask, image)[:2])
        for _ in range(smoothing):
            mask = smooth(smooth(mask, steps, opening=openings_first), steps, opening=not openings_first)
            openings_first = not openings_first
    return mask


def _means(mask: NDArray[np.uint8], image: NDArray) -> tuple[float, float, float, int]:
    from workbench.compiled.contours import tally

    inside, total, faces = tally(mask, image)
    outside = image.size - inside
    inner, outer = total / max(inside, 1), -total / max(outside, 1)
    return inner, outer, image.size - inside * inner**2 - outside * outer**2, faces


def _energy(mask: NDArray[np.uint8], image: NDArray, smoothing: int) -> float:
    *_, squares, faces = _means(mask, image)
    return (squares + smoothing * faces) / image.size
