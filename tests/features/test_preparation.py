import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.features import FixedBinNumber, FixedBinSize, extract, prepare
from workbench.images import Image, affine_from_spacing


@pytest.fixture
def ct():
    # A ramp of 100 HU per mm along the columns, and slices 3 mm thick that do not differ.
    ramp = np.broadcast_to(np.arange(10) * 100.0 - 500, (4, 6, 10)).copy()
    return Image(ramp, affine=affine_from_spacing((3, 1, 1)), modality="CT", units="HU")


@pytest.fixture
def box():
    mask = np.zeros((4, 6, 10), dtype=bool)
    mask[1:3, 1:5, 2:8] = True
    return mask


def test_the_chain_of_a_small_ct_region_by_hand(ct, box):
    ready = prepare(ct, box, resample=1.5, resegment=(-200, 100), discretization=FixedBinSize(25))
    # 4 x 3 / 1.5, 6 / 1.5 and ceil(10 / 1.5) voxels around the same centre.
    assert ready.image.shape == (8, 4, 7)
    assert ready.image.spacing == (1.5, 1.5, 1.5)
    # The old columns are centred on 4.5, so the new ones lie at 4.5 + 1.5 (j - 3): 0, 1.5, 3 ... 9.
    np.testing.assert_array_equal(ready.image.pixels[0, 0], [-500, -350, -200, -50, 100, 250, 400])
    # Of the mask from 1.5 to 7.5, the new columns at 3, 4.5, 6 lie inside and that at 1.5 on the very edge: half.
    np.testing.assert_array_equal(ready.mask[3, 1], [0, 1, 1, 1, 1, 1, 0])
    # New slices lie at -0.25, 0.25, 0.75 ...: of old slices 1 and 2, half or more reaches those from 0.75 to 2.25.
    np.testing.assert_array_equal(ready.mask[:, 1, 3], [0, 0, 1, 1, 1, 1, 0, 0])
    np.testing.assert_array_equal(ready.measured[3, 1], [0, 0, 1, 1, 1, 0, 0])
    # Bins begin at the lower end of the range: floor((x + 200) / 25) + 1.
    np.testing.assert_array_equal(ready.levels[3, 1], [0, 0, 1, 7, 13, 0, 0])
    row = extract(ct, box, resample=1.5, resegment=(-200, 100))
    # Rows 1.75 and 3.25 lie inside. In the outer of the four slices, with three quarters, halves are too little.
    assert (ready.mask[3, :, 3].sum(), ready.mask.sum()) == (2, 2 * (2 * 5 + 2 * 3))
    assert row["intensity_mean"] == pytest.approx(-50)
    assert row["intensity_variance"] == pytest.approx(150**2 * 2 / 3)
    assert row["intensity_energy"] == pytest.approx(4 * 2 * (200**2 + 50**2 + 100**2))
    assert row["histogram_maximum"] == 13
    # Form is measured in the whole mask.
    assert row["morphology_volume_voxels"] == pytest.approx(32 * 1.5**3)


def test_the_new_grid_has_the_old_centre(ct, box):
    ready = prepare(ct, box, resample=(2, 0.7, 1.3))
    middle = [(np.append((np.array(image.shape) - 1) / 2, 1)) for image in (ct, ready.image)]
    np.testing.assert_allclose(ct.affine @ middle[0], ready.image.affine @ middle[1])
    assert ready.image.spacing == pytest.approx((2, 0.7, 1.3))
    unplaced = prepare(Image(ct.pixels, spacing=(3, 1, 1), units="HU"), box, resample=(2, 0.7, 1.3))
    np.testing.assert_array_equal(unplaced.image.pixels, ready.image.pixels)
    assert unplaced.image.spacing == pytest.approx((2, 0.7, 1.3))


def test_hu_are_rounded_and_other_units_are_not(ct, box):
    assert (prepare(ct, box, resample=0.7).image.pixels % 1 == 0).all()
    assert (prepare(ct.replace(units=""), box, resample=0.7).image.pixels % 1 != 0).any()


def test_the_same_spacing_changes_nothing(ct, box):
    ready = prepare(ct, box, resample=(3, 1, 1))
    np.testing.assert_array_equal(ready.image.pixels, ct.pixels)
    np.testing.assert_array_equal(ready.mask, box)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.floats(0.5, 4))
def test_outliers_are_those_far_from_the_mean_of_what_is_left(seed, sigmas):
    x = np.random.default_rng(seed).standard_t(2, (6, 7)) * 100
    mask = np.ones_like(x, dtype=bool)
    measured = prepare(x, mask, outliers=sigmas).measured
    np.testing.assert_array_equal(measured, np.abs(x - x.mean()) <= sigmas * x.std())
    both = prepare(x, mask, outliers=sigmas, resegment=(-300, 300)).measured
    near = x[np.abs(x) <= 300]
    np.testing.assert_array_equal(both, (np.abs(x) <= 300) & (np.abs(x - near.mean()) <= sigmas * near.std()))


def test_steps_that_do_nothing_leave_features_alone(ct, box):
    plain = extract(ct, box)
    assert extract(ct, box, resegment=(-np.inf, np.inf), outliers=100).equals(plain)


def test_a_constant_region_has_no_outliers():
    assert prepare(np.full((3, 3), 0.1), np.ones((3, 3)), outliers=3).measured.all()


def test_input_is_kept(ct, box):
    kept = box.copy()
    prepare(ct, box, resample=2, resegment=(-100, 100), outliers=3)
    np.testing.assert_array_equal(box, kept)


def test_filters_are_measured_in_the_same_voxels(ct, box):
    responses = {
        "negative": lambda image: -image.pixels,
        "twice": lambda image: image.replace(pixels=image.pixels * 2),
    }
    row = extract(ct, box, filters=responses, resegment=(-200, 100))
    assert row["negative_intensity_mean"] == -row["intensity_mean"]
    assert row["twice_intensity_maximum"] == 2 * row["intensity_maximum"]
    # A fixed number of bins does not see gain.
    fixed = extract(ct, box, filters=responses, discretization=FixedBinNumber(8))
    assert fixed["twice_glcm_contrast"] == fixed["glcm_contrast"]
    assert "twice_morphology_volume" not in row
    assert not [name for name in row.index if name.startswith("twice_peak")]


def test_bad_steps_raise(ct, box):
    with pytest.raises(ValueError, match="lower and a higher"):
        prepare(ct, box, resegment=(100, -100))
    with pytest.raises(ValueError, match="no voxel of the region lies in resegment"):
        prepare(ct, box, resegment=(5000, 6000))
    with pytest.raises(ValueError, match="positive number of standard deviations"):
        prepare(ct, box, outliers=0)
    with pytest.raises(ValueError, match="positive"):
        prepare(ct, box, resample=-1)
    with pytest.raises(ValueError, match="distance of voxels"):
        prepare(ct.pixels, box, resample=1)
    speck = np.zeros_like(box)
    speck[1, 1, 1] = True
    with pytest.raises(ValueError, match="no voxel of the mask is left"):
        prepare(ct, speck, resample=(20, 20, 20))
    with pytest.raises(ValueError, match="filter 'cut' must have the image's shape"):
        extract(ct, box, filters={"cut": lambda image: image.pixels[1:]})
    with pytest.raises(ValueError, match="filter 'log' must be finite"):
        extract(ct, box, filters={"log": lambda image: np.full(image.shape, np.nan)})
    with pytest.raises(ValueError, match="outliers needs a grey image"):
        extract(np.ones((3, 3, 3)), np.ones((3, 3)), channel_axis=-1, outliers=3)
