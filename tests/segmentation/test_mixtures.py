import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from sklearn.mixture import GaussianMixture

from workbench import samples
from workbench.evaluation import dice
from workbench.images import Image
from workbench.processing import correct_bias
from workbench.segmentation import fit_templates, gaussian_mixture, weighted_templates

SETTINGS = settings(deadline=None, max_examples=25)


def scattered(seed, means=(20.0, 90.0, 200.0), deviations=(8.0, 15.0, 10.0), shape=(60, 70)):
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(means), shape, p=[0.5, 0.3, 0.2])
    return rng.normal(np.take(means, truth), np.take(deviations, truth)), truth + 1


@pytest.mark.parametrize("kind", [np.float64, np.int16])
def test_it_equals_scikit_learns_mixture(kind):
    image = scattered(0)[0].round().astype(kind) if kind == np.int16 else scattered(0)[0]
    found = gaussian_mixture(image, classes=3, tolerance=1e-10, steps=5000)
    start = gaussian_mixture(image, classes=3, steps=1)
    theirs = GaussianMixture(3, tol=1e-10, max_iter=5000, means_init=start.means[:, None], random_state=0)
    theirs.fit(image.reshape(-1, 1).astype(float))
    order = theirs.means_.ravel().argsort()
    assert np.allclose(found.means, theirs.means_.ravel()[order], rtol=1e-4)
    assert np.allclose(found.deviations, np.sqrt(theirs.covariances_.ravel()[order]), rtol=1e-3)
    assert found.log_likelihoods[-1] == pytest.approx(theirs.score(image.reshape(-1, 1).astype(float)), abs=1e-4)
    posteriors = theirs.predict_proba(image.reshape(-1, 1).astype(float))[:, order]
    assert np.allclose(found.posteriors.reshape(3, -1).T, posteriors, atol=1e-3)


@SETTINGS
@given(st.integers(0, 10**6), st.booleans(), st.integers(2, 4))
def test_the_likelihood_never_falls_and_posteriors_sum_to_one(seed, mixed, classes):
    image = np.random.default_rng(seed).gamma(2, 50, (12, 14)).round()
    mask = image > 20
    before = image.copy()
    found = gaussian_mixture(image, classes=classes, mask=mask, mixed=mixed, steps=100)
    assert (np.diff(found.log_likelihoods) > -1e-9).all()
    assert np.allclose(found.posteriors.sum(axis=0), mask, atol=1e-5)
    assert (np.diff(found.means) >= 0).all()
    assert found.shares.sum() == pytest.approx(1)
    assert np.array_equal(found.labels > 0, mask)
    assert np.array_equal(image, before)


def test_the_parameters_that_made_the_image_are_found():
    image, truth = scattered(3, shape=(200, 200))
    found = gaussian_mixture(image, classes=3)
    assert np.allclose(found.means, [20, 90, 200], atol=1)
    assert np.allclose(found.deviations, [8, 15, 10], rtol=0.05)
    assert np.allclose(found.shares, [0.5, 0.3, 0.2], atol=0.01)
    assert (found.labels == truth).mean() > 0.99


def test_mixed_voxels_get_the_fractions_that_made_them():
    rng = np.random.default_rng(0)
    white = ndimage.zoom(ndimage.uniform_filter((rng.random((20, 20)) > 0.5) * 1.0, 1), 8, order=1)
    image = 100 + 80 * white + rng.normal(0, 6, white.shape)
    found = gaussian_mixture(image, classes=2, mixed=True)
    assert np.allclose(found.means, [100, 180], atol=3)
    assert found.deviations == pytest.approx([6, 6], rel=0.2)
    assert np.abs(found.posteriors[1] - white).mean() < 0.06


def swept(values, inside, parts, smoothness, closeness):
    """One mean-field sweep, written out for pure classes: parts are (means, deviations, before)."""
    means, deviations, before = parts
    after = np.zeros_like(before)
    for place in np.argwhere(inside):
        near = np.zeros(len(means))
        for axis, weight in enumerate(closeness):
            for side in (-1, 1):
                other = place.copy()
                other[axis] += side
                if 0 <= other[axis] < inside.shape[axis] and inside[tuple(other)]:
                    near += weight * before[(slice(None), *other)]
        chances = (
            -0.5 * ((values[tuple(place)] - means) / deviations) ** 2 - np.log(deviations) + smoothness * near
        )
        chances = np.exp(chances - chances.max())
        after[(slice(None), *place)] = chances / chances.sum()
    return after


def test_neighbours_settle_where_the_mean_field_says():
    image, _ = scattered(5, shape=(4, 7, 8))
    mask = np.ones(image.shape, bool)
    mask[:, :2, :3] = False
    mask[0] = False
    found = gaussian_mixture(image, classes=3, mask=mask, smoothness=0.4, spacing=(4.0, 2.0, 1.0))
    alone = gaussian_mixture(image, classes=3, mask=mask)
    closeness = np.array([0.25, 0.5, 1.0])
    state = alone.posteriors.astype(np.float64)
    for _ in range(40):
        state = swept(image, mask, (alone.means, alone.deviations, state), 0.4, closeness)
    assert np.allclose(found.posteriors, state, atol=0.01)
    assert np.abs(found.posteriors - alone.posteriors).max() > 0.1
    image_with_spacing = Image(image, spacing=(4.0, 2.0, 1.0))
    again = gaussian_mixture(image_with_spacing, classes=3, mask=mask, smoothness=0.4)
    assert np.array_equal(again.posteriors, found.posteriors)


def test_neighbours_help_against_noise():
    truth = np.kron(np.random.default_rng(1).integers(0, 2, (6, 6)), np.ones((16, 16), int))
    noisy = 100.0 + 50 * truth + np.random.default_rng(2).normal(0, 35, truth.shape)
    alone, together = (gaussian_mixture(noisy, classes=2, smoothness=s).labels == 2 for s in (0, 1.5))
    assert dice(alone, truth) < 0.8
    assert dice(together, truth) > 0.95


@pytest.fixture(scope="module")
def brain():
    """Every other voxel of the average brain: intensities, fractions, and where the brain is."""
    head, grey, white = (samples.load(f"mni152_{name}").pixels[::2, ::2, ::2] for name in ("t1", "grey", "white"))
    return head, np.stack([1 - grey - white, grey, white]), head > 0


def agreement(labels, fractions):
    return [dice(labels == index + 1, fractions[index] > 0.5) for index in (1, 2)]


def by_templates(image, fractions, mask, **options):
    learn = np.zeros(mask.shape, bool)
    learn[::5] = True
    templates = fit_templates(image, fractions, mask=mask & learn)
    return np.where(mask, weighted_templates(image, templates, mask=mask, **options).argmax(axis=0) + 1, 0)


def test_tissues_of_the_average_brain(brain):
    head, fractions, mask = brain
    assert min(agreement(gaussian_mixture(head, mask=mask, mixed=True).labels, fractions)) > 0.93
    assert min(agreement(by_templates(head, fractions, mask), fractions)) > 0.95


def test_tissues_with_noise_and_a_bias_field(brain):
    head, fractions, mask = brain
    z, y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in head.shape), indexing="ij")
    shading = np.exp(0.2 * (0.8 * x + 0.6 * y**2 - 0.5 * z + 0.4 * x * y))
    noisy = head * shading + np.random.default_rng(0).normal(0, 0.03 * 214, head.shape)
    corrected = correct_bias(np.where(mask, noisy.clip(1), 0), mask=mask, shrink=3, iterations=(50, 50, 50))
    options = {"mask": mask, "mixed": True, "smoothness": 1.0}
    assert max(agreement(gaussian_mixture(noisy, **options).labels, fractions)) < 0.86
    assert min(agreement(gaussian_mixture(corrected, **options).labels, fractions)) > 0.87
    assert min(agreement(by_templates(corrected, fractions, mask), fractions)) > 0.87


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"smoothness": -1}, "smoothness must be"),
        ({"steps": 0}, "steps must be"),
        ({"tolerance": 0}, "tolerance > 0"),
        ({"classes": 1}, "classes must be"),
        ({"classes": 20}, "at least 20 different intensities"),
        ({"mask": np.zeros((4, 4))}, "empty mask"),
        ({"smoothness": 1, "spacing": (1.0,)}, "spacing must be 2 positive lengths"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        gaussian_mixture(np.arange(16).reshape(4, 4), **options)


def test_bad_images():
    with pytest.raises(ValueError, match="finite"):
        gaussian_mixture([1.0, np.inf, 2.0])
    with pytest.raises(ValueError, match="at least 3 different"):
        gaussian_mixture(np.ones((3, 3)))
    with pytest.raises(ValueError, match="2 or 3 axes"):
        gaussian_mixture([1.0, 2.0, 5.0, 7.0], smoothness=1)


def test_a_constant_class_keeps_a_deviation():
    found = gaussian_mixture([[0, 0, 0, 0, 98, 100, 102]], classes=2)
    assert found.means == pytest.approx([0, 100])
    assert 0 < found.deviations[0] < 0.1
