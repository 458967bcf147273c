import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from workbench import samples
from workbench.evaluation import dice
from workbench.segmentation import fit_templates, weighted_templates

SETTINGS = settings(deadline=None, max_examples=40)
IMAGES = arrays.arrays(np.float64, (4, 5), elements=st.floats(-50, 300, width=16))


def objective(weights, windowed_image, windowed_templates, purity):
    misfit = np.mean((windowed_image - weights @ windowed_templates) ** 2)
    alone = np.mean((windowed_image - windowed_templates) ** 2, axis=1)
    return misfit + purity * weights @ alone


@SETTINGS
@given(st.integers(0, 10**6), st.integers(2, 5), st.sampled_from([0.01, 0.1, 1.0]), st.booleans())
def test_the_weights_are_the_minimum_that_the_docstring_states(seed, classes, purity, spatial):
    rng = np.random.default_rng(seed)
    image = rng.uniform(0, 100, (3, 3))
    templates = rng.uniform(0, 100, (classes, 3, 3) if spatial else classes)
    found = weighted_templates(image, templates, size=3, purity=purity)[:, 1, 1]
    window = np.broadcast_to(templates.reshape(classes, *((3, 3) if spatial else (1, 1))), (classes, 3, 3))
    arguments = (image.ravel(), window.reshape(classes, 9), purity)
    best = minimize(
        objective,
        np.full(classes, 1 / classes),
        arguments,
        method="SLSQP",
        bounds=[(0, 1)] * classes,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert objective(found, *arguments) <= best.fun + 1e-5 * (1 + abs(best.fun))


@SETTINGS
@given(IMAGES, st.sampled_from([1, 3]), st.booleans())
def test_weights_are_not_negative_and_sum_to_one(image, size, masked):
    mask = image > 50 if masked and (image > 50).any() else np.ones(image.shape, bool)
    before = image.copy()
    weights = weighted_templates(image, [0.0, 100.0, 130.0, 220.0], size=size, mask=mask)
    assert (weights >= 0).all()
    assert np.allclose(weights[:, mask].sum(axis=0), 1)
    assert (weights[:, ~mask] == 0).all()
    assert np.array_equal(image, before)


@SETTINGS
@given(IMAGES, st.floats(0.1, 10), st.floats(-100, 100))
def test_units_do_not_matter(image, scale, shift):
    templates = np.array([10.0, 80.0, 210.0])
    expected = weighted_templates(image, templates)
    assert np.allclose(weighted_templates(scale * image + shift, scale * templates + shift), expected, atol=1e-6)


def test_an_intensity_between_two_templates_is_a_mixture_of_these_two():
    weights = weighted_templates([[0.0, 130.0, 300.0]], [50.0, 100.0, 200.0], purity=0.1)
    # Two classes: one half plus 1.1 times (130 - 150) / 100.
    assert np.allclose(weights[:, 0].T, [[1, 0, 0], [0, 0.72, 0.28], [0, 0, 1]])


def test_a_volume_equals_its_slices_and_a_window_averages_noise():
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 8)[:, None] * np.ones((4, 16, 16), int)
    image = np.array([50.0, 100.0])[truth] + rng.normal(0, 25, truth.shape)
    volume = weighted_templates(image, [50, 100], size=(1, 3, 3))
    for k, plane in enumerate(image):
        assert np.allclose(volume[:, k], weighted_templates(plane, [50, 100], size=3))
    alone = weighted_templates(image, [50, 100])
    assert (volume.argmax(axis=0) == truth).mean() > (alone.argmax(axis=0) == truth).mean() + 0.1


def test_templates_that_vary_in_space_follow_uneven_brightness():
    ramp = np.linspace(1, 2, 32) * np.ones((32, 1))
    truth = (np.arange(32)[:, None] // 4 + np.arange(32) // 4) % 2
    image = np.where(truth, 100, 70) * ramp
    assert np.array_equal(weighted_templates(image, np.stack([70 * ramp, 100 * ramp])).argmax(axis=0), truth)
    assert (weighted_templates(image, [105.0, 150.0]).argmax(axis=0) != truth).any()


def test_a_window_does_not_look_outside_the_mask():
    image = np.array([[100.0, 100.0, -900.0]])
    weights = weighted_templates(image, [100.0, 200.0], mask=[[1, 1, 0]], size=(1, 3))
    assert weights[0].tolist() == [[1, 1, 0]]


@SETTINGS
@given(st.integers(0, 10**6))
def test_fitted_templates_are_those_that_made_the_image(seed):
    rng = np.random.default_rng(seed)
    templates = rng.uniform(0, 200, 3)
    fractions = np.moveaxis(rng.dirichlet(np.ones(3), (6, 7)), -1, 0)
    assert np.allclose(fit_templates(np.tensordot(templates, fractions, 1), fractions), templates)


def test_templates_fitted_to_masks_are_the_means():
    rng = np.random.default_rng(0)
    image, labels = rng.random((9, 9)), rng.integers(0, 3, (9, 9))
    masks = np.stack([labels == k for k in range(3)])
    assert np.allclose(fit_templates(image, masks), [image[labels == k].mean() for k in range(3)])
    half = np.zeros((9, 9), bool)
    half[:5] = True
    expected = [image[(labels == k) & half].mean() for k in range(3)]
    assert np.allclose(fit_templates(image, masks, mask=half), expected)


def test_grey_and_white_matter_of_the_average_brain():
    head, grey, white = (samples.load(f"mni152_{name}").pixels for name in ("t1", "grey", "white"))
    train, test = [60, 65, 70], [85, 100]
    brain = head > 0
    fractions = np.stack([1 - grey - white, grey, white])
    templates = fit_templates(head[train], fractions[:, train], mask=brain[train])
    for k in test:
        weights = weighted_templates(head[k], templates, mask=brain[k])
        labels = np.where(brain[k], weights.argmax(axis=0), -1)
        for index, truth in [(1, grey[k]), (2, white[k])]:
            assert dice(labels == index, truth > 0.5) > 0.95
            assert np.corrcoef(weights[index][brain[k]], truth[brain[k]])[0, 1] > 0.95


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((np.eye(3), [1.0]), {}, "2 to 6 templates"),
        ((np.eye(3), [1.0, 1.0]), {}, "are equal"),
        ((np.eye(3), np.ones((2, 3, 4))), {}, "templates must have shape"),
        ((np.eye(3), [0.0, np.nan]), {}, "templates must be finite"),
        ((np.array([[np.nan]]), [0.0, 1.0]), {}, "image must be finite"),
        ((np.eye(3), [0.0, 1.0]), {"purity": 0}, "purity must be positive"),
        ((np.eye(3), [0.0, 1.0]), {"size": 2}, "odd positive"),
        ((np.eye(3), [0.0, 1.0]), {"mask": np.zeros((3, 3))}, "empty mask"),
        ((np.eye(3), [0.0, 1.0]), {"mask": np.ones((3, 2))}, "same shape"),
    ],
)
def test_bad_input(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        weighted_templates(*arguments, **options)


def test_fractions_that_do_not_determine_the_templates():
    with pytest.raises(ValueError, match="determine 1 of 2"):
        fit_templates(np.eye(3), np.stack([np.ones((3, 3)), np.zeros((3, 3))]))
    with pytest.raises(ValueError, match="fractions must have shape"):
        fit_templates(np.eye(3), np.ones((3, 3)))
