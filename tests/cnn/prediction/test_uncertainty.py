import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench import cnn


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), members=st.integers(2, 5), classes=st.integers(2, 4))
def test_uncertainty_is_that_of_scipy(seed, members, classes):
    p = np.random.default_rng(seed).dirichlet(np.full(classes, 0.3), size=(members, 3, 4))
    np.testing.assert_allclose(cnn.entropy(p), stats.entropy(p, base=2, axis=-1), atol=1e-9)
    mean = p.mean(axis=0)
    divergence = stats.entropy(p, np.broadcast_to(mean, p.shape), base=2, axis=-1).mean(axis=0)
    np.testing.assert_allclose(cnn.mutual_information(p), divergence, atol=1e-6)
    np.testing.assert_allclose(cnn.spread(p), p.std(axis=0))


def test_members_that_agree_have_no_mutual_information():
    p = np.tile([[0.3, 0.7]], (4, 5, 1))
    np.testing.assert_allclose(cnn.mutual_information(p), 0, atol=1e-12)
    np.testing.assert_allclose(cnn.spread(p), 0, atol=1e-12)


def test_members_of_an_ensemble_average_to_its_prediction():
    models = [cnn.unet((None, None), 3, width=2, depth=1, seed=seed) for seed in range(2)]
    images = np.random.default_rng(0).normal(size=(2, 8, 8))
    members = cnn.predict_each(models, images, mirror=(0, 1))
    assert members.shape == (8, 2, 8, 8, 3)
    np.testing.assert_allclose(members.mean(axis=0), cnn.predict(models, images, mirror=(0, 1)), atol=1e-6)
    assert cnn.mutual_information(members).max() > 0


@pytest.mark.parametrize("function", [cnn.mutual_information, cnn.spread])
def test_one_member_is_refused(function):
    with pytest.raises(ValueError, match="2 or more"):
        function([[[0.5, 0.5]]])


def test_what_is_no_distribution_is_refused():
    with pytest.raises(ValueError, match="sum to 1"):
        cnn.entropy([[0.5, 0.2]])
