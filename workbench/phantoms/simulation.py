"""From a seed, a patient's number and an image's number to an image with its truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.checks import one_of
from workbench.images import Image, Step
from workbench.images.geometry import LPS

from . import breast, chest, head, limb
from .scene import Scene

#: Smallest side at which the lesions can still be told.
SMALLEST = 32
LARGEST = 1024


@dataclass(frozen=True)
class Anatomy:
    """One kind of simulated image.

    Parameters
    ----------
    number : int
        Its place in the random numbers' key.
    labels : tuple of str
        What a patient may have; the first is the absence of a lesion.
    modality, units, description : str
        Of its images.
    orientation : str
        Where slices, rows and columns increase: a radiograph is not seen from the feet.
    draw, expose : callable
        Make a scene, and an image of it.
    """

    number: int
    labels: tuple[str, ...]
    modality: str
    units: str
    description: str
    orientation: str
    draw: Callable[[str, int, np.random.Generator, np.random.Generator], Scene]
    expose: Callable[[Scene, np.random.Generator], NDArray]


@dataclass(frozen=True, eq=False)
class Phantom:
    """One simulated image and its truth.

    Parameters
    ----------
    image : Image
        With noise; its name begins with ``simulated``.
    mask : Image
        True in the lesion; False everywhere where there is none.
    label : str
        What the patient has.
    boxes : tuple of tuple of int
        Around each lesion: first row, first column, row and column after the last.
    """

    image: Image
    mask: Image
    label: str
    boxes: tuple[tuple[int, int, int, int], ...]


LOG = "log(sent/counted)"
#: The anatomies there are, by name.
DIRECTIONS = {
    letter: sign * np.eye(4)[axis]
    for axis, pair in enumerate(LPS)
    for letter, sign in zip(pair, (-1, 1), strict=True)
}
ORIGIN = np.eye(4)[3]
ANATOMIES = {
    "chest": Anatomy(
        0,
        chest.LABELS,
        "CT",
        "HU",
        "simulated chest CT slices, half with a nodule",
        "SPL",
        chest.draw,
        chest.expose,
    ),
    "head": Anatomy(
        1,
        head.LABELS,
        "CT",
        "HU",
        "simulated head CT: haemorrhage, ischaemia or none",
        "SPL",
        head.draw,
        head.expose,
    ),
    "limb": Anatomy(
        2,
        limb.LABELS,
        "DX",
        LOG,
        "simulated limb radiographs, half with a fracture",
        "PIL",
        limb.draw,
        limb.expose,
    ),
    "breast": Anatomy(
        3, breast.LABELS, "MG", LOG, "simulated mammograms, half with a mass", "LIP", breast.draw, breast.expose
    ),
}


def simulate(anatomy: str, *, patient: int, image: int = 0, size: int = 128, seed: int = 0) -> Phantom:
    """Simulate one image of one patient.

    Parameters
    ----------
    anatomy : str
        ``"chest"``, ``"head"``, ``"limb"`` or ``"breast"``.
    patient, image : int
        Their numbers, from 0. A patient keeps anatomy, label and lesion; images differ in level or projection,
        in how the patient lies, and in noise.
    size : int, optional
        Pixels along each side, 32 to 1024. The anatomy is the same at every size, the noise is not.
    seed : int, optional
        Of the whole study, 0 or more. The same seed gives the same pixels, however many patients there are.

    Returns
    -------
    Phantom
        Image, mask, label and boxes.

    Raises
    ------
    ValueError
        If there is no such anatomy, or a number is negative or `size` out of range.

    Examples
    --------
    >>> phantom = simulate("chest", patient=0)
    >>> phantom.image
    Image(128 x 128 int16, 2.75 x 2.75 mm, CT, HU, phantoms.simulate(...))
    >>> phantom.label, phantom.boxes
    ('no nodule', ())
    """
    one = ANATOMIES[one_of(anatomy, list(ANATOMIES), name="anatomy")]
    label = label_of(anatomy, patient=patient, seed=seed)
    where = {"patient": patient, "image": image, "size": size, "seed": seed}
    scene, view = _scene(one, label, **where)
    lesion = scene.lesion > 0.5
    facts = _facts(anatomy, one, scene.spacing, **where)
    pixels = Image(one.expose(scene, view), units=one.units, **facts)
    return Phantom(pixels, Image(lesion, **facts), label, boxes_of(lesion))


def simulate_image(anatomy: str, *, patient: int, image: int = 0, size: int = 128, seed: int = 0) -> Image:
    """Simulate one image of one patient, without its truth; see `simulate`.

    Returns
    -------
    Image
        With noise.
    """
    return simulate(anatomy, patient=patient, image=image, size=size, seed=seed).image


def simulate_mask(anatomy: str, *, patient: int, image: int = 0, size: int = 128, seed: int = 0) -> Image:
    """Return the mask of one image of one patient, which needs no scan; see `simulate`.

    Returns
    -------
    Image
        True in the lesion; False everywhere where there is none.
    """
    one = ANATOMIES[one_of(anatomy, list(ANATOMIES), name="anatomy")]
    given = {"patient": patient, "image": image, "size": size, "seed": seed}
    where = {name: _whole(number, name) for name, number in given.items()}
    lesion, spacing = _lesion(anatomy, **where)
    mask = np.unpackbits(lesion, axis=1, count=size).astype(bool)
    return Image(mask, **_facts(anatomy, one, spacing, **where))


def label_of(anatomy: str, *, patient: int, seed: int = 0) -> str:
    """Return a patient's label without simulating an image.

    Among each run of as many consecutive patients as there are labels, each label occurs once, in random order.

    Parameters
    ----------
    anatomy, patient, seed
        As in `simulate`.

    Returns
    -------
    str
        One of the anatomy's labels.

    Examples
    --------
    >>> sorted(label_of("head", patient=number) for number in range(3))
    ['haemorrhage', 'ischaemia', 'no lesion']
    """
    one = ANATOMIES[one_of(anatomy, list(ANATOMIES), name="anatomy")]
    for name, number in (("patient", patient), ("seed", seed)):
        _whole(number, name)
    block, place = divmod(patient, len(one.labels))
    order = np.random.default_rng([seed, one.number, block, 0]).permutation(len(one.labels))
    return one.labels[order[place]]


def boxes_of(mask: NDArray) -> tuple[tuple[int, int, int, int], ...]:
    """Return the box around a mask as a tuple of none or one.

    Examples
    --------
    >>> boxes_of(np.array([[False, False], [False, True]]))
    ((1, 1, 2, 2),)
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return ()
    return ((int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1),)


def _scene(
    one: Anatomy, label: str, *, patient: int, image: int, size: int, seed: int
) -> tuple[Scene, np.random.Generator]:
    _whole(image, "image")
    if not SMALLEST <= _whole(size, "size") <= LARGEST:
        raise ValueError(f"size must be from {SMALLEST} to {LARGEST} pixels, received {size}")
    person = np.random.default_rng([seed, one.number, patient, 1])
    view = np.random.default_rng([seed, one.number, patient, 2 + image])
    return one.draw(label, size, person, view), view


# A study asks for each lesion at least twice: for its boxes, and when its mask is read.
@lru_cache(maxsize=256)
def _lesion(anatomy: str, *, patient: int, image: int, size: int, seed: int) -> tuple[NDArray[np.uint8], float]:
    label = label_of(anatomy, patient=patient, seed=seed)
    scene, _ = _scene(ANATOMIES[anatomy], label, patient=patient, image=image, size=size, seed=seed)
    return np.packbits(scene.lesion > 0.5, axis=1), scene.spacing


def _facts(anatomy: str, one: Anatomy, spacing: float, **where: int) -> dict[str, Any]:
    options = {"anatomy": anatomy} | where
    return {
        "affine": np.column_stack([*(spacing * DIRECTIONS[letter] for letter in one.orientation), ORIGIN]),
        "modality": one.modality,
        "name": f"simulated {anatomy}, patient {where['patient']}, image {where['image']}",
        "history": (Step("phantoms.simulate", options),),
    }


def _whole(number: int, name: str) -> int:
    if not hasattr(number, "__index__") or isinstance(number, bool) or number < 0:
        raise ValueError(f"{name} must be a whole number, 0 or more, received {number!r}")
    return int(number)
