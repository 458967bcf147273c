"""Several filters at once: one response map for each, by name."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from workbench.images import Image


def bank(image: ArrayLike, filters: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    """Apply each filter of a bank to one image.

    Parameters
    ----------
    image : array_like
        A slice or a volume.
    filters : mapping of str to callable
        Functions of the image alone that keep its shape; give options by `functools.partial`.

    Returns
    -------
    dict of str to ndarray or Image
        A response for each name, an Image (geometry kept, history extended) where `image` is one. The features of
        a region can be extracted from each, and ``numpy.stack(list(responses.values()), axis=-1)`` is what a
        classifier of voxels learns from.

    Raises
    ------
    ValueError
        If there is no filter, or one changes the shape.

    Examples
    --------
    >>> from functools import partial
    >>> from workbench.processing import responses
    >>> filters = {
    ...     "edges": responses.gradient_magnitude,
    ...     "blobs of 2 mm": partial(responses.laplacian_of_gaussian, sigma=2, spacing=(0.5, 0.5)),
    ... }
    >>> [(name, response.shape) for name, response in responses.bank(np.eye(5), filters).items()]
    [('edges', (5, 5)), ('blobs of 2 mm', (5, 5))]
    """
    if not filters:
        raise ValueError("filters must have at least one entry, received none")
    if isinstance(image, Image):
        return {name: image.map(function) for name, function in filters.items()}
    found = {name: function(image) for name, function in filters.items()}
    for name, response in found.items():
        if np.shape(response) != np.shape(image):
            raise ValueError(
                f"each filter must keep the shape {np.shape(image)}, received {np.shape(response)} from {name!r}; "
                "choose one component of it"
            )
    return found
