"""The expectation step of a mixture whose voxels listen to their neighbours."""

import math

import numpy as np

from .slabs import compiled


@compiled
def expect(  # noqa: PLR0912 one pass over voxels
    start, stop, values, inside, fractions, model, closeness, smoothness, updated, changes
):
    """Write each voxel's new fractions and how much they changed, for slices from `start` to `stop`.

    Parameters
    ----------
    values : (P, M, N) ndarray of float32
    inside : (P, M, N) ndarray of bool
    fractions, updated : (P, M, N, K) ndarray of float32
        Of the classes before and after.
    model : (C, K + 3) ndarray of float64
        Of each component the parts of the classes, then mean, deviation, and logarithm of what it starts with.
    closeness : (3,) ndarray
        Weights of the neighbours on each axis.
    smoothness : float
    changes : (P,) ndarray
        Of each slice the sum of the changes of all fractions.
    """
    planes, rows, columns = values.shape
    components = model.shape[0]
    classes = model.shape[1] - 3
    near = np.empty(classes)
    chances = np.empty(components)
    pure = np.empty(components)
    for c in range(components):
        pure[c] = 0.0
        for k in range(classes):
            pure[c] += model[c, k] ** 2
    for p in range(start, stop):
        for r in range(rows):
            for q in range(columns):
                if not inside[p, r, q]:
                    continue
                near[:] = 0.0
                total = 0.0
                for axis in range(3):
                    for side in (-1, 1):
                        a = p + side * (axis == 0)
                        b = r + side * (axis == 1)
                        d = q + side * (axis == 2)
                        if a < 0 or a >= planes or b < 0 or b >= rows or d < 0 or d >= columns:
                            continue
                        if inside[a, b, d]:
                            total += closeness[axis]
                            for k in range(classes):
                                near[k] += closeness[axis] * fractions[a, b, d, k]
                value = values[p, r, q]
                highest = -1e300
                for c in range(components):
                    support = -0.5 * total * pure[c]
                    for k in range(classes):
                        support += model[c, k] * near[k]
                    scaled = (value - model[c, classes]) / model[c, classes + 1]
                    chances[c] = model[c, classes + 2] - 0.5 * scaled * scaled + smoothness * support
                    highest = max(highest, chances[c])
                evidence = 0.0
                for c in range(components):
                    chances[c] = math.exp(chances[c] - highest)
                    evidence += chances[c]
                for k in range(classes):
                    part = 0.0
                    for c in range(components):
                        part += chances[c] * model[c, k] / evidence
                    changes[p] += abs(part - fractions[p, r, q, k])
                    updated[p, r, q, k] = part
