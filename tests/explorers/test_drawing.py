import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.explorers.colors import COLORMAPS, color_table, label_colors
from workbench.explorers.drawing import blend, color, combine, edges, paint_labels, take
from workbench.explorers.pixels import encode
from workbench.images import Window
from workbench.images.picture import to_bytes


@pytest.mark.parametrize("kind", ["uint8", "uint16", "int16", "float32"])
@pytest.mark.parametrize("colormap", COLORMAPS)
def test_colours_are_the_window_then_the_table(kind, colormap):
    values = np.random.default_rng(0).uniform(0, 200, (9, 7)).astype(kind)
    pixels = encode(values)
    window = Window(90, 120)
    expected = color_table(colormap)[to_bytes(pixels.values(), window)]
    np.testing.assert_array_equal(color(pixels, pixels.stored, window, colormap), expected)


def test_colour_tables_are_matplotlibs():
    import matplotlib

    for name in COLORMAPS:
        np.testing.assert_array_equal(
            color_table(name), (matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).round()
        )
    with pytest.raises(ValueError, match="colormap"):
        color_table("jet")


def test_label_colours_are_distinct():
    colors = label_colors().astype(int)
    apart = np.abs(colors[:, None] - colors[None]).sum(-1)
    assert apart[~np.eye(len(colors), dtype=bool)].min() > 60


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 255), st.integers(0, 255), st.floats(0, 1))
def test_blending_lies_between_and_ends_at_both(below, above, opacity):
    mixed = int(blend(np.uint8([below]), np.uint8([above]), opacity)[0])
    assert abs(mixed - (below * (1 - opacity) + above * opacity)) <= 1.01
    assert blend(np.uint8([below]), np.uint8([above]), 0)[0] == below
    assert blend(np.uint8([below]), np.uint8([above]), 1)[0] == above


def test_labels_cover_only_themselves():
    picture = np.random.default_rng(0).integers(0, 256, (5, 6, 3), np.uint8)
    labels = np.zeros((5, 6), np.uint8)
    labels[1, 2], labels[3, 3] = 1, len(label_colors()) + 2
    painted = paint_labels(picture, labels, 1.0)
    np.testing.assert_array_equal(painted[labels == 0], picture[labels == 0])
    np.testing.assert_array_equal(painted[1, 2], label_colors()[0])
    np.testing.assert_array_equal(painted[3, 3], label_colors()[1])


def test_modes_show_what_they_say():
    first, second = np.zeros((10, 20, 3), np.uint8), np.full((10, 20, 3), 255, np.uint8)
    np.testing.assert_array_equal(combine(first, second, mode="single"), first)
    np.testing.assert_array_equal(combine(first, second, mode="swipe", mix=0.0), second)
    np.testing.assert_array_equal(combine(first, second, mode="swipe", mix=1.0), first)
    assert (combine(first, second, mode="blend", mix=0.5) == 128).all()
    board = combine(first, second, mode="checkerboard", tiles=4, spacing=(5.0, 1.0))
    # Squares of 5 mm are one row of 5 mm high and five columns of 1 mm wide.
    np.testing.assert_array_equal(board[:2, ::5, 0], [[0, 255, 0, 255], [255, 0, 255, 0]])
    with pytest.raises(ValueError, match="mode"):
        combine(first, second, mode="flicker")


@settings(deadline=None, max_examples=50)
@given(arrays("uint8", (6, 7), elements=st.integers(0, 3)))
def test_outlines_part_each_label_from_all_else(labels):
    found = edges(labels)
    assert set(found) == set(np.unique(labels[labels > 0]).tolist())
    padded = np.pad(labels, 1)
    for label, segments in found.items():
        inside = padded == label
        sides = (
            np.abs(np.diff(inside.astype(int), axis=0)).sum() + np.abs(np.diff(inside.astype(int), axis=1)).sum()
        )
        assert len(segments) == sides
        assert (np.abs(segments[:, 1] - segments[:, 0]).sum(1) == 1).all()


def test_planes_are_views_and_flipped_planes_stand_on_their_feet():
    volume = np.arange(24).reshape(2, 3, 4)
    for axis in range(3):
        plane = take(volume, axis, 1)
        assert np.shares_memory(plane, volume)
        np.testing.assert_array_equal(take(volume, axis, 1, flip=True), np.flipud(plane))
