"""Rows of a volume continued beyond its borders, for compiled loops that need the window around each voxel."""

from .slabs import compiled


@compiled
def fill(line, source, columns):  # type: ignore[no-untyped-def]
    """Continue a row beyond its ends: position k is read from column ``columns[k]``, or is zero if that is -1."""
    length = len(source)
    half = (len(columns) - length) // 2
    for x in range(half):
        line[x] = source[columns[x]] if columns[x] >= 0 else 0
    inner = line[half : half + length]
    for x in range(length):
        inner[x] = source[x]
    for x in range(half + length, len(columns)):
        line[x] = source[columns[x]] if columns[x] >= 0 else 0


@compiled
def window_rows(lines, volume, planes, rows, columns):  # type: ignore[no-untyped-def]
    """Fetch the rows of a window, ``lines[i, j]`` from plane ``planes[i]`` and row ``rows[j]``; -1 is zero."""
    for i in range(lines.shape[0]):
        for j in range(lines.shape[1]):
            if planes[i] >= 0 and rows[j] >= 0:
                fill(lines[i, j], volume[planes[i], rows[j]], columns)
            else:
                lines[i, j, :] = 0
