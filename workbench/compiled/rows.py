"""Rows of a volume continued beyond its borders, for compiled loops that need the window around each voxel."""

from .slabs import compiled


@compiled
def fill(line, source, columns, left):
    """Read a piece of a row continued beyond its ends: position k from ``columns[left + k]``, where -1 is zero."""
    length, size = len(source), len(line)
    half = (len(columns) - length) // 2
    first = min(max(half - left, 0), size)
    last = max(min(length + half - left, size), first)
    for x in range(first):
        line[x] = source[columns[left + x]] if columns[left + x] >= 0 else 0
    # Twice as fast as the assignment of a slice, which looks for overlaps.
    inner, within = line[first:last], source[left - half + first : left - half + last]
    for x in range(len(inner)):
        inner[x] = within[x]
    for x in range(last, size):
        line[x] = source[columns[left + x]] if columns[left + x] >= 0 else 0


@compiled
def window_rows(lines, volume, planes, rows, columns):
    """Fetch the rows of a window, ``lines[i, j]`` from plane ``planes[i]`` and row ``rows[j]``; -1 is zero."""
    for i in range(lines.shape[0]):
        for j in range(lines.shape[1]):
            if planes[i] >= 0 and rows[j] >= 0:
                fill(lines[i, j], volume[planes[i], rows[j]], columns, 0)
            else:
                lines[i, j, :] = 0
