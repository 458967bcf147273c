"""What functions say about their results reaches the Image: units, and that voxels have moved."""

from functools import partial

import numpy as np
import pytest

from workbench.images import Image
from workbench.images.marks import in_units, moves_voxels

IMAGE = Image(np.arange(6.0).reshape(2, 3), units="HU", spacing=(1, 1))


@in_units(lambda before, options: f"{before}^{options['power']}")
def raised(image, *, power):
    return image**power


@in_units("")
def share(image):
    return image / image.max()


@moves_voxels
def mirrored(image, *, twice=False):
    return image if twice else image[:, ::-1]


def test_units_follow_what_the_function_says():
    assert IMAGE.map(np.negative).units == "HU"
    assert IMAGE.map(share).units == ""
    assert IMAGE.map(raised, power=3).units == "HU^3"
    assert IMAGE.map(partial(raised, power=2)).units == "HU^2"
    assert IMAGE.map(lambda pixels: pixels > 2).units == ""


@pytest.mark.parametrize(
    "function", [mirrored, partial(mirrored, twice=True), partial(partial(mirrored), twice=True)]
)
def test_what_moves_voxels_is_refused_even_where_the_shape_stays(function):
    with pytest.raises(ValueError, match=r"mirrored moves voxels.*call it on the image itself: mirrored\(image"):
        IMAGE.map(function)
    with pytest.raises(ValueError, match=r"mirrored\(image, \.\.\.\)"):
        IMAGE.map(mirrored, twice=True)
