import io

import numpy as np
import pytest
from PIL import Image as Picture

from workbench.explorers.encoding import LARGEST_STILL, png
from workbench.explorers.stills import montage, panel


def opened(data):
    return np.asarray(Picture.open(io.BytesIO(data)).convert("RGB"))


def test_thick_slices_are_drawn_in_true_aspect():
    assert panel(np.zeros((4, 40, 3), np.uint8), spacing=(5.0, 1.0), scale=2.0).size == (80, 40)


def test_enlarged_voxels_stay_sharp():
    plane = np.zeros((4, 4, 3), np.uint8)
    plane[1, 2] = 255
    drawn = np.asarray(panel(plane, scale=10))
    np.testing.assert_array_equal(drawn, plane.repeat(10, 0).repeat(10, 1))


def test_letters_titles_outlines_boxes_and_crosshair_leave_marks_where_they_belong():
    plain = np.asarray(panel(np.zeros((60, 60, 3), np.uint8), scale=4))
    lettered = np.asarray(panel(np.zeros((60, 60, 3), np.uint8), scale=4, letters="ALPR"))
    assert not plain.any()
    for rows, columns in ((slice(0, 30), slice(100, 140)), (slice(100, 140), slice(210, 240)),
                          (slice(210, 240), slice(100, 140)), (slice(100, 140), slice(0, 30))):  # fmt: skip
        assert lettered[rows, columns].max() == 255
    assert not lettered[60:90, 60:90].any()
    labels = np.zeros((60, 60), int)
    labels[20:30, 20:30] = 1
    outlined = np.asarray(panel(np.zeros((60, 60, 3), np.uint8), scale=4, labels=labels))
    assert outlined[80, 100].any()
    assert not outlined[100, 100].any()
    boxed = np.asarray(
        panel(np.zeros((60, 60, 3), np.uint8), scale=4, boxes=[{"top": 10, "left": 5, "bottom": 20, "right": 50}])
    )
    assert boxed[40, 100].any()
    crossed = np.asarray(panel(np.zeros((60, 60, 3), np.uint8), scale=4, crosshair=(30, 10)))
    assert crossed[122, 200].any()
    assert not crossed[122, 42].any()


def test_a_montage_wraps():
    assert montage([Picture.new("RGB", (10, 10))] * 3, columns=2).size == (26, 26)


@pytest.mark.parametrize("channels", ["grey", "colour"])
def test_noise_fits_into_a_notebook_too(channels):
    noise = np.random.default_rng(0).integers(0, 256, (700, 900, 3), np.uint8)
    if channels == "grey":
        noise[..., 1] = noise[..., 2] = noise[..., 0]
    assert len(png(Picture.fromarray(noise))) <= LARGEST_STILL


def test_grey_pictures_are_exact():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    np.testing.assert_array_equal(opened(png(Picture.fromarray(ramp))), ramp)
