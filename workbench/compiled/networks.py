"""Networks of comparisons that find the median of a sliding window, as data for an interpreter of vectors.

The window's columns are sorted once (Batcher's odd-even merges). Sorted columns that lie next to each other are
then merged two by two: the union of columns x and x + 1, shifted by two, is that of x + 2 and x + 3, so a window
of c columns takes about log2(c) merges, and only those ranks that the median can come from are computed.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

#: What a step does with wires i and j: the smaller to i and the larger to j; one of them alone; from SHIFT + s on,
#: j becomes i shifted by s places.
EXCHANGE, SMALLER, LARGER, SHIFT = range(4)
Step = tuple[int, int, int]


@cache
def median_network(column: int, columns: int) -> tuple[NDArray[np.int64], int]:
    """Return the steps that leave the median of a window in one wire.

    Parameters
    ----------
    column : int
        How many values each column of the window has; they are in wires 0 to column - 1.
    columns : int
        How many neighbouring columns there are; the product is odd.

    Returns
    -------
    steps : (N, 3) ndarray of int
        Kind, i and j of each.
    wire : int
        Where the median is.

    References
    ----------
    Batcher KE. Sorting networks and their applications. AFIPS (1968) 307-314.
    Knuth DE. The Art of Computer Programming 3, 2nd ed. (1998), section 5.3.4, M and 5.2.2.
    Adams A. Fast median filters using separable sorting networks. ACM Transactions on Graphics 40 (2021) 70.

    Examples
    --------
    >>> steps, wire = median_network(3, 1)
    >>> steps.tolist(), wire
    ([[0, 1, 2], [2, 0, 1], [1, 2, 1]], 2)
    """
    steps: list[Step] = []
    block, size, wires = _sort(list(range(column)), steps), 1, column
    parts: list[list[int]] = []

    def shifted(block: list[int], places: int) -> list[int]:
        nonlocal wires
        copies = list(range(wires, wires + len(block)))
        steps.extend((SHIFT + places, wire, copy) for wire, copy in zip(block, copies, strict=True))
        wires += len(block)
        return copies

    while True:
        is_last = 2 * size > columns
        if columns & size:
            # This block stands to the right of the larger ones that the window is made of.
            place = columns - columns % (2 * size)
            parts.append(block if is_last else shifted(block, place))
        if is_last:
            break
        block = _merge(block, shifted(block, size), steps)
        size *= 2
    rest: list[int] = []
    for part in parts[:-1]:
        rest = _merge(part, rest, steps)
    wire = _choose(parts[-1], rest, column * columns // 2, steps)
    return np.array(_needed(steps, wire), dtype=np.int64).reshape(-1, 3), wire


def _sort(wires: list[int], steps: list[Step]) -> list[int]:
    if len(wires) <= 1:
        return wires
    half = len(wires) // 2
    return _merge(_sort(wires[:half], steps), _sort(wires[half:], steps), steps)


def _merge(one: list[int], other: list[int], steps: list[Step]) -> list[int]:
    """Merge two sorted lists of wires: those at even and at odd places by themselves, then neighbours."""
    if not one or not other:
        return one + other
    if len(one) == len(other) == 1:
        steps.append((EXCHANGE, one[0], other[0]))
        return one + other
    even = _merge(one[::2], other[::2], steps)
    odd = _merge(one[1::2], other[1::2], steps)
    merged = even[:1]
    for low, high in zip(odd, even[1:], strict=False):
        steps.append((EXCHANGE, low, high))
        merged += [low, high]
    paired = len(merged) // 2
    return merged + odd[paired:] + even[paired + 1 :]


def _choose(one: list[int], other: list[int], rank: int, steps: list[Step]) -> int:
    """Find the value of a rank in the union of two sorted lists: the least of max(one[i], other[rank - 1 - i])."""
    candidates = []
    for taken in range(rank + 2):
        left, right = taken - 1, rank - taken
        if left >= len(one) or right >= len(other):
            continue
        if left >= 0 and right >= 0:
            steps.append((LARGER, one[left], other[right]))
        candidates.append(other[right] if right >= 0 else one[left])
    for wire in candidates[1:]:
        steps.append((SMALLER, candidates[0], wire))
    return candidates[0]


def _needed(steps: list[Step], wire: int) -> list[Step]:
    """Drop what does not lead to a wire, reading backwards, and the half of an exchange that nothing reads."""
    read, kept = {wire}, []
    for kind, i, j in reversed(steps):
        if kind >= SHIFT:
            if j in read:
                read.remove(j)
                read.add(i)
                kept.append((kind, i, j))
            continue
        writes_i, writes_j = i in read and kind != LARGER, j in read and kind != SMALLER
        if writes_i or writes_j:
            read |= {i, j}
            kept.append((EXCHANGE if writes_i and writes_j else SMALLER if writes_i else LARGER, i, j))
    return kept[::-1]
