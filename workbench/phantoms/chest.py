"""Axial CT slices of the chest, at the level of the heart and hila, with vessels and perhaps a nodule."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .drawing import Canvas, outline, texture, tree, wander
from .physics import computed_tomography
from .scene import Scene, paint

LABELS = ("no nodule", "nodule")
WIDTH = 352.0
PHOTONS = 6e4
AIR, FAT, MUSCLE, BLOOD, MARROW, CORTEX = -1000.0, -100.0, 55.0, 42.0, 190.0, 750.0


class Build(NamedTuple):
    """Half-axes of the trunk, its fat, and the size of the heart, in mm."""

    width: float
    depth: float
    fat: float
    heart: float


def draw(label: str, size: int, person: np.random.Generator, view: np.random.Generator) -> Scene:
    """Draw one slice; `person` decides the anatomy, `view` the level of the slice and how the patient lies."""
    build = Build(
        person.uniform(138, 164), person.uniform(96, 120), person.uniform(8, 24), person.uniform(0.85, 1.2)
    )
    level = view.uniform(-1, 1)
    canvas = Canvas(size, WIDTH, view.uniform(-4, 4), (view.uniform(-5, 5), view.uniform(-6, 6)))
    values = np.full((size, size), AIR, np.float32)
    _trunk(values, canvas, build, person, level)
    lungs = _lungs(build, person, level)
    cavity = canvas.fill(*lungs)
    grain = texture(size, canvas.spacing, person, slope=1.0, coarsest=60)
    _, y = canvas.positions()
    paint(values, cavity, -865 + person.normal(0, 20) + 22 * grain + 0.45 * y)
    vessels = _vessels(person, lungs)
    paint(values, cavity * canvas.stroke(vessels), BLOOD)
    _mediastinum(values, canvas, build, person, level)
    _spine(values, canvas, build, person)
    lesion = _opacities(values, canvas, lungs, cavity, label=label, person=person, level=level)
    return Scene(values, lesion, canvas.spacing)


def expose(scene: Scene, rng: np.random.Generator) -> NDArray:
    """Scan the slice; HU are whole numbers, as scanners store them."""
    noisy = computed_tomography(scene.values, spacing=scene.spacing, photons=PHOTONS, rng=rng)
    return np.round(noisy).clip(-1024, 3071).astype(np.int16)


def _trunk(values: NDArray, canvas: Canvas, build: Build, person: np.random.Generator, level: float) -> None:
    width, depth, fat, _ = build
    skin = outline((0, 0), (width, depth), squareness=2.5, wobble=0.012, rng=person)
    paint(values, canvas.fill(skin), 10)
    paint(values, canvas.fill(skin * (1 - 2.5 / width)), FAT)
    paint(values, canvas.fill(skin * [1 - fat / width, 1 - fat / depth]), MUSCLE)
    planes = [
        (outline((0, 0), (width - fat - 9, depth - fat - k), squareness=2.5)[start : start + 15], 1.8)
        for k, start in ((7, 2), (7, 19), (8, 38), (8, 55))
    ]
    paint(values, canvas.stroke(planes), FAT)
    cage = (width - fat - 19, depth - fat - 13)
    paint(values, canvas.fill(outline((0, 0), cage, squareness=2.3)), 20)
    phase = person.uniform(0, 30) + 8 * level
    shells, marrows = [], []
    for turn in np.arange(-75, 256, 33):
        if abs(turn + 90) < 25 or abs(turn - 90) < 22:
            continue
        a = np.deg2rad(turn + phase * (1 if np.cos(np.deg2rad(turn)) > 0 else -1) * 0.5)
        centre = ((cage[0] + 4) * np.cos(a), (cage[1] + 3) * np.sin(a))
        along = np.rad2deg(np.arctan2(cage[1] * np.cos(a), -cage[0] * np.sin(a)))
        length = person.uniform(9, 19)
        shells.append(outline(centre, (length, 5.0), angle=along))
        marrows.append(outline(centre, (length - 2.2, 2.8), angle=along))
    paint(values, canvas.fill(*shells), CORTEX)
    paint(values, canvas.fill(*marrows), MARROW)
    sternum = (0, -cage[1] - 3)
    paint(values, canvas.fill(outline(sternum, (19, 6), squareness=3)), 420)
    paint(values, canvas.fill(outline(sternum, (16, 3.8), squareness=3)), 120)
    for side in (-1, 1):
        blade = (side * (cage[0] * 0.72), cage[1] * 0.72 + 17)
        paint(values, canvas.fill(outline(blade, (26, 3.2), angle=-side * 33)), 560)


def _lungs(build: Build, person: np.random.Generator, level: float) -> list[NDArray]:
    width, depth, fat, heart = build
    outer = (width - fat - 25, depth - fat - 20)
    lungs = []
    for side in (-1, 1):
        # The patient's left lung (right in the picture) makes room for the heart.
        gap = (24 + 5 * level) if side < 0 else (30 + 20 * (heart - 1) + 9 * level)
        half = (outer[0] - gap) / 2
        shape = outline((side * (gap + half), 4), (half, outer[1]), squareness=2.35, wobble=0.022, rng=person)
        inner = side * shape[:, 0] < gap + half
        front = np.exp(-(((shape[:, 1] + 28) / 34) ** 2))
        bay = (6 if side < 0 else 20 * heart + 8 * level) * front
        hilum = 9 * np.exp(-(((shape[:, 1] - 14) / 13) ** 2))
        shape[:, 0] += np.where(inner, side * (bay + hilum), 0)
        lungs.append(shape)
    return lungs


def _vessels(person: np.random.Generator, lungs: list[NDArray]) -> list[tuple[NDArray, float]]:
    branches = []
    for side, lung in zip((-1, 1), lungs, strict=True):
        inner = lung[np.argmin(np.abs(lung[:, 1] - 10) + 3 * side * lung[:, 0])]
        for heading in np.linspace(-72, 72, person.integers(3, 6)) + person.normal(0, 8):
            start = (inner[0] - side * 4, person.uniform(2, 22))
            direction = heading if side > 0 else 180 - heading
            branches += tree(
                start,
                direction,
                person.uniform(26, 40),
                person.uniform(4, 6),
                person,
                spread=24,
                taper=0.64,
                generations=3,
            )
    for lung in lungs:
        middle = lung.mean(axis=0)
        for _ in range(person.integers(5, 16)):
            # Vessels that cross the slice.
            at = middle + person.uniform(0.2, 0.9) * (lung[person.integers(len(lung))] - middle)
            branches.append(
                (wander(at, person.uniform(0, 360), person.uniform(1, 5), person), person.uniform(1.5, 3.2))
            )
    return branches


def _mediastinum(values: NDArray, canvas: Canvas, build: Build, person: np.random.Generator, level: float) -> None:
    heart = build.heart
    top = -build.depth + build.fat
    paint(values, canvas.fill(outline((2, top + 42), (24, 22), wobble=0.05, rng=person)), -85)
    centre = (14 + 4 * level, -24 + 5 * level)
    muscle = outline(centre, ((45 + 5 * level) * heart, 37 * heart), angle=28, wobble=0.035, rng=person)
    paint(values, canvas.fill(muscle), FAT)
    paint(values, canvas.fill((muscle - centre) * 0.94 + centre), BLOOD)
    wall = outline((centre[0] + 15, centre[1] + 6), (22 * heart, 16 * heart), angle=32, wobble=0.03, rng=person)
    paint(values, canvas.fill(wall), BLOOD + 12)
    paint(values, canvas.fill((wall - wall.mean(axis=0)) * 0.66 + wall.mean(axis=0)), BLOOD - 6)
    paint(values, canvas.fill(outline((0, 17), (27, 24), wobble=0.04, rng=person)), 5)
    aorta = person.uniform(11, 15)
    paint(values, canvas.fill(outline((19, 42), (aorta, aorta), wobble=0.012, rng=person)), BLOOD + 3)
    if person.random() < 0.5:
        paint(values, canvas.fill(outline((19 + aorta - 1.5, 43), (1.7, 5))), 500)
    paint(values, canvas.fill(outline((-14, -13), (12, 10), wobble=0.03, rng=person)), BLOOD)
    paint(values, canvas.fill(outline((2, 34), (7, 5.5), wobble=0.05, rng=person)), 38)
    for side in (-1, 1):
        at = (side * (16 + 4 * level), 17 + person.normal(0, 2))
        paint(values, canvas.fill(outline(at, (8, 6.2), angle=side * 25)), 30)
        paint(values, canvas.fill(outline(at, (6.3, 4.6), angle=side * 25)), AIR)
        paint(values, canvas.fill(outline((at[0] + side * 11, at[1] + 9), (9, 7), wobble=0.05, rng=person)), BLOOD)


def _spine(values: NDArray, canvas: Canvas, build: Build, person: np.random.Generator) -> None:
    y = 60 + person.normal(0, 2)
    paint(values, canvas.fill(outline((0, y + 28), (46, 26), squareness=2.6)), MUSCLE)
    for side in (-1, 1):
        paint(values, canvas.fill(outline((side * 20, y + 24), (22, 5.2), angle=side * 12)), 430)
        neck = outline((side * 44, y + 22), (10, 5), angle=side * 25)
        paint(values, canvas.fill(neck), CORTEX - 150)
        paint(values, canvas.fill((neck - neck.mean(axis=0)) * 0.62 + neck.mean(axis=0)), MARROW)
    body = outline((0, y), (18, 14.5), squareness=2.5, wobble=0.012, rng=person)
    density = person.uniform(120, 240)
    paint(values, canvas.fill(body), 520)
    paint(values, canvas.fill((body - [0, y]) * 0.87 + [0, y]), density)
    paint(values, canvas.fill(outline((0, y + 21), (14, 11), squareness=2.6)), 560)
    paint(values, canvas.fill(outline((0, y + 20), (9.5, 7.6))), 25)
    paint(values, canvas.fill(outline((0, y + 20), (5, 4.2))), 42)
    paint(values, canvas.fill(outline((0, y + 37), (3.2, 13))), 480)


def _opacities(
    values: NDArray,
    canvas: Canvas,
    lungs: list[NDArray],
    cavity: NDArray,
    *,
    label: str,
    person: np.random.Generator,
    level: float,
) -> NDArray[np.float32]:
    """Paint scars and a nodule, or more scars of as much area and density: no histogram tells them apart."""
    radius = person.uniform(11, 15)
    density = person.uniform(-10, 60)
    nodule = outline((0, 0), (radius, radius * person.uniform(0.85, 1.0)), wobble=0.06, harmonics=7, rng=person)
    spicules = [
        (np.array([0.8, person.uniform(1.2, 1.7)])[:, None] * nodule[k], 1.2)
        for k in person.integers(0, len(nodule), person.integers(0, 9))
    ]
    lung = lungs[person.integers(2)]
    middle = lung.mean(axis=0)
    at = middle + person.uniform(0.3, 0.6) * (lung[person.integers(len(lung))] - middle)
    through = np.sqrt(1 - (0.5 * level) ** 2)
    scars = []
    area = np.pi * radius**2 * person.uniform(0.9, 1.1)
    left = area * (person.uniform(0.2, 0.8) + (label == "no nodule"))
    while left > 0:
        width = person.uniform(2.0, 3.2)
        length = min(left / width, person.uniform(30, 75))
        hold = lungs[person.integers(2)]
        start = hold[person.integers(len(hold))]
        inward = np.rad2deg(np.arctan2(*(hold.mean(axis=0) - start)[::-1])) + person.normal(0, 25)
        scars.append((wander(start, inward, length, person, bend=6), width * through))
        left -= length * width
    paint(values, cavity * canvas.stroke(scars), density)
    if label == "no nodule":
        return np.zeros_like(values)
    covered = canvas.fill(nodule * through + at)
    paint(values, cavity * canvas.stroke([(line * through + at, width) for line, width in spicules]), density)
    paint(values, covered, density)
    return covered
