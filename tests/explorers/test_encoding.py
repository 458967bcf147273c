import io

import numpy as np
from PIL import Image as Picture

from workbench.explorers.encoding import LARGEST_STILL, picture_png


def opened(png):
    return np.asarray(Picture.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_white_stays_white_and_colours_stay_beside_many_greys():
    ramp = np.arange(256, dtype=np.uint8).repeat(64).reshape(128, 128)
    pixels = np.repeat(ramp[..., None], 3, axis=-1)
    pixels[:9, :9], pixels[20:29, :9], pixels[40:49, :9] = (0, 114, 178), (213, 94, 0), (255, 255, 255)
    shown = opened(picture_png(Picture.fromarray(pixels)))
    assert np.abs(shown - pixels).max() <= 1
    np.testing.assert_array_equal(shown[44, 4], 255)
    np.testing.assert_array_equal(shown[24, 4], (213, 94, 0))


def test_what_is_too_large_is_made_smaller():
    noise = np.random.default_rng(0).integers(0, 256, (500, 500, 3), dtype=np.uint8)
    assert len(picture_png(Picture.fromarray(noise))) <= LARGEST_STILL
