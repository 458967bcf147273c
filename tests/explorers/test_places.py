import numpy as np
import pytest

from workbench.explorers.pixels import upright
from workbench.explorers.places import as_given, to_given
from workbench.images import Image, affine_from_spacing


@pytest.mark.parametrize("code", ["SPL", "RAS", "LIA", "PIR"])
def test_what_is_shown_and_what_was_given_are_the_same_voxels(code):
    labels = np.random.default_rng(0).integers(0, 5, (3, 4, 5)).astype(np.uint8)
    given = Image(labels, affine=affine_from_spacing((5, 1, 2))).oriented(code)
    shown = upright(given)
    np.testing.assert_array_equal(as_given(np.asarray(shown), shown, given), given.pixels)
    for index in np.ndindex(shown.shape):
        assert given.pixels[to_given(index, shown, given)] == shown.pixels[index]


def test_without_an_affine_nothing_moves():
    given = Image(np.arange(24).reshape(2, 3, 4))
    shown = upright(given)
    assert to_given((1, 2, 3), shown, given) == (1, 2, 3)
    copy = as_given(np.array(shown), shown, given)
    np.testing.assert_array_equal(copy, given)
