"""Small squares about one lesion, benign or malignant: a nodule on CT, a mass on a mammogram."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.checks import one_of
from workbench.images import Image, Step

from .drawing import Canvas, outline, texture, tree, wander
from .physics import computed_tomography, radiograph
from .scene import paint

LESIONS = {"nodule": ("CT", "HU"), "mass": ("MG", "log(sent/counted)")}
LABELS = ("benign", "malignant")
SMALLEST, LARGEST = 24, 256
#: Place of the first kind in the random numbers' key, behind the anatomies.
FIRST_NUMBER = 100
MOST_SPICULES = 16
#: Millimetres along each side, and photons sent along each ray or towards each pixel.
CT_WIDTH, CT_PHOTONS = 40.0, 2.5e3
MG_WIDTH, MG_PHOTONS = 48.0, 2.5e4
LUNG, SOLID, GLASS, WALL, BLOOD = -860.0, 30.0, -560.0, 45.0, 42.0
#: Linear attenuation at about 20 keV, per mm, and the thickness of the compressed breast in mm.
ADIPOSE, GLAND, THICKNESS = 0.0456, 0.0802, 45.0


class Form(NamedTuple):
    """What distinguishes lesions, in degrees: no single one of these decides.

    Parameters
    ----------
    radius : float
        Mean half-axis in millimetres.
    slender : float
        Shorter by longer half-axis.
    wobble : float
        Irregularity of the edge, see `drawing.outline`.
    spicules : int
        Fine lines that leave the edge.
    soft : float
        Standard deviation of the edge's blur in millimetres.
    """

    radius: float
    slender: float
    wobble: float
    spicules: int
    soft: float


def simulate_lesion(
    kind: str, label: str, *, patient: int, image: int = 0, size: int = 48, seed: int = 0
) -> tuple[Image, Image]:
    """Simulate a square about one lesion, and its mask.

    Malignant lesions tend to be larger, more irregular, more spiculated and less sharply bounded. The classes
    overlap in each of these, and so in all of them together.

    Parameters
    ----------
    kind : str
        ``"nodule"``: 40 mm of lung on CT, in HU; ``"mass"``: 48 mm of a mammogram.
    label : str
        ``"benign"`` or ``"malignant"``.
    patient, image : int
        Their numbers, from 0. A patient keeps the lesion; images differ in section, position and noise.
    size : int, optional
        Pixels along each side, 24 to 256.
    seed : int, optional
        Of the whole study, 0 or more.

    Returns
    -------
    image, mask : Image
        With noise; True in the lesion.

    Raises
    ------
    ValueError
        If there is no such kind or label, or `size` is out of range.

    Examples
    --------
    >>> image, mask = simulate_lesion("nodule", "benign", patient=0)
    >>> image.units, image.shape, bool(mask.pixels[24, 24])
    ('HU', (48, 48), True)
    """
    one_of(kind, list(LESIONS), name="kind")
    one_of(label, LABELS, name="label")
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"size must be from {SMALLEST} to {LARGEST} pixels, received {size}")
    key = [seed, FIRST_NUMBER + list(LESIONS).index(kind), patient]
    person, view = np.random.default_rng([*key, 1]), np.random.default_rng([*key, 2 + image])
    modality, units = LESIONS[kind]
    nodule = kind == "nodule"
    form = _form(label, person)
    form = form._replace(radius=form.radius * view.uniform(0.85, 1.05))
    width = CT_WIDTH if nodule else MG_WIDTH
    canvas = Canvas(size, width, view.uniform(-12, 12), (view.uniform(-1.5, 1.5), view.uniform(-1.5, 1.5)))
    pixels, inside = (_nodule if nodule else _mass)(canvas, form, label, person, view)
    name = f"simulated {kind}, patient {patient}, image {image}"
    options = {"kind": kind, "label": label, "patient": patient, "image": image, "size": size, "seed": seed}
    facts: dict[str, Any] = {
        "spacing": (canvas.spacing,) * 2,
        "modality": modality,
        "name": name,
        "history": (Step("phantoms.simulate_lesion", options),),
    }
    return Image(pixels, units=units, **facts), Image(inside > 0.5, **facts)


def _form(label: str, person: np.random.Generator) -> Form:
    bad = label == "malignant"
    return Form(
        radius=float(np.clip(person.normal(8.0 if bad else 6.4, 1.4), 4.0, 11.0)),
        slender=person.uniform(0.72, 1.0),
        wobble=float(np.exp(person.normal(-2.1 if bad else -3.1, 0.4))),
        spicules=int(person.poisson(9.0 if bad else 1.5)),
        soft=float(np.exp(person.normal(-0.45 if bad else -0.95, 0.3))),
    )


def _drawn(
    canvas: Canvas, form: Form, person: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw a lesion: what its body covers, and its body with its spicules, blurred as its edge is."""
    radii = (form.radius, form.radius * form.slender)
    edge = outline((0, 0), radii, angle=person.uniform(0, 180), wobble=form.wobble, harmonics=7, rng=person)
    # As many draws whatever the number of spicules, so that the same patient's surroundings stay the same.
    places, reach = person.integers(0, len(edge), MOST_SPICULES), person.uniform(1.3, 2.0, MOST_SPICULES)
    spicules = [
        (np.array([0.8, length])[:, None] * edge[place], 0.9)
        for place, length in zip(places[: form.spicules], reach, strict=False)
    ]
    body = canvas.fill(edge)
    both = np.maximum(body, np.float32(0.75) * canvas.stroke(spicules))
    return body, cv2.GaussianBlur(both, (0, 0), form.soft / canvas.spacing)


def _vessels(canvas: Canvas, person: np.random.Generator) -> NDArray[np.float32]:
    half, branches = canvas.width / 2, []
    for _ in range(person.integers(1, 4)):
        at = np.deg2rad(person.uniform(0, 360))
        start = 1.3 * half * np.array([np.cos(at), np.sin(at)])
        inward = np.rad2deg(at) + 180 + person.normal(0, 25)
        branches += tree(start, inward, person.uniform(12, 20), person.uniform(1.6, 3.4), person, generations=3)
    for _ in range(person.integers(1, 6)):
        across = wander(person.uniform(-half, half, 2), person.uniform(0, 360), person.uniform(0.5, 2), person)
        branches.append((across, person.uniform(1.2, 2.6)))
    return canvas.stroke(branches)


def _nodule(
    canvas: Canvas, form: Form, label: str, person: np.random.Generator, view: np.random.Generator
) -> tuple[NDArray, NDArray]:
    body, covered = _drawn(canvas, form, person)
    grain = texture(canvas.size, canvas.spacing, person, slope=1.0, coarsest=30)
    values = (LUNG + person.normal(0, 20) + 25 * grain).astype(np.float32)
    paint(values, _vessels(canvas, person), BLOOD)
    if person.random() < 0.3:
        away = person.uniform(11, 16)
        wall = outline((0, 60 + away), (90, 60))
        turned = Canvas(canvas.size, canvas.width, person.uniform(0, 360))
        paint(values, turned.fill(wall), WALL)
    # Some are part solid, more often the malignant ones; a few benign ones hold calcium.
    glassy, chalky = person.random(2)
    density = person.normal(SOLID, 20)
    if glassy < (0.35 if label == "malignant" else 0.2):
        paint(values, covered, GLASS + person.normal(0, 60))
        core = cv2.GaussianBlur(canvas.fill(outline((0, 0), (form.radius / 2, form.radius / 2.6))), (0, 0), 1)
        paint(values, core, density)
    else:
        paint(values, covered, density)
    if chalky < 0.15 and label == "benign":
        spot = outline(person.normal(0, 0.8, 2), (form.radius / 4, form.radius / 4))
        paint(values, canvas.fill(spot), person.uniform(150, 400))
    noisy = computed_tomography(values, spacing=canvas.spacing, photons=CT_PHOTONS, rng=view)
    return np.round(noisy).clip(-1024, 3071).astype(np.int16), body


def _mass(
    canvas: Canvas, form: Form, label: str, person: np.random.Generator, view: np.random.Generator
) -> tuple[NDArray, NDArray]:
    body, covered = _drawn(canvas, form._replace(radius=form.radius * 1.15), person)
    cloud = texture(canvas.size, canvas.spacing, person, slope=1.5, coarsest=30)
    dense = np.clip(person.uniform(0.15, 0.35) + 0.12 * cloud, 0, 0.8)
    strands = [
        (wander(person.uniform(-24, 24, 2), person.uniform(0, 360), person.uniform(15, 45), person), 0.9)
        for _ in range(person.integers(3, 10))
    ]
    dense += 0.12 * cv2.GaussianBlur(canvas.stroke(strands), (0, 0), 0.5 / canvas.spacing)
    grain = texture(canvas.size, canvas.spacing, person, slope=1.0, coarsest=8)
    dense += covered * (person.uniform(0.22, 0.36) + 0.04 * grain)
    values = THICKNESS * (ADIPOSE + (GLAND - ADIPOSE) * dense.clip(0, 1))
    # Chalk: a cluster of grains more often in the malignant, single coarse ones in the benign.
    chalky, spread = person.random(), 2.2 if label == "malignant" else 5.0
    spots = person.normal(0, spread, (6, 2))
    if chalky < (0.4 if label == "malignant" else 0.15):
        values += 0.22 * canvas.fill(*[outline(spot, (0.45, 0.45)) for spot in spots])
    photons = MG_PHOTONS * np.exp(view.normal(0, 0.1))
    return radiograph(values, photons=photons, blur=0.5, rng=view), body
