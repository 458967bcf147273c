"""Axial CT slices of the head at the level of the lateral ventricles: haemorrhage, ischaemia or neither."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .drawing import Canvas, outline, texture, wander
from .physics import computed_tomography
from .scene import Scene, paint

LABELS = ("no lesion", "haemorrhage", "ischaemia")
WIDTH = 230.0
PHOTONS = 9e5
AIR, FAT, GREY, WHITE, FLUID, TABLE, DIPLOE = -1000.0, -90.0, 39.0, 29.0, 6.0, 1250.0, 600.0


def draw(label: str, size: int, person: np.random.Generator, view: np.random.Generator) -> Scene:
    """Draw one slice; `person` decides the anatomy, `view` the level of the slice and how the head lies."""
    level = view.uniform(-1, 1)
    canvas = Canvas(size, WIDTH, view.uniform(-7, 7), (view.uniform(-6, 6), view.uniform(-5, 5)))
    values = np.full((size, size), AIR, np.float32)
    radii = np.array([person.uniform(64, 73), person.uniform(80, 91)]) * (1 - 0.02 * level)
    brain = outline((0, 0), radii, squareness=2.12, wobble=0.008, rng=person)
    brain[:, 0] *= 1 + 0.05 * brain[:, 1] / radii[1]
    _skull(values, canvas, brain, radii, person)
    inside = canvas.fill(brain * 0.985)
    tissue = _parenchyma(canvas, brain, radii, person)
    _ventricles(tissue, canvas, radii, person, level)
    lesion = _lesion(tissue, canvas, radii, label=label, person=person, level=level)
    _dura(tissue, canvas, radii, person)
    paint(values, inside, tissue + person.normal(0, 2.0) + view.normal(0, 0.5))
    return Scene(values, lesion * inside, canvas.spacing)


def expose(scene: Scene, rng: np.random.Generator) -> NDArray:
    """Scan the slice; HU are whole numbers, as scanners store them."""
    noisy = computed_tomography(scene.values, spacing=scene.spacing, photons=PHOTONS, rng=rng)
    return np.round(noisy).clip(-1024, 3071).astype(np.int16)


def _skull(values: NDArray, canvas: Canvas, brain: NDArray, radii: NDArray, person: np.random.Generator) -> None:
    thickness, scalp = person.uniform(5, 8.5), person.uniform(4, 8)

    def grown(by: float) -> NDArray:
        return brain * (1 + by / radii)

    skin = grown(thickness + scalp)
    paint(values, canvas.fill(skin), 35)
    paint(values, canvas.fill(grown(thickness + scalp - 2.2)), FAT)
    paint(values, canvas.fill(grown(thickness + 1.6)), 40)
    muscle = person.uniform(3, 9)
    for side in (-1, 1):
        at = (side * (radii[0] + thickness + 0.5), -radii[1] * 0.28)
        paint(values, canvas.fill(outline(at, (muscle, 27), angle=side * -9)), 58)
    paint(values, canvas.fill(grown(thickness)), TABLE)
    paint(values, canvas.fill(grown(thickness * 0.72)), DIPLOE + person.normal(0, 80))
    paint(values, canvas.fill(grown(thickness * 0.3)), TABLE)
    paint(values, canvas.fill(grown(0.0)), FLUID + 4)


def _parenchyma(canvas: Canvas, brain: NDArray, radii: NDArray, person: np.random.Generator) -> NDArray:
    size = canvas.size
    tissue = np.full((size, size), FLUID, np.float32)
    atrophy = person.uniform(0.6, 1.5)
    paint(tissue, canvas.fill(brain * (0.985 - 0.012 * atrophy)), GREY)
    paint(tissue, canvas.fill(brain * 0.88), WHITE)
    sulci = []
    turns = np.linspace(0, 2 * np.pi, 34, endpoint=False) + person.normal(0, 0.045, 34)
    for turn in turns:
        start = 0.99 * radii * [np.cos(turn), np.sin(turn)]
        inward = np.rad2deg(np.arctan2(-start[1], -start[0])) + person.normal(0, 16)
        sulci.append(wander(start, inward, person.uniform(9, 24), person, bend=15))
    for side in (-1, 1):
        sulci.append(wander((side * radii[0], -14), 90 + side * 68, 27, person, bend=9))
    for y, heading in ((-1, 90), (1, -90)):
        sulci.append(wander((0, y * radii[1]), heading, 0.5 * radii[1], person, bend=1.5))
    paint(tissue, canvas.stroke([(line, 8.5) for line in sulci]), GREY)
    widths = person.uniform(0.8, 2.4, len(sulci)) * atrophy
    widths[-4:-2] += 1.2
    paint(tissue, canvas.stroke(list(zip(sulci, widths, strict=True))), FLUID)
    for side in (-1, 1):
        for centre, size_, angle in (
            ((12.5, -21), (4.8, 8.5), -20),
            ((25, -6), (7.5, 15), -12),
            ((11, 11), (8.5, 11.5), 25),
        ):
            nucleus = outline((side * centre[0], centre[1]), size_, angle=side * angle, wobble=0.02, rng=person)
            paint(tissue, canvas.fill(nucleus), GREY + 1)
        rim = wander((side * 35, -20), 90, 30, person, bend=6)
        paint(tissue, canvas.stroke([(rim, 3.5)]), GREY)
    return tissue + 0.8 * texture(size, canvas.spacing, person, slope=1.2, coarsest=70)


def _ventricles(
    tissue: NDArray, canvas: Canvas, radii: NDArray, person: np.random.Generator, level: float
) -> None:
    large = person.uniform(0.75, 1.5)
    shapes = []
    for side in (-1, 1):
        horn = np.array([(2.5, -16), (4, -29), (10, -36), (13, -33), (8.5, -22), (4.5, -10)], float)
        back = np.array([(11, 15), (15, 20), (21, 33), (21, 45), (17.5, 43), (15, 31), (9.5, 21)], float)
        for shape in (horn, back):
            middle = shape.mean(axis=0)
            grown = middle + (shape - middle) * [large, 0.55 + 0.45 * large] * (1 + 0.12 * level)
            shapes.append(_smooth(grown * [side * person.uniform(0.92, 1.08), 1]))
        if level > 0.2:
            shapes.append(outline((side * 9, 0), (3.5 * large, 19), angle=side * -12))
    shapes.append(outline((0, 2), (1.3 * large, 11)))
    shapes.append(outline((0, 30), (8, 3.5), squareness=1.4))
    cavities = canvas.fill(*shapes)
    # Leukoaraiosis: white matter around the ventricles darkens with age, as much as in ischaemia.
    halo = cv2.GaussianBlur(cavities, (0, 0), 7 / canvas.spacing)
    tissue -= person.uniform(0, 15) * np.clip(2.5 * halo, 0, 1)
    paint(tissue, cavities, FLUID)
    if person.random() < 0.7:
        paint(tissue, canvas.fill(outline((0, 23), (2.2, 2.0))), person.uniform(80, 220))
    for side in (-1, 1):
        if person.random() < 0.7:
            at = (side * 17.5, 30)
            paint(tissue, canvas.fill(outline(at, (2.2, 4), angle=side * -20)), person.uniform(60, 200))


def _dura(tissue: NDArray, canvas: Canvas, radii: NDArray, person: np.random.Generator) -> None:
    """Paint falx and sinus, as bright as fresh blood: what tells a haemorrhage is its shape."""
    thick = person.uniform(1.0, 3.2)
    falx = [(np.array([(0, y * radii[1]), (0, y * radii[1] * 0.52)]), thick) for y in (-1, 1)]
    paint(tissue, canvas.stroke(falx), person.uniform(52, 68))
    wide = person.uniform(4, 13)
    sinus = np.array([(-wide, radii[1]), (wide, radii[1]), (0, radii[1] - 1.3 * wide)])
    paint(tissue, canvas.fill(sinus), person.uniform(52, 68))
    rim = outline((0, 0), radii * 0.985, squareness=2.12)
    starts = person.integers(0, len(rim), 3)
    bands = [np.roll(rim, -start, axis=0)[: person.integers(8, 20)] for start in starts]
    paint(tissue, canvas.stroke([(band, person.uniform(1.5, 7.0)) for band in bands]), person.uniform(50, 66))


def _lesion(
    tissue: NDArray, canvas: Canvas, radii: NDArray, *, label: str, person: np.random.Generator, level: float
) -> NDArray[np.float32]:
    side = 1 if person.random() < 0.5 else -1
    through = np.sqrt(1 - (0.6 * level) ** 2)
    spread = person.uniform(9, 15)
    deep = person.random() < 0.5
    at = np.array([side * 25.0, 2.0]) if deep else radii * [side * 0.6, person.uniform(-0.5, 0.55)]
    at = at + person.normal(0, 3, 2)
    blood = outline(at, (spread * through, spread * through * person.uniform(0.7, 1)), wobble=0.1, rng=person)
    density = person.uniform(57, 72)
    start, wide = person.uniform(-35, 20), person.uniform(45, 68)
    rays = np.deg2rad(np.linspace(start, start + wide, 12))
    arc = np.stack([side * np.cos(rays), np.sin(rays)], axis=-1) * radii
    territory = np.concatenate(
        [arc * 1.02, arc[::-1] * person.uniform(0.28, 0.42) + person.normal(0, 1.5, (12, 2))]
    )
    loss = person.uniform(10, 15)
    if label == "haemorrhage":
        covered = canvas.fill(blood)
        swelling = canvas.fill((blood - at) * 1.3 + at)
        paint(tissue, swelling * 0.8, 20.0)
        paint(tissue, covered, density + 3 * texture(canvas.size, canvas.spacing, person, slope=1, coarsest=20))
        return covered
    if label == "ischaemia":
        covered = canvas.fill(territory)
        soft = cv2.GaussianBlur(covered, (0, 0), 3.0 / canvas.spacing)
        # Swelling closes the sulci before the tissue darkens.
        paint(tissue, soft * 0.75, np.maximum(tissue, 27))
        tissue -= soft * loss
        return covered
    return np.zeros_like(tissue)


def _smooth(corners: NDArray) -> NDArray:
    """Round a polygon off (Chaikin's corner cutting)."""
    for _ in range(3):
        following = np.roll(corners, -1, axis=0)
        corners = np.stack([0.75 * corners + 0.25 * following, 0.25 * corners + 0.75 * following], 1).reshape(
            -1, 2
        )
    return corners
