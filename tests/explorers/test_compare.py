import numpy as np
import pytest

from workbench import samples
from workbench.explorers import compare
from workbench.explorers.comparison import resampled
from workbench.explorers.drawing import combine
from workbench.images import Image, affine_from_spacing, read
from workbench.images.picture import to_bytes


@pytest.fixture(scope="module")
def slices():
    t1 = samples.load("mni152_t1")
    fixed = Image(t1.pixels[90], affine=affine_from_spacing((1, 1)), modality="MR", name="fixed")
    return fixed, fixed.replace(pixels=np.roll(fixed.pixels, (4, -6), (0, 1)), name="moved")


@pytest.mark.parametrize("mode", ["swipe", "blend", "checkerboard"])
def test_modes_and_controls_are_the_pure_function(slices, mode):
    both = compare(*slices)
    both.canvas.mode, both.canvas.mix, both.canvas.tiles = mode, 0.25, 5
    grey = [to_bytes(one.pixels, both.canvas.window)[..., None].repeat(3, -1) for one in slices]
    expected = combine(*grey, mode=mode, mix=0.25, tiles=5)
    np.testing.assert_array_equal(both.canvas.picture(), expected)


def test_alignment_is_shown_before_and_after(slices):
    both = compare(*slices, transform="translation")
    assert both.alignment.converged
    np.testing.assert_allclose(both.alignment.matrix[:2, 3], [6, -4], atol=0.1)
    inner = (slice(20, -20), slice(20, -20))
    assert np.abs(both.aligned.pixels[inner] - slices[0].pixels[inner]).mean() < 1
    assert "before and after translation" in both.alt
    assert "Alignment(" in both.report.value
    assert len(both.still()) < 100_000
    both.transform.value = ""
    assert both.aligned is None
    assert "own geometry" in both.report.value


def test_a_failed_alignment_says_why_and_shows_the_images_as_they_are(slices):
    noise = np.random.default_rng(0).normal(size=slices[0].shape)
    both = compare(slices[0], Image(noise, affine=slices[0].affine), transform="rigid")
    assert both.alignment is None
    assert both.report.value.startswith("not aligned: ")
    assert both.canvas.picture().std() > 10


def test_other_grids_are_put_where_they_lie():
    coarse = Image(np.arange(16.0).reshape(4, 4), affine=affine_from_spacing((2, 2)))
    fine = Image(np.zeros((7, 7)), affine=affine_from_spacing((1, 1)))
    moved = resampled(coarse, fine)
    np.testing.assert_allclose(moved.pixels[::2, ::2], coarse.pixels)
    assert resampled(fine, fine) is fine


def test_what_cannot_lie_together_is_refused():
    with pytest.raises(ValueError, match="affine"):
        compare(np.zeros((4, 4)), np.zeros((5, 5)))
    with pytest.raises(ValueError, match="mode"):
        compare(np.zeros((4, 4)), np.zeros((4, 4)), mode="flicker")
    with pytest.raises(ValueError, match="transform"):
        compare(np.zeros((4, 4)), np.zeros((4, 4)), transform="magic")


def test_real_pet_over_ct(shared_data):
    folder = shared_data / "sts_ct_mr_pet" / "dicom" / "STS_002"
    ct, pet = read(folder / "CT" / "image"), read(folder / "PET" / "image")
    both = compare(ct, pet, mode="blend", mix=0.4)
    assert both.canvas.other_colormap == "hot"
    assert len(both.still()) < 100_000
