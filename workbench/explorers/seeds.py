"""Seeds: places that were clicked, as functions take them and as the canvas marks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .slices import Slices

COLORS = {"inside": "#ffffff", "seeds": "#ffffff", "outside": "#ff5c5c"}


class Seed(NamedTuple):
    """A click: what it marks, where in what functions act on, and where it is seen."""

    kind: str
    place: tuple[int, ...]
    plane: tuple[str, int]
    row: int
    column: int


class Seeds:
    """The clicks made so far.

    Parameters
    ----------
    slices : Slices
        The plane that is clicked on.
    """

    def __init__(self, slices: Slices) -> None:
        self.slices = slices
        self.all: list[Seed] = []

    def add(self, kind: str, row: int, column: int) -> None:
        """Keep a click on the shown plane."""
        place = self.slices.voxel(row, column) if self.slices.acts_on_volume else (row, column)
        self.all.append(Seed(kind, place, self.slices.place, row, column))

    def put(self, kind: str, place: Sequence[int]) -> None:
        """Keep a place of the image, and show the plane in which it lies."""
        row, column = self.slices.show(tuple(place)) if len(place) == 3 else place
        self.add(kind, int(row), int(column))

    def forget(self) -> None:
        """Keep none."""
        self.all = []

    def options(self, kinds: Sequence[str]) -> dict[str, list[tuple[int, ...]]]:
        """Return the places of each kind that has some."""
        places = {kind: [seed.place for seed in self.all if seed.kind == kind] for kind in kinds}
        return {kind: found for kind, found in places.items() if found}

    def boxes(self) -> list[dict[str, Any]]:
        """Return marks for those on the shown plane."""
        return [
            {"top": seed.row - 1, "left": seed.column - 1, "bottom": seed.row + 2, "right": seed.column + 2,
             "color": COLORS[seed.kind]}
            for seed in self.all if seed.plane == self.slices.place
        ]  # fmt: skip
