"""Locations: texts in a cohort's table that name an image which no file holds."""

from __future__ import annotations

from workbench import phantoms
from workbench.images import Image

from .embedded import load

SAMPLE, PHANTOM, PHANTOM_MASK = "sample:", "phantom:", "phantom-mask:"
#: How such a location begins.
PREFIXES = (SAMPLE, PHANTOM, PHANTOM_MASK)


def phantom_location(anatomy: str, *, seed: int, patient: int, image: int, size: int, mask: bool = False) -> str:
    """Name a simulated image, or its mask.

    Parameters
    ----------
    anatomy, seed, patient, image, size
        As in `phantoms.simulate`.
    mask : bool, optional
        Whether the mask is meant.

    Returns
    -------
    str
        For `resolve`.

    Examples
    --------
    >>> phantom_location("chest", seed=0, patient=7, image=2, size=128)
    'phantom:chest:0:7:2:128'
    """
    return f"{PHANTOM_MASK if mask else PHANTOM}{anatomy}:{seed}:{patient}:{image}:{size}"


def resolve(location: str) -> Image:
    """Make or load the image that a location names.

    Parameters
    ----------
    location : str
        ``sample:NAME``, ``phantom:ANATOMY:SEED:PATIENT:IMAGE:SIZE`` or the same with ``phantom-mask:``.

    Returns
    -------
    Image
        As `load` or `phantoms.simulate` gives it.

    Raises
    ------
    ValueError
        If the location is none of these.

    Examples
    --------
    >>> resolve("phantom-mask:chest:0:1:0:64").pixels.sum() > 0
    np.True_
    """
    if location.startswith(SAMPLE):
        return load(location.removeprefix(SAMPLE))
    kind, _, rest = location.partition(":")
    parts = rest.split(":")
    numbers = [int(part) for part in parts[1:] if part.isascii() and part.isdecimal()]
    if kind + ":" not in {PHANTOM, PHANTOM_MASK} or len(parts) != 5 or len(numbers) != 4:
        raise ValueError(
            "a location must be sample:NAME, or phantom: or phantom-mask: and ANATOMY:SEED:PATIENT:IMAGE:SIZE, "
            f"received {location!r}"
        )
    seed, patient, image, size = numbers
    make = phantoms.simulate_mask if kind + ":" == PHANTOM_MASK else phantoms.simulate_image
    return make(parts[0], patient=patient, image=image, size=size, seed=seed)
