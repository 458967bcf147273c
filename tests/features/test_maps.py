import numpy as np
import pytest
from scipy import ndimage

from workbench import features
from workbench.features import FixedBinNumber, FixedBinSize, discretize, texture_features


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 200, (14, 12)).astype(float)


def test_mean_and_extremes_equal_scipy_within_the_image(image):
    inner = np.s_[2:-2, 2:-2]
    found = features.map(image, "intensity_mean", radius=2)
    np.testing.assert_allclose(found[inner], ndimage.uniform_filter(image, 5)[inner])
    highest = features.map(image, "intensity_maximum", radius=1)
    np.testing.assert_array_equal(highest, ndimage.maximum_filter(image, 3, mode="constant"))


@pytest.mark.parametrize("feature", ["glcm_contrast", "ngtdm_coarseness", "glszm_zone_percentage"])
def test_texture_equals_the_texture_of_the_window(image, feature):
    bins = FixedBinSize(25, minimum=0)
    mask = np.ones_like(image, bool)
    mask[:, 6] = False
    found = features.map(image, feature, radius=2, mask=mask, discretization=bins)
    assert np.isnan(found[:, 6]).all()
    levels = discretize(image, mask, discretization=bins)[3:8, 2:7]
    expected = texture_features(levels, families=[feature.split("_")[0]])[feature]
    assert found[5, 4] == pytest.approx(expected, rel=1e-9)


def test_histogram_and_volumes(image):
    entropy = features.map(image, "histogram_entropy", radius=1, discretization=FixedBinNumber(4))
    assert ((entropy >= 0) & (entropy <= 2)).all()
    solid = np.random.default_rng(0).random((4, 5, 6))
    assert features.map(solid, "ivh_intensity_at_volume_10", radius=1).shape == solid.shape


def test_a_lone_voxel_has_no_texture(image):
    mask = np.zeros_like(image)
    mask[3, 3] = 1
    assert np.isnan(features.map(image, "glcm_contrast", radius=1, mask=mask)).all()


def test_what_cannot_be_mapped_raises(image):
    for feature in ("morphology_volume", "peak_local", "brightness"):
        with pytest.raises(ValueError, match="feature must be one of"):
            features.map(image, feature, radius=1)
    for radius in (0, 1.5):
        with pytest.raises(ValueError, match="positive whole number"):
            features.map(image, "intensity_mean", radius=radius)
