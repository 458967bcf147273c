"""Radiographs of a limb with two long bones, with and without a fracture."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from .drawing import Canvas, texture
from .physics import radiograph
from .scene import Scene

LABELS = ("no fracture", "fracture")
WIDTH = 120.0
PHOTONS = 4e4
BLUR = 0.55
#: Linear attenuation at about 50 keV, per mm.
MUSCLE, FAT, BONE = 0.0235, 0.0205, 0.072


class Bone(NamedTuple):
    """A tube: centre, bow, outer radius, marrow radius as a fraction, flare at either end; in mm."""

    centre: float
    bow: float
    radius: float
    hollow: float
    flare: float


class Break(NamedTuple):
    """A fracture: place along the bone, slope, jaggedness, gap, sideways shift (mm) and angle (degrees)."""

    place: float
    slope: float
    phases: NDArray
    gap: float
    shift: float
    angle: float


def draw(label: str, size: int, person: np.random.Generator, view: np.random.Generator) -> Scene:
    """Draw one projection; `person` decides the anatomy, `view` the position of the limb."""
    canvas = Canvas(size, WIDTH, view.uniform(-12, 12), (view.uniform(-7, 7), 0))
    x, y = canvas.positions()
    y = y - np.float32(view.uniform(-8, 8))
    turn = view.uniform(-0.12, 0.12)
    wide = person.uniform(33, 49)
    values = _flesh(x, y, wide, person)
    apart = person.uniform(0.32, 0.48) * wide
    lean = person.uniform(-0.02, 0.02)
    grain = texture(size, canvas.spacing, person, slope=0.8, coarsest=9)
    bones = [
        Bone(
            -apart * (0.72 + turn),
            person.normal(0, 2.5),
            person.uniform(8.5, 13.0),
            person.uniform(0.42, 0.70),
            person.uniform(0.3, 0.8),
        ),
        Bone(
            apart * (1.0 - turn),
            person.normal(0, 2.5),
            person.uniform(4.8, 7.6),
            person.uniform(0.4, 0.6),
            person.uniform(0.2, 0.6),
        ),
    ]
    broken = int(person.random() < 0.35)
    density = person.uniform(0.6, 1.25)
    breaks = [_break(person, bone, view) for bone in bones]
    lines = person.uniform(-58, 58, (2, person.integers(0, 4)))
    canals = person.uniform(-25, 25, 2)
    lesion = np.zeros((size, size), np.float32)
    for number, bone in enumerate(bones):
        fracture = breaks[number] if label == "fracture" and number == broken else None
        depth, gap = _bone(x + lean * y, y, bone, fracture, grain=grain, lines=lines[number], canal=canals[number])
        values += density * (BONE - MUSCLE) * depth
        lesion = np.maximum(lesion, gap)
    return Scene(cv2.GaussianBlur(values, (0, 0), 0.35 / canvas.spacing), lesion, canvas.spacing)


def expose(scene: Scene, rng: np.random.Generator) -> NDArray[np.float32]:
    """Expose the detector, a little more or less than the last time."""
    photons = PHOTONS * np.exp(rng.normal(0, 0.4))
    # The detector knows the nominal exposure only, so the whole image is offset.
    return radiograph(scene.values, photons=photons, blur=BLUR, rng=rng) - np.float32(np.log(photons / PHOTONS))


def _flesh(x: NDArray, y: NDArray, wide: float, person: np.random.Generator) -> NDArray:
    swell = wide * (1 + 0.10 * np.sin(y / 48 + person.uniform(0, 6))) + 0.10 * y * person.normal(0, 1)
    middle = 1.5 * np.sin(y / 40 + person.uniform(0, 6))
    fat = person.uniform(2, 10)
    outer = _chord(x - middle, swell)
    inner = _chord(x - middle, swell - fat)
    muscle = inner * (1 + 0.03 * np.sin(x / 5 + 0.5 * np.sin(y / 30 + person.uniform(0, 6))))
    depth = person.uniform(0.68, 0.98)
    return (depth * (FAT * outer + (MUSCLE - FAT) * muscle)).astype(np.float32)


def _chord(across: NDArray, radius: NDArray | float) -> NDArray:
    """Length of a ray through a cylinder, at a distance from its axis."""
    return 2 * np.sqrt(np.maximum(np.square(radius) - np.square(across), 0))


def _break(person: np.random.Generator, bone: Bone, view: np.random.Generator) -> Break:
    """Draw a fracture; the other projection shows more or less of its displacement."""
    side = 1 if person.random() < 0.5 else -1
    return Break(
        place=person.uniform(-30, 30),
        slope=person.uniform(-0.8, 0.8),
        phases=person.uniform(0, 2 * np.pi, 3),
        gap=person.uniform(1.6, 3.0),
        shift=side * bone.radius * person.uniform(0.35, 0.9) * view.uniform(0.7, 1),
        angle=side * person.uniform(3, 12) * view.uniform(0.7, 1),
    )


def _bone(x: NDArray, y: NDArray, bone: Bone, fracture: Break | None, **inner: Any) -> tuple[NDArray, NDArray]:
    """Return millimetres of compact bone along each ray, and the fraction of each pixel in the fracture."""
    if fracture is None:
        return _tube(x, y, bone, **inner), np.zeros_like(x)
    across = x - bone.centre
    a, b, c = fracture.phases
    jagged = 1.6 * np.sin(across * 0.31 + a) + 0.8 * np.sin(across * 0.97 + b) + 0.35 * np.sin(across * 2.3 + c)
    beyond = y - fracture.place - fracture.slope * across - jagged
    angle = np.deg2rad(fracture.angle)
    hinge = y - fracture.place
    moved = bone.centre + np.cos(angle) * (across - fracture.shift) - np.sin(angle) * hinge
    along = fracture.place + np.cos(angle) * hinge + np.sin(angle) * (across - fracture.shift)
    upper, lower = _tube(x, y, bone, **inner), _tube(moved, along, bone, **inner)
    half = fracture.gap / 2
    depth = upper * _ramp(-beyond - half) + lower * _ramp(beyond - half)
    reach = bone.radius * 1.05 + abs(fracture.shift) / 2
    near = (np.abs(beyond) < half + 0.9) & (np.abs(across - fracture.shift / 2) < reach)
    return depth, near.astype(np.float32)


def _ramp(distance: NDArray) -> NDArray:
    """Rise from 0 to 1 over half a millimetre: an edge seen through the thickness of a bone is not sharp."""
    return np.clip(distance / 0.5 + 0.5, 0, 1)


def _tube(x: NDArray, y: NDArray, bone: Bone, *, grain: NDArray, lines: NDArray, canal: float) -> NDArray:
    across = x - bone.centre - bone.bow * np.cos(y / 45)
    end = np.clip((np.abs(y) - 22) / 45, 0, 1.2) ** 2
    outer = bone.radius * (1 + bone.flare * end)
    inner = outer * np.minimum(bone.hollow + 0.3 * end, 0.93)
    shell, marrow = _chord(across, outer), _chord(across, inner)
    spongy = (0.10 + 0.22 * end) * (1 + 0.35 * grain)
    growth = sum((0.18 * np.exp(-(((y - line) / 0.9) ** 2)) for line in lines if abs(line) > 28), np.zeros_like(y))
    depth = shell - marrow + marrow * np.clip(spongy + growth, 0, 1)
    # The nutrient canal: a thin dark line that runs along the shaft, not across it.
    place = across - 0.55 * outer + 0.12 * (y - canal)
    dark = np.exp(-((place / 0.7) ** 2)) * (np.abs(y - canal) < 9)
    return 0.9 * depth * (1 - 0.28 * dark)
