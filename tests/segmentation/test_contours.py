import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skimage.segmentation import checkerboard_level_set
from skimage.segmentation import morphological_chan_vese as skimage_chan_vese

from workbench.compiled import contours
from workbench.images import Image
from workbench.segmentation import edge_indicator, geodesic_active_contour, morphological_chan_vese

SETTINGS = settings(deadline=None, max_examples=30)
IMAGES = arrays.arrays(
    np.float64,
    st.one_of(st.tuples(*[st.integers(2, 12)] * 2), st.tuples(*[st.integers(2, 6)] * 3)),
    elements=st.floats(-100, 100, width=16),
)
LARGER = arrays.arrays(
    np.float64,
    st.one_of(st.tuples(*[st.integers(5, 9)] * 2), st.tuples(*[st.integers(5, 6)] * 3)),
    elements=st.floats(-100, 100, width=16),
)


def disc(shape, radius, centre=None):
    centre = [n // 2 for n in shape] if centre is None else centre
    return (
        sum((axis - c) ** 2 for axis, c in zip(np.ogrid[tuple(map(slice, shape))], centre, strict=True))
        <= radius**2
    )


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


@pytest.fixture(params=["one thread", "threads"])
def threads(request, monkeypatch):
    if request.param == "threads":
        monkeypatch.setattr(contours, "LEAST_VOXELS", 0)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("shape", [(40, 45), (14, 15, 16)])
@pytest.mark.parametrize("smoothing", [0, 1, 2, 3])
def test_each_step_is_two_of_scikit_images(shape, smoothing):
    image = disc(shape, min(shape) / 3) + np.random.default_rng(0).normal(0, 0.5, shape)
    start = checkerboard_level_set(shape, 5)
    found = morphological_chan_vese(image, start=start, smoothing=smoothing)
    for steps in {0, 1, len(found.energies) - 1}:
        ours = morphological_chan_vese(image, start=start, smoothing=smoothing, steps=steps)
        expected = skimage_chan_vese(image, 2 * len(ours.energies), start, smoothing=smoothing)
        assert np.array_equal(ours.mask, expected == 1)


@SETTINGS
@given(IMAGES, st.integers(0, 2))
def test_morphological_energies_never_increase(image, smoothing):
    assume(np.ptp(image) > 1e-3)
    before = image.copy()
    found = morphological_chan_vese(image, smoothing=smoothing, steps=30)
    assert (np.diff(found.energies) < 0).all()
    assert len(found.energies) <= 31
    assert np.array_equal(image, before)


def test_the_morphological_energy_is_as_written():
    image = disc((30, 30), 8) * 50.0 + np.random.default_rng(0).normal(0, 3, (30, 30))
    found = morphological_chan_vese(image, smoothing=2)
    standard, mask = (image - image.mean()) / image.std(), found.mask
    squares = sum(((standard[side] - standard[side].mean()) ** 2).sum() for side in (mask, ~mask))
    faces = np.count_nonzero(np.diff(mask, axis=0)) + np.count_nonzero(np.diff(mask, axis=1))
    assert found.converged
    assert found.energies[-1] == pytest.approx((squares + 2 * faces) / 900)


def test_an_edge_is_cheap_in_any_units():
    image = np.zeros((20, 20))
    image[:, 10:] = 300
    cost = edge_indicator(image, sigma=1.5)
    assert np.allclose(cost, edge_indicator(0.01 * image - 5, sigma=1.5))
    assert cost[:, 9:11].max() < 0.2
    assert cost[:, 0].min() > 0.99
    fine = edge_indicator(Image(image, spacing=(1.0, 0.5)), sigma=1.5)
    assert np.allclose(fine, edge_indicator(image, sigma=1.5, spacing=(1.0, 0.5)))
    assert cost.max() <= 1


@SETTINGS
@given(LARGER, st.sampled_from([-0.3, 0.0, 0.3]), st.booleans())
def test_geodesic_energies_never_increase(image, balloon, anisotropic):
    assume(np.ptp(image) > 1e-3)
    spacing = (2.0, *(0.7,) * (image.ndim - 1)) if anisotropic else None
    start = np.zeros(image.shape, bool)
    start[(slice(1, -1),) * image.ndim] = True
    found = geodesic_active_contour(
        image, start=start, inwards=0.9, outwards=3, balloon=balloon, spacing=spacing, steps=40
    )
    assert (np.diff(found.energies) <= 0).all()
    assert len(found.energies) <= 41


@pytest.mark.parametrize("shape", [(80, 80), (40, 40, 40)])
def test_a_border_goes_to_the_edge_around_it(shape):
    truth = disc(shape, 0.3 * shape[0])
    slope = np.linspace(0, 2, shape[-1])
    image = truth + slope + np.random.default_rng(0).normal(0, 0.1, shape)
    start = disc(shape, 0.2 * shape[0])
    found = geodesic_active_contour(
        image, start=start, inwards=2, outwards=0.25 * shape[0], balloon=0.03, sigma=1.5
    )
    assert dice(found.mask, truth) > 0.92 > dice(start, truth)


def test_a_border_stays_within_reach():
    image = disc((60, 60), 25).astype(float)
    start = disc((60, 60), 12)
    found = geodesic_active_contour(image, start=start, inwards=3, outwards=4, balloon=5.0)
    assert start[found.mask].sum() == start.sum()
    assert not found.mask[~disc((60, 60), 17)].any()
    shrunk = geodesic_active_contour(image, start=start, inwards=3, outwards=4, balloon=-5.0)
    assert shrunk.mask[disc((60, 60), 8)].all()
    assert shrunk.mask.sum() < start.sum()


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (np.ones((4, 4)), {}, "everywhere"),
        (np.array([[1.0, np.inf]]), {}, "finite"),
        (np.arange(4), {}, "2 or 3 axes"),
        (np.eye(4), {"smoothing": -1}, "smoothing"),
        (np.eye(4), {"smoothing": 1.5}, "smoothing"),
        (np.eye(4), {"steps": -1}, "steps"),
        (np.eye(4), {"start": np.ones((4, 4))}, "full or empty"),
        (np.eye(4), {"start": np.ones((4, 3))}, "same shape"),
    ],
)
def test_bad_input_of_morphological_chan_vese(image, options, message):
    with pytest.raises(ValueError, match=message):
        morphological_chan_vese(image, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inwards": 0}, "must be positive"),
        ({"outwards": np.inf}, "must be positive"),
        ({"balloon": np.nan}, "balloon finite"),
        ({"inwards": 9}, "farther than inwards"),
        ({"contrast": 0}, "contrast"),
        ({"steps": -1}, "steps"),
        ({"spacing": (1,)}, "spacing"),
        ({"start": np.ones((9, 9))}, "full or empty"),
        ({"start": np.ones((9, 8))}, "same shape"),
    ],
)
def test_bad_input_of_geodesic_active_contour(options, message):
    with pytest.raises(ValueError, match=message):
        geodesic_active_contour(np.eye(9), **({"start": disc((9, 9), 3), "inwards": 1} | options))
