import numpy as np
import pytest

from workbench.images import Image
from workbench.images.spacings import own_spacing, voxel_edges

IMAGE = Image(np.zeros((2, 2)), spacing=(2, 1))


@pytest.mark.parametrize(
    ("image", "given", "expected"),
    [
        (IMAGE, None, (2.0, 1.0)),
        (IMAGE, (2.0, 1.0), (2.0, 1.0)),
        (np.zeros((2, 2)), (3.0, 4.0), (3.0, 4.0)),
        (np.zeros((2, 2)), None, None),
        (Image(np.zeros((2, 2))), None, None),
    ],
)
def test_an_image_brings_its_spacing_and_an_array_is_given_one(image, given, expected):
    assert own_spacing(image, given) == expected
    assert voxel_edges(image, given, 2) == (expected or (1.0, 1.0))


def test_a_spacing_that_contradicts_the_image_is_refused():
    for given in ((3.0, 4.0), (2.0, 1.0, 1.0)):
        with pytest.raises(ValueError, match=r"the image's spacing is \(2.0, 1.0\) mm, received .*leave it out"):
            own_spacing(IMAGE, given)


def test_edges_are_one_for_each_axis():
    with pytest.raises(ValueError, match="spacing must be 3 positive lengths"):
        voxel_edges(IMAGE, None, 3)
