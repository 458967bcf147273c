"""Compiled loops on every core: threads over slabs of the first axis, without the interpreter's lock.

Plain threads, not numba's own thread layer, which must not be forked and, without TBB, not be entered twice.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])
_this_thread = threading.local()
#: So many slabs for each thread, so that a slow one does not keep the others waiting.
SLABS = 4


def compiled(function: Function) -> Function:
    """Compile a function with numba on its first call, keep the machine code on disk, release the lock.

    A division by zero is infinite, as in numpy: a check would keep the loop from becoming vector instructions.
    """
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


def fused(function: Function) -> Function:
    """Compile as `compiled`, and let a product and a sum become one instruction with one rounding, not two.

    Nothing is reordered, so a result differs from the plain one by rounding alone.
    """
    return numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})(function)


def over_slabs(kernel: Callable[..., Any], length: int, *arguments: Any, shortest: int = 1) -> None:
    """Call ``kernel(start, stop, *arguments)`` for slabs that cover ``range(length)``, on all cores.

    Parameters
    ----------
    kernel : callable
        A compiled function that writes its result for ``start <= index < stop`` into one of the arguments, or any
        other that lets go of the interpreter's lock.
    length : int
        The extent of the axis that is divided.
    *arguments
        Passed on as they are.
    shortest : int, optional
        No slab is shorter: waking a thread takes some 20 microseconds, which its work should exceed.

    Notes
    -----
    ``NUMBA_NUM_THREADS``, which joblib sets in its workers, limits the number of threads. A kernel that calls
    `over_slabs` itself does not start more.

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
    threads = 1 if getattr(_this_thread, "works", False) else min(numba.get_num_threads(), length // shortest)
    if threads <= 1:
        kernel(0, length, *arguments)
        return
    count = min(SLABS * threads, length // shortest)
    slabs = iter(list(pairwise(np.linspace(0, length, count + 1).astype(int).tolist())))

    def work() -> None:
        # All take from one iterator, and whoever is free goes on: nobody waits for a thread that wakes late.
        for start, stop in slabs:
            kernel(start, stop, *arguments)

    helpers = [_pool(os.getpid()).submit(work) for _ in range(threads - 1)]
    try:
        work()
    finally:
        started = [helper for helper in helpers if not helper.cancel()]
        wait(started)
    for helper in started:
        helper.result()


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """Keep threads waiting for work, in each process its own: a fork inherits none."""
    return ThreadPoolExecutor(max(numba.config.NUMBA_NUM_THREADS - 1, 1), initializer=_mark_as_worker)


def _mark_as_worker() -> None:
    _this_thread.works = True
