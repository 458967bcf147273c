"""One call for each image, be they in a cohort or in a mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.cohorts import Cohort


def over_images(
    function: Callable[[Any], Any], images: Cohort | Mapping[str, Any], *, jobs: int = 1, progress: bool = False
) -> dict[str, Any]:
    """Call a function with each image.

    Parameters
    ----------
    function : callable
        Takes an image.
    images : Cohort or mapping of str to array_like
        Case to image.
    jobs : int, optional
        Processes; -1 for all cores. Where a ``joblib.parallel_config`` is active, its workers do the work.
    progress : bool, optional
        Whether to show how far it is; of a cohort.

    Returns
    -------
    dict
        Case to what the function returned.

    Raises
    ------
    TypeError
        If `images` is neither.
    CohortError
        If an image of a cohort cannot be read, or the function fails; it names the case.

    Examples
    --------
    >>> over_images(len, {"a": [1, 2, 3]})
    {'a': 3}
    """
    from joblib import Parallel, delayed

    if isinstance(images, Cohort):
        return images.map(function, jobs=jobs, progress=progress)
    if not isinstance(images, Mapping):
        raise TypeError(f"cohort must be a Cohort or map cases to images, received {type(images).__name__}")
    found = Parallel(n_jobs=None if jobs == 1 else jobs)(delayed(function)(image) for image in images.values())
    return dict(zip(images, found, strict=True))
