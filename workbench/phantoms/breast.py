"""Mammogram-like images (mediolateral oblique) with fibroglandular texture, with and without a mass."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .drawing import Canvas, outline, texture, tree, wander
from .physics import radiograph
from .scene import Scene, paint

LABELS = ("no mass", "mass")
WIDTH = 180.0
PHOTONS = 2.5e5
BLUR = 0.5
#: Linear attenuation at about 20 keV, per mm.
ADIPOSE, GLAND, SKIN = 0.0456, 0.0802, 0.080


def draw(label: str, size: int, person: np.random.Generator, view: np.random.Generator) -> Scene:
    """Draw one view; `person` decides the anatomy, `view` the compression and position."""
    canvas = Canvas(size, WIDTH, view.uniform(-5, 5), (view.uniform(-3, 3), view.uniform(-7, 7)))
    chest_wall = -WIDTH / 2 + 2
    reach, tall = person.uniform(85, 130), person.uniform(62, 80)
    squeeze = view.uniform(0.94, 1.06)
    breast = _shape(chest_wall, reach * squeeze, tall * squeeze, person)
    inside = canvas.fill(breast)
    thickness = person.uniform(38, 60) / squeeze
    edge = cv2.distanceTransform((inside > 0.5).astype(np.uint8), cv2.DIST_L2, 5) * canvas.spacing
    edge[:, : size // 12] = np.maximum(edge[:, : size // 12], edge[:, size // 12][:, None])
    # The compressed breast is flat within, and round where it leaves the paddle.
    height = thickness * np.sqrt(np.clip(1 - (1 - np.clip(edge / (thickness * 0.42), 0, 1)) ** 2, 0.02, 1))
    dense = _gland(canvas, chest_wall, reach, tall, person)
    lesion, extra = _densities(canvas, label, wall=chest_wall, reach=reach, tall=tall, person=person)
    dense = np.clip(dense + extra, 0, 0.95)
    values = inside * height * (ADIPOSE + (GLAND - ADIPOSE) * dense)
    rim = canvas.stroke([(np.vstack([breast, breast[:1]]), 2.0)])
    values += rim * inside * (SKIN - ADIPOSE) * 9
    values = _muscle(values, canvas, chest_wall, thickness, person) * (inside > 0)
    if person.random() < 0.5:
        spots = np.stack([person.uniform(-45, 5, 4), person.uniform(-35, 35, 4)], axis=-1)
        values += canvas.fill(*[outline(spot, (0.8, 0.8)) for spot in spots]) * 0.5
    values = values.astype(np.float32)
    if person.random() < 0.5:
        values, lesion = values[:, ::-1].copy(), lesion[:, ::-1].copy()
    return Scene(values, lesion, canvas.spacing)


def expose(scene: Scene, rng: np.random.Generator) -> NDArray:
    """Expose the detector, a little more or less than the last time."""
    photons = PHOTONS * np.exp(rng.normal(0, 0.15))
    return radiograph(scene.values, photons=photons, blur=BLUR, rng=rng)


def _shape(wall: float, reach: float, tall: float, person: np.random.Generator) -> NDArray:
    turn = np.linspace(-np.pi / 2, np.pi / 2, 90)
    droop = person.uniform(4, 16)
    x = wall - 8 + (reach + 8) * np.cos(turn) ** 0.85
    y = tall * np.sin(turn) + droop * np.cos(turn) ** 2
    nipple = 5.5 * np.exp(-(((turn - person.normal(0, 0.06)) / 0.055) ** 2))
    armpit = wall + reach * person.uniform(0.45, 0.62)
    upper = np.array([(wall - 40, -110.0), (armpit, -110.0)])
    lower = np.array([(wall - 40, tall + 4.0)])
    return np.concatenate([upper, np.stack([x + nipple, y], axis=-1)[22:], lower])


def _gland(canvas: Canvas, wall: float, reach: float, tall: float, person: np.random.Generator) -> NDArray:
    x, y = canvas.positions()
    cloud = texture(canvas.size, canvas.spacing, person, slope=1.45, coarsest=55)
    fine = texture(canvas.size, canvas.spacing, person, slope=0.9, coarsest=18)
    along = (x - wall) / reach
    cone = np.exp(-(((along - person.uniform(0.48, 0.62)) / 0.27) ** 2))
    cone = cone * np.exp(-(((y - person.normal(0, 6)) / (tall * person.uniform(0.42, 0.6))) ** 2))
    amount = person.uniform(0.15, 0.75)
    dense = cone * (amount + 0.22 * cloud) + 0.05 * fine * cone
    strands = []
    nipple = np.array([wall + reach, 8.0])
    for heading in 180 + np.linspace(-34, 34, 11) + person.normal(0, 4, 11):
        strands += tree(nipple, heading, person.uniform(18, 28), 2.2, person, spread=14, generations=3)
    for _ in range(16):
        start = (wall + reach * person.uniform(0.05, 0.8), tall * person.uniform(-0.8, 0.8))
        strands.append((wander(start, person.uniform(0, 360), person.uniform(12, 45), person), 1.0))
    threads = cv2.GaussianBlur(canvas.stroke(strands), (0, 0), 0.8 / canvas.spacing)
    return np.clip(0.06 + dense, 0.0, 0.9) + 0.16 * threads


def _densities(
    canvas: Canvas,
    label: str,
    *,
    wall: float,
    reach: float,
    tall: float,
    person: np.random.Generator,
) -> tuple[NDArray, NDArray]:
    """Draw a ragged patch of dense tissue, and a mass or another patch, so that no histogram tells them apart."""
    radius = person.uniform(8.5, 13.5)
    at = (wall + reach * person.uniform(0.25, 0.68), tall * person.uniform(-0.5, 0.5))
    lobes = outline((0, 0), (radius, radius * person.uniform(0.8, 1)), wobble=0.07, harmonics=6, rng=person)
    spicules = [
        (np.array([0.7, person.uniform(1.3, 2.1)])[:, None] * lobes[k] + at, 1.1)
        for k in person.integers(0, len(lobes), person.integers(0, 14))
    ]
    strength = person.uniform(0.5, 0.7)
    elsewhere = (wall + reach * person.uniform(0.25, 0.68), tall * person.uniform(-0.5, 0.5))
    here, there = (
        outline(middle, (radius * person.uniform(1.5, 2.2), radius * 1.6), wobble=0.15, rng=person)
        for middle in (at, elsewhere)
    )
    cloud = texture(canvas.size, canvas.spacing, person, slope=1.1, coarsest=10)
    soft = 0.9 / canvas.spacing
    mottled = np.clip(0.4 + 0.5 * cloud, 0, 1)

    def ragged(*patches: NDArray) -> NDArray:
        return mottled * cv2.GaussianBlur(canvas.fill(*patches), (0, 0), 4 * soft)

    if label == "no mass":
        return np.zeros_like(mottled), strength * ragged(here, there)
    covered = canvas.fill(lobes + at)
    mass = cv2.GaussianBlur(np.maximum(covered, 0.4 * canvas.stroke(spicules)), (0, 0), soft)
    return covered, strength * np.maximum(mass, ragged(there))


def _muscle(
    values: NDArray, canvas: Canvas, wall: float, thickness: float, person: np.random.Generator
) -> NDArray:
    wide, long = person.uniform(38, 62), person.uniform(85, 135)
    top = -95.0
    line = np.linspace(0, 1, 12)[:, None]
    border = (1 - line) * [wall + wide, top] + line * [wall - 6, top + long]
    border[:, 0] += person.uniform(3, 8) * np.sin(np.pi * line[:, 0])
    pectoral = canvas.fill(np.concatenate([border, [(wall - 40, top + long), (wall - 40, top)]]))
    pectoral = cv2.GaussianBlur(pectoral, (0, 0), 0.8 / canvas.spacing)
    values = values.copy()
    paint(values, 0.62 * pectoral, thickness * person.uniform(0.9, 1.02) * GLAND)
    return values
