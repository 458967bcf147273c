"""Compiled loops on every core: threads over slabs of the first axis, without the interpreter's lock.

Plain threads, not numba's own thread layer, which must not be forked and, without TBB, not be entered twice.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function with numba on its first call, keep the machine code on disk, release the lock."""
    return numba.njit(cache=True, nogil=True)(function)


def over_slabs(kernel: Callable[..., Any], length: int, *arguments: Any) -> None:
    """Call ``kernel(start, stop, *arguments)`` for slabs that cover ``range(length)``, one per thread.

    Parameters
    ----------
    kernel : callable
        A compiled function that writes its result for ``start <= index < stop`` into one of the arguments.
    length : int
        The extent of the axis that is divided.
    *arguments
        Passed on as they are.

    Notes
    -----
    ``NUMBA_NUM_THREADS``, which joblib sets in its workers, limits the number of threads.

    Examples
    --------
    >>> import numpy as np
    >>> def square(start, stop, values, squares):
    ...     for index in range(start, stop):
    ...         squares[index] = values[index] ** 2
    >>> values = np.arange(5)
    >>> squares = np.empty_like(values)
    >>> over_slabs(square, 5, values, squares)
    >>> squares.tolist()
    [0, 1, 4, 9, 16]
    """
    threads = min(numba.get_num_threads(), length)
    if threads <= 1:
        kernel(0, length, *arguments)
        return
    edges = np.linspace(0, length, threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(kernel, start, stop, *arguments) for start, stop in pairwise(edges)]:
            done.result()
