"""What a sweep costs, before it is run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def wall_time(runs: int, workers: ArrayLike, *, work: float, start: float = 0.0, once: float = 0.0) -> Any:
    """Estimate how long a sweep takes.

    Parameters
    ----------
    runs : int
        How many runs.
    workers : int or array_like of int
        How many of them at a time.
    work : float
        Seconds that one run works.
    start : float, optional
        Seconds that each run needs before it works: start-up and imports.
    once : float, optional
        Seconds that the sweep needs once, however many workers there are: the part of Amdahl's law.

    Returns
    -------
    float or ndarray
        Seconds: runs come in rounds of as many as there are workers.

    Raises
    ------
    ValueError
        If there is no worker or no run.

    References
    ----------
    G. M. Amdahl: Validity of the single processor approach to achieving large scale computing capabilities. AFIPS
    Spring Joint Computer Conference, 1967.

    Examples
    --------
    >>> float(wall_time(10, 4, work=2.0, start=1.0, once=5.0))
    14.0
    """
    count = np.asarray(workers)
    if runs < 1 or np.any(count < 1):
        raise ValueError(f"expected at least one run and one worker, received {runs} and {workers!r}")
    return once + np.ceil(runs / count) * (start + work)
