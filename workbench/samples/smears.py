"""Simulated blood smears: red cells, white cells and platelets, with a box around each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.images import Image

if TYPE_CHECKING:
    from workbench.cohorts import Cohort


class _Kind(NamedTuple):
    """Radius as a share of the picture's side, and what dye takes from red, green and blue light."""

    radius: tuple[float, float]
    roundness: float
    density: tuple[float, float, float]


KINDS = {
    "white cell": _Kind((0.15, 0.19), 0.85, (0.22, 0.34, 0.08)),
    "red cell": _Kind((0.085, 0.11), 0.8, (0.10, 0.33, 0.27)),
    "platelet": _Kind((0.025, 0.04), 0.75, (0.40, 0.50, 0.12)),
}
NUCLEUS = np.array([0.65, 0.8, 0.22])
LIGHT = np.array([226.0, 224.0, 228.0])
#: Less of an object in the picture is not marked.
LEAST = 0.3


def smear(*, images: int = 40, cells: int = 12, overlap: float = 0.2, size: int = 128, seed: int = 0) -> Cohort:
    """Simulate blood smears under the microscope; no blood was drawn.

    In each picture lie one white cell (in one of eight pictures two, in another none), red cells and some
    platelets, also across its edges. Where two lie above each other, their dyes add up.

    Parameters
    ----------
    images : int, optional
        How many, 1 or more, each of a patient of its own. A picture stays the same however many there are.
    cells : int, optional
        Red cells in each, on average, 0 to 60.
    overlap : float, optional
        How far two objects may lie above each other, 0 (they touch at most) to 1 (one may hide the other), as a
        share of the sum of their radii.
    size : int, optional
        Pixels along each side, 32 to 1024.
    seed : int, optional
        Of all that is drawn, 0 or more.

    Returns
    -------
    Cohort
        Columns patient, image (8-bit RGB), boxes (JSON: top, left, bottom, right, label) and simulated (always
        True). An object of which less than 30 % lies in the picture has no box.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> cohort = smear(images=2, cells=3, size=64)
    >>> cohort.image("simulated-0000")
    Image(64 x 64 x 3 uint8, OT)
    >>> sorted(set(cohort.boxes("simulated-0000")["label"]))
    ['red cell', 'white cell']
    """
    import pandas as pd

    from workbench.cohorts import Cohort

    ranges = {"images": (images, 1, 10**6), "cells": (cells, 0, 60), "overlap": (overlap, 0, 1)}
    for name, (value, low, high) in (ranges | {"size": (size, 32, 1024), "seed": (seed, 0, 2**32)}).items():
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low} to {high}, received {value}")
    rows = {}
    for number in range(images):
        name = f"simulated-{number:04}"
        pixels, boxes = _draw(np.random.default_rng([seed, number]), cells=cells, overlap=overlap, size=size)
        image = Image(pixels, channel_axis=-1, name=f"simulated blood smear {number}")
        rows[name] = {"patient": name, "image": image, "boxes": json.dumps(boxes), "simulated": True}
    return Cohort(pd.DataFrame.from_dict(rows, orient="index").rename_axis("case"))


def _draw(
    rng: np.random.Generator, *, cells: int, overlap: float, size: int
) -> tuple[NDArray[np.uint8], list[dict[str, object]]]:
    counts = {
        "white cell": rng.choice([0, *[1] * 6, 2]),
        "red cell": rng.poisson(cells),
        "platelet": rng.poisson(2),
    }
    y, x = np.mgrid[:size, :size] + 0.5
    density = np.zeros((size, size, 3))
    placed: list[tuple[float, float, float]] = []
    boxes: list[dict[str, object]] = []
    for kind in [name for name, count in counts.items() for _ in range(count)]:
        radius = rng.uniform(*KINDS[kind].radius) * size
        centre = _place(rng, placed, radius, overlap=overlap, size=size)
        if centre is None:
            continue
        placed.append((*centre, radius))
        angle, flat = rng.uniform(0, np.pi), rng.uniform(KINDS[kind].roundness, 1)
        axes = np.array([radius, radius * flat])
        density += _object(rng, kind, (x - centre[1], y - centre[0]), axes, angle)
        turn = np.array([[np.sin(angle), np.cos(angle)], [np.cos(angle), np.sin(angle)]])
        reach = np.sqrt(turn**2 @ axes**2)
        edges = np.concatenate([centre - reach, centre + reach])
        seen = edges.clip(0, size)
        if np.prod(seen[2:] - seen[:2]) >= LEAST * np.prod(2 * reach):
            names = ("top", "left", "bottom", "right")
            boxes.append(dict(zip(names, np.round(seen, 1).tolist(), strict=True)) | {"label": kind})
    shade = 1 + rng.uniform(-0.04, 0.04, 3)
    bright = LIGHT * shade * np.exp(-density * rng.uniform(0.8, 1.2)) + rng.normal(0, 0.6, (size, size, 1))
    return bright.round().clip(0, 255).astype(np.uint8), boxes


def _place(
    rng: np.random.Generator, placed: list[tuple[float, float, float]], radius: float, *, overlap: float, size: int
) -> NDArray | None:
    """Return a centre that is far enough from all others, or None where there seems to be no room."""
    for _ in range(30):
        at = rng.uniform(-0.3 * radius, size + 0.3 * radius, 2)
        if all(np.hypot(*(at - other[:2])) >= (1 - overlap) * (radius + other[2]) for other in placed):
            return at
    return None


def _object(
    rng: np.random.Generator, kind: str, place: tuple[NDArray, NDArray], axes: NDArray, angle: float
) -> NDArray[np.float64]:
    x, y = place
    far = _radius(x, y, axes, angle)
    body = _disc(far, axes[0])
    dye = np.array(KINDS[kind].density)
    if kind == "red cell":
        # Thinner in the middle than at the rim.
        body = body * (1 - rng.uniform(0.3, 0.8) * np.exp(-((far / 0.45) ** 2)))
    density = body[..., None] * dye
    if kind == "white cell":
        lobes = rng.integers(1, 5)
        for turn in rng.uniform(0, 2 * np.pi) + np.arange(lobes) * 2 * np.pi / lobes:
            away = (0 if lobes == 1 else 0.42) * axes[1]
            lobe = np.full(2, axes[1] * (0.7 if lobes == 1 else 0.36))
            near = _radius(x - away * np.cos(turn), y - away * np.sin(turn), lobe, 0)
            density = np.maximum(density, _disc(near, lobe[0])[..., None] * NUCLEUS)
    return density


def _radius(x: NDArray, y: NDArray, axes: NDArray, angle: float) -> NDArray[np.float64]:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.hypot((cosine * x + sine * y) / axes[0], (cosine * y - sine * x) / axes[1])


def _disc(far: NDArray, radius: float) -> NDArray[np.float64]:
    return (0.5 + (1 - far) * radius).clip(0, 1)
