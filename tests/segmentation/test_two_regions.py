import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skimage.segmentation import chan_vese as skimage_chan_vese

from workbench.evaluation import dice
from workbench.segmentation import chan_vese, otsu
from workbench.segmentation.two_regions import TwoRegions

SETTINGS = settings(deadline=None, max_examples=40)
IMAGES = arrays.arrays(
    np.float64,
    st.one_of(st.tuples(*[st.integers(1, 10)] * 2), st.tuples(*[st.integers(1, 5)] * 3)),
    elements=st.floats(-100, 100, width=16),
)


def disc(shape, radius):
    offsets = np.ogrid[tuple(slice(-(n // 2), n - n // 2) for n in shape)]
    return sum(offset**2 for offset in offsets) <= radius**2


@SETTINGS
@given(IMAGES, st.sampled_from([0.0, 0.1, 1.0, 10.0]), st.booleans())
def test_the_energy_never_increases(image, smoothness, anisotropic):
    assume(np.ptp(image) > 1e-3)
    spacing = (3.0, *(0.7,) * (image.ndim - 1)) if anisotropic else None
    result = chan_vese(image, smoothness=smoothness, spacing=spacing, steps=60)
    assert (np.diff(result.energies) <= 0).all()
    assert (result.energies > -1e-9).all()
    assert len(result.energies) <= 61


@SETTINGS
@given(IMAGES, st.integers(0, 10))
def test_the_gradient_is_the_energys_derivative(image, seed):
    assume(np.ptp(image) > 1e-3)
    rng = np.random.default_rng(seed)
    standard = (image - image.mean()) / image.std()
    energy = TwoRegions(standard, 0.7, (1.5, 0.8, 1.1)[: image.ndim])
    u, direction = rng.uniform(0.2, 0.8, image.shape), rng.normal(size=image.shape)
    slope = (energy(u + 1e-6 * direction)[0] - energy(u - 1e-6 * direction)[0]) / 2e-6
    assert slope == pytest.approx(np.vdot(energy(u)[1], direction) / u.size, rel=1e-4, abs=1e-6)


def test_the_energy_of_a_mask_is_as_written():
    image = np.array([[0.0, 0.0, 4.0], [0.0, 0.0, 4.0]])
    standard = (image - image.mean()) / image.std()
    value, _ = TwoRegions(standard, 1.0, (1.0, 1.0))((image > 2).astype(float))
    # No variance within the regions; two edges of length 1, each rounded from 1 to sqrt(1 + 0.1^2) - 0.1.
    assert value == pytest.approx(2 * (np.sqrt(1 + 0.1**2) - 0.1) / 6)


@pytest.mark.parametrize("shape", [(64, 64), (28, 28, 28)])
def test_a_disc_is_found_under_noise(shape):
    truth = disc(shape, 0.3 * shape[0])
    image = truth + np.random.default_rng(0).normal(0, 0.5, shape)
    result = chan_vese(image, smoothness=2.0)
    assert result.converged
    assert dice(result.mask, truth) > 0.97
    assert dice(image > otsu(image), truth) < 0.8


def test_a_disc_goes_when_the_border_costs_more_than_it_saves():
    image = np.zeros((64, 64))
    image[disc((64, 64), 20)] = 1
    speck = image.copy()
    speck[2:4, 2:4] = 1
    assert chan_vese(speck, smoothness=0.05).mask[2, 2]
    assert np.array_equal(chan_vese(speck, smoothness=5.0).mask[:12, :12], np.zeros((12, 12), bool))


def test_no_smoothness_gives_the_two_means():
    image = np.random.default_rng(0).random((20, 20))
    mask = chan_vese(image, smoothness=0).mask
    middle = (image[mask].mean() + image[~mask].mean()) / 2
    assert np.array_equal(mask, image > middle)


def test_units_do_not_matter():
    image = disc((40, 40), 12) + np.random.default_rng(3).normal(0, 0.4, (40, 40))
    assert np.array_equal(chan_vese(image).mask, chan_vese(512 * image - 1024).mask)
    assert np.array_equal(chan_vese(image).mask, chan_vese(1e-200 * image).mask)


def test_spacing_makes_smoothness_millimetres():
    image = disc((40, 40), 12) + np.random.default_rng(3).normal(0, 0.4, (40, 40))
    in_voxels = chan_vese(image, smoothness=1.0)
    in_millimetres = chan_vese(image, smoothness=0.5, spacing=(0.5, 0.5))
    assert np.array_equal(in_voxels.mask, in_millimetres.mask)


def test_start_decides_which_region_is_the_inner_one():
    image = disc((40, 40), 12).astype(float)
    outside = np.zeros((40, 40))
    outside[:5] = 1
    assert np.array_equal(chan_vese(image, start=outside).mask, image == 0)
    assert np.array_equal(chan_vese(image, start=outside, steps=0).mask, outside == 1)


def test_scikit_image_agrees():
    truth = disc((64, 64), 18)
    image = truth + np.random.default_rng(0).normal(0, 0.3, (64, 64))
    theirs = skimage_chan_vese(image, mu=0.1, max_num_iter=500)
    ours = chan_vese(image).mask
    assert max(dice(ours, theirs), dice(ours, ~theirs)) > 0.97


def test_the_image_is_not_changed_and_turning_it_turns_the_mask():
    image = disc((32, 32), 9) + np.random.default_rng(1).normal(0, 0.3, (32, 32))
    before = image.copy()
    mask = chan_vese(image).mask
    assert np.array_equal(image, before)
    assert dice(chan_vese(np.rot90(image)).mask, np.rot90(mask)) > 0.99


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (np.ones((4, 4)), {}, "everywhere"),
        (np.array([[1.0, np.inf]]), {}, "finite"),
        (np.ones((0, 4)), {}, "at least one element"),
        (np.arange(4), {}, "2 or 3 axes"),
        (np.eye(4), {"smoothness": -1}, "smoothness"),
        (np.eye(4), {"steps": -1}, "steps"),
        (np.eye(4), {"tolerance": 0}, "tolerance"),
        (np.eye(4), {"spacing": (1, -1)}, "spacing"),
        (np.eye(4), {"spacing": (1,)}, "spacing"),
        (np.eye(4), {"start": np.ones((4, 4))}, "full or empty"),
        (np.eye(4), {"start": np.ones((4, 3))}, "same shape"),
    ],
)
def test_bad_input(image, options, message):
    with pytest.raises(ValueError, match=message):
        chan_vese(image, **options)
