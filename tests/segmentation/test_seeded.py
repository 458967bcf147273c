import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.segmentation import watershed as peer

from workbench import evaluation, segmentation
from workbench.processing import gaussian, responses
from workbench.segmentation import seeded_watershed


def steps_equal(states, function):
    for step, state in enumerate(states):
        found = function(step)
        np.testing.assert_array_equal(state.mask, found.mask)
        np.testing.assert_array_equal(state.energies, found.energies[: len(state.energies)])
        if step == 12:
            break
    return step


def test_steps_of_a_descent_are_what_the_descent_reaches():
    rng = np.random.default_rng(0)
    image = rng.normal(size=(30, 40)) + 3 * (np.indices((30, 40))[0] > 12)
    start = np.zeros(image.shape, bool)
    start[5:25, 8:30] = True
    assert steps_equal(segmentation.chan_vese_steps(image), lambda step: segmentation.chan_vese(image, steps=step))
    options = {"start": start, "inwards": 4, "outwards": 6}
    states = segmentation.geodesic_steps(image, **options)
    assert steps_equal(states, lambda step: segmentation.geodesic_active_contour(image, **options, steps=step))


def test_the_last_step_is_where_it_converges():
    image = np.zeros((20, 20))
    image[5:15, 4:14] = 1
    *_, last = segmentation.chan_vese_steps(image)
    whole = segmentation.chan_vese(image)
    assert last.converged
    np.testing.assert_array_equal(last.energies, whole.energies)
    with pytest.raises(ValueError, match="tolerance"):
        segmentation.chan_vese_steps(image, tolerance=0)
    with pytest.raises(ValueError, match="start"):
        segmentation.geodesic_steps(image, start=np.zeros(image.shape, bool))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31))
def test_the_region_is_that_of_the_flooded_gradient(seed):
    rng = np.random.default_rng(seed)
    image = gaussian(rng.normal(size=(24, 30)), sigma=2)
    slopes = responses.gradient_magnitude(gaussian(image, sigma=1.0))
    markers = np.zeros(image.shape, int)
    markers[10, 12], markers[2, 3] = 1, 2
    found = seeded_watershed(image, inside=(10, 12), outside=[(2, 3)], sigma=1.0)
    # Where waters meet at one height, the order in which voxels are taken is free.
    assert (found == (peer(slopes, markers) == 1)).mean() > 0.97
    assert found[10, 12]
    assert not found[2, 3]


@pytest.mark.parametrize("ndim", [2, 3])
def test_a_ball_is_found_from_one_seed(ndim):
    image = np.sum((np.indices((31,) * ndim) - 15) ** 2, axis=0) < 10**2
    found = seeded_watershed(image.astype(float), inside=(15,) * ndim)
    assert evaluation.dice(found, image) > 0.95


def test_seeds_must_make_sense():
    image = np.eye(9)
    with pytest.raises(ValueError, match="inside or outside"):
        seeded_watershed(image, inside=(3, 3), outside=(3, 3))
    with pytest.raises(ValueError, match="inside the image"):
        seeded_watershed(image, inside=(9, 3))
    with pytest.raises(ValueError, match="2 integers"):
        seeded_watershed(image, inside=(1, 2, 3))
