import numpy as np
import pytest

from workbench.features import ball, balls
from workbench.features.regions import bounding_box, region_of
from workbench.images import Image


def test_ball_is_round_in_millimetres():
    volume = Image(np.zeros((9, 21, 21)), spacing=(5, 2, 1))
    inside = ball(volume, centre=(4, 10, 10), radius=8)
    assert tuple(np.ptp(np.argwhere(inside), axis=0)) == (2, 8, 16)


def test_ball_ignores_channels_that_are_declared():
    assert ball(Image(np.zeros((4, 5, 3)), channel_axis=-1), centre=(1, 1), radius=1).shape == (4, 5)


def test_balls_are_named_in_order():
    made = balls(np.zeros((9, 9)), "liver: 2 2 1; left kidney: 6 6 1.5;")
    assert list(made) == ["liver", "left kidney"]
    np.testing.assert_array_equal(made["liver"], ball(np.zeros((9, 9)), centre=(2, 2), radius=1))


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ("", "at least one"),
        ("liver", "expected 'name: row column radius'"),
        ("liver: two 2 1", "expected 'name: row column radius'"),
        ("liver: 2 2 1; liver: 3 3 1", "twice"),
        ("liver: 2 99 1", "region 'liver': centre must be a place"),
        ("liver: 2 2 2 1", "region 'liver': centre must be a place"),
        ("liver: 2 2 0", "radius must be positive"),
    ],
)
def test_bad_places_raise(places, message):
    with pytest.raises(ValueError, match=message):
        balls(np.zeros((9, 9)), places)


def test_region_must_be_one():
    with pytest.raises(ValueError, match="labels 1, 2"):
        region_of([[1, 2]], shape=(1, 2))
    with pytest.raises(ValueError, match="finite"):
        region_of([[1.0, np.nan]], shape=(1, 2))


def test_bounding_box_cuts_nothing_off():
    inside = np.zeros((5, 6), bool)
    inside[1:3, 4] = True
    assert bounding_box(inside) == (slice(1, 3), slice(4, 5))
