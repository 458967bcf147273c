from pathlib import Path

import numpy as np
import pytest

from workbench.images import ImageReadError
from workbench.images.frames import TILE, Frame
from workbench.images.tiles import laid_out

SLIDE = np.random.default_rng(0).integers(0, 256, (7, 11, 3)).astype(np.uint8)
PADDED = np.pad(SLIDE, ((0, 2), (0, 1), (0, 0)))
CORNERS = [(row, column) for row in (0, 3, 6) for column in (0, 4, 8)]


def cut(corners):
    tiles = np.stack([PADDED[row : row + 3, column : column + 4] for row, column in corners])
    facts = [dict(zip(TILE, (column + 1, row + 1), strict=True)) for row, column in corners]
    return tiles, [Frame(Path("a.dcm"), n, len(corners), (3, 4), fact) for n, fact in enumerate(facts)]


def test_full_tiles_come_row_by_row():
    tiles, frames = cut(CORNERS)
    np.testing.assert_array_equal(laid_out(tiles, frames, (7, 11), full=True), SLIDE)


def test_sparse_tiles_lie_where_they_say():
    tiles, frames = cut([*CORNERS[:3], *CORNERS[:3:-1]])
    expected = SLIDE.copy()
    expected[3:6, :4] = 0
    np.testing.assert_array_equal(laid_out(tiles, frames, (7, 11), full=False), expected)


@pytest.mark.parametrize("corners", [[*CORNERS, (0, 0)], [(0, 0), (0, 0)], [(0, 0), (9, 0)], [(-1, 0)]])
def test_tiles_of_more_than_one_picture_are_refused(corners):
    tiles, frames = cut([(max(row, 0) % 9, column) for row, column in corners])
    for frame, (row, column) in zip(frames, corners, strict=True):
        frame.facts.update(zip(TILE, (column + 1, row + 1), strict=True))
    with pytest.raises(ImageReadError, match="several focal planes"):
        laid_out(tiles[: len(corners)], frames, (7, 11), full=False)


def test_a_tile_without_a_place():
    tiles, frames = cut(CORNERS)
    frames[4].facts.clear()
    with pytest.raises(ImageReadError, match="frame 5: a tile without its place"):
        laid_out(tiles, frames, (7, 11), full=False)


@pytest.mark.parametrize("size", [(10**6, 10**6), (-1, 11)])
def test_a_slide_that_is_nearly_empty_is_damaged(size):
    tiles, frames = cut(CORNERS)
    with pytest.raises(ImageReadError, match="is it damaged"):
        laid_out(tiles, frames, size, full=True)
