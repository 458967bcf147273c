"""Keeping decoded examples at hand: in memory, or in a nameless file that leaves nothing behind."""

from __future__ import annotations

import math
import os
import tempfile
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Arrays = tuple[NDArray, ...]
Layout = tuple[tuple[str, tuple[int, ...]], ...]


class Memory:
    """Keeps the arrays of each example in this process.

    Examples
    --------
    >>> memory = Memory()
    >>> memory.get(3, lambda: (np.array([1]),)), memory.get(3, lambda: (np.array([2]),))
    ((array([1]),), (array([1]),))
    """

    def __init__(self) -> None:
        self._kept: dict[int, Arrays] = {}

    def get(self, index: int, read: Callable[[], Arrays]) -> Arrays:
        """Return an example, reading it the first time.

        Parameters
        ----------
        index : int
            Its row number.
        read : callable
            Reads it.

        Returns
        -------
        tuple of ndarray
            What `read` returned.
        """
        if index not in self._kept:
            self._kept[index] = read()
        return self._kept[index]


class Scratch:
    """Keeps the arrays of each example in a file without a name, which ends with the process, however that ends.

    Images of patients are therefore never left lying about. The file is read with system calls and not mapped, so
    that it does not count as memory of the process.

    Parameters
    ----------
    folder : str or Path
        Where there is room for all images; it is created.

    count : int
        How many examples there are.

    Examples
    --------
    >>> scratch = Scratch(tempfile.mkdtemp(), 4)
    >>> scratch.get(3, lambda: (np.array([1.5]),)), scratch.get(3, lambda: (np.array([2.0]),))
    ((array([1.5]),), (array([1.5]),))
    """

    def __init__(self, folder: str | Path, count: int) -> None:
        path = Path(folder).expanduser()
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._end = 0
        self._lock = threading.Lock()
        # A few bytes for each example: a table of Python objects would grow with the cohort.
        self._starts = np.full(count, -1, np.int64)
        self._layouts = np.zeros(count, np.int32)
        self._known: list[Layout] = []

    def get(self, index: int, read: Callable[[], Arrays]) -> Arrays:
        """Return an example, reading it the first time; see `Memory.get`."""
        if self._starts[index] < 0:
            arrays = tuple(np.ascontiguousarray(array) for array in read())
            self._put(index, arrays)
            return arrays
        found, start = [], int(self._starts[index])
        for dtype, shape in self._known[self._layouts[index]]:
            size = math.prod(shape) * np.dtype(dtype).itemsize
            found.append(np.frombuffer(os.pread(self._file, size, start), dtype).reshape(shape))
            start += size
        return tuple(found)

    def _put(self, index: int, arrays: Arrays) -> None:
        layout = tuple((array.dtype.str, array.shape) for array in arrays)
        with self._lock:
            if layout not in self._known:
                self._known.append(layout)
            start, self._end = self._end, self._end + sum(array.nbytes for array in arrays)
        os.pwrite(self._file, b"".join(array.tobytes() for array in arrays), start)
        self._layouts[index] = self._known.index(layout)
        self._starts[index] = start


def cache_of(cache: str | Path | None, count: int) -> Memory | Scratch | None:
    """Return the cache that an argument names.

    Parameters
    ----------
    cache : "memory", str, Path or None
        In memory, in a folder, or not at all.
    count : int
        How many examples there are.

    Returns
    -------
    Memory, Scratch or None
        An empty one.

    Examples
    --------
    >>> cache_of(None, 10)
    """
    if cache is None:
        return None
    return Memory() if cache == "memory" else Scratch(cache, count)
