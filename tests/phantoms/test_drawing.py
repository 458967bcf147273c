import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.phantoms.drawing import Canvas, outline, texture, tree, wander
from workbench.phantoms.scene import paint


@settings(deadline=None, max_examples=30)
@given(
    radii=st.tuples(st.floats(8, 20), st.floats(8, 20)),
    rotation=st.floats(-180, 180),
    shift=st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
)
def test_an_ellipse_covers_its_area_wherever_it_lies(radii, rotation, shift):
    canvas = Canvas(64, 64.0, rotation, shift)
    covered = canvas.fill(outline((0, 0), radii, points=200))
    assert covered.sum() * canvas.spacing**2 == pytest.approx(np.pi * radii[0] * radii[1], rel=0.08)
    rows, columns = np.indices(covered.shape) - 31.5
    assert (covered * columns).sum() / covered.sum() == pytest.approx(shift[0], abs=0.3)
    assert (covered * rows).sum() / covered.sum() == pytest.approx(shift[1], abs=0.3)


def test_partial_volume():
    half = Canvas(4, 4.0).fill([(-2, -2), (0.5, -2), (0.5, 2), (-2, 2)])
    np.testing.assert_allclose(half[1], [1, 1, 0.5, 0], atol=0.26)


def test_overlapping_outlines_do_not_cancel():
    disc = outline((0, 0), (10, 10))
    np.testing.assert_array_equal(Canvas(32, 32.0).fill(disc, disc), Canvas(32, 32.0).fill(disc))


def test_a_stroke_is_as_wide_as_said():
    covered = Canvas(64, 64.0).stroke([([(-40, 0), (40, 0)], 6.0)])
    np.testing.assert_allclose(covered.sum(axis=0), 6, atol=0.8)


def test_positions_are_the_patients_own():
    canvas = Canvas(64, 64.0, 30, (4, -3))
    x, y = canvas.positions()
    covered = canvas.fill(outline((8, 5), (2, 2)))
    assert (covered * x).sum() / covered.sum() == pytest.approx(8, abs=0.2)
    assert (covered * y).sum() / covered.sum() == pytest.approx(5, abs=0.2)


def test_a_line_has_its_length():
    line = wander((1, 2), 40, 30, np.random.default_rng(0))
    assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(30)
    np.testing.assert_array_equal(line[0], (1, 2))


def test_branches_grow_thinner():
    branches = tree((0, 0), 0, 10, 4, np.random.default_rng(0), taper=0.5, generations=3)
    assert sorted(width for _, width in branches) == [1, 1, 1, 1, 2, 2, 4]


def test_textures_spectrum_falls_with_its_slope():
    power = np.mean(
        [
            np.abs(np.fft.fft2(texture(64, 1.0, np.random.default_rng(k), slope=1.5, coarsest=64))) ** 2
            for k in range(40)
        ],
        axis=0,
    )
    along = power[0, [2, 4, 8, 16]]
    np.testing.assert_allclose(np.diff(np.log2(along)), -3, atol=0.6)


def test_painting_mixes():
    values = np.array([0.0, 10.0, 20.0])
    paint(values, np.array([0.0, 0.5, 1.0]), 100.0)
    np.testing.assert_array_equal(values, [0, 55, 100])
