import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import gaussian_filter

from workbench.images import Image
from workbench.synthesis import blend, colour_fusion, from_pyramid, fuse, laplacian_pyramid

RNG = np.random.default_rng(0)


@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=17),
        elements=st.floats(-1e3, 1e3),
    ),
    st.integers(0, 4),
)
@settings(deadline=None, max_examples=50)
def test_a_pyramid_is_put_together_again(image, levels):
    levels = min(levels, int(np.log2(max(image.shape))))
    bands = laplacian_pyramid(image, levels=levels)
    assert len(bands) == levels + 1
    np.testing.assert_allclose(from_pyramid(bands), image, rtol=0, atol=1e-9)
    np.testing.assert_allclose(fuse(image, image, levels=levels), image, rtol=0, atol=1e-9)


def test_bands_of_a_ramp_are_empty_inside():
    bands = laplacian_pyramid(np.add.outer(np.arange(64.0), np.arange(64.0)), levels=2)
    for band in bands[:-1]:
        np.testing.assert_allclose(band[6:-6, 6:-6], 0, atol=1e-9)


def test_each_image_keeps_its_detail_unlike_in_a_blend():
    texture = RNG.normal(size=(64, 64)) - gaussian_filter(RNG.normal(size=(64, 64)), 2)
    left, right = texture.copy(), texture.copy()
    left[:, 32:], right[:, :32] = 0, 0
    fused, mixed = fuse(left, right), blend([left, right], (0.5, 0.5))
    for part in (slice(0, 28), slice(36, 64)):
        assert np.std(fused[:, part]) > 0.95 * np.std(texture[:, part])
        assert np.std(mixed[:, part]) == pytest.approx(0.5 * np.std(texture[:, part]))


def test_the_rest_is_weighted():
    dark, light = np.zeros((16, 16)), np.ones((16, 16))
    np.testing.assert_allclose(fuse(dark, light, weight=0.25), 0.75)


def test_fusion_of_images_is_an_image_and_refuses_others():
    one, two = (Image(RNG.random((16, 16)), affine=np.eye(4), modality=m) for m in ("CT", "PT"))
    fused = fuse(one, two, levels=2)
    assert (fused.modality, fused.history[-1].function) == ("OT", "synthesis.fuse")
    for options, message in (
        ({"levels": 9}, "levels must be"),
        ({"levels": -1}, "levels must"),
        ({"weight": 2}, "weight"),
    ):
        with pytest.raises(ValueError, match=message):
            fuse(one, two, **options)
    with pytest.raises(ValueError, match="one grid"):
        fuse(one, two.replace(affine=np.diag([2.0, 1, 1, 1])))
    with pytest.raises(ValueError, match="must be finite"):
        fuse(one, np.full((16, 16), np.nan))


def test_colours_are_their_definition():
    grey = np.array([[0.0, 0.5, 1.0]])
    windows = ((0.5, 1.0), (0.5, 1.0))
    none = colour_fusion(grey, np.zeros((1, 3)), windows=windows)
    np.testing.assert_array_equal(none, np.repeat(np.rint(255 * grey)[..., None], 3, axis=-1))
    full = colour_fusion(grey, np.ones((1, 3)), windows=windows, weight=1)
    np.testing.assert_array_equal(full, np.full((1, 3, 3), 255))
    np.testing.assert_array_equal(colour_fusion([[0.0]], [[1 / 3]], windows=windows, weight=1), [[[255, 0, 0]]])
    agree = colour_fusion(grey, grey, windows=windows, colormap="green-magenta")
    assert (np.ptp(agree, axis=-1) == 0).all()


def test_colour_fusion_of_images_and_errors():
    one, two = (Image(RNG.random((8, 8)), affine=np.eye(4), units=u) for u in ("HU", "SUV"))
    windows = ((0.5, 1.0), (0.5, 1.0))
    made = colour_fusion(one, two, windows=windows)
    assert (made.shape, made.channel_axis, made.units, made.dtype) == ((8, 8, 3), 2, "", np.uint8)
    with pytest.raises(ValueError, match="positive width"):
        colour_fusion(one, two, windows=((0, 0), (0, 1)))
    with pytest.raises(ValueError, match="align them first"):
        colour_fusion(one, np.ones((9, 9)), windows=windows)
    with pytest.raises(ValueError, match="colormap must be"):
        colour_fusion(one, two, windows=windows, colormap="jet")
    with pytest.raises(ValueError, match="weight must be"):
        colour_fusion(one, two, windows=windows, weight=3)
