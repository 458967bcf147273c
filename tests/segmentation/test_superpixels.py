import numpy as np
import pytest
from skimage.segmentation import slic

from workbench.images import Image
from workbench.segmentation import label, superpixels


@pytest.mark.parametrize("shape", [(40, 50), (8, 20, 20)])
def test_regions_are_scikit_images_connected_and_follow_edges(shape):
    rng = np.random.default_rng(0)
    edge = (np.arange(shape[-1]) > shape[-1] / 3) * np.ones(shape)
    image = 1000 * edge + rng.normal(0, 20, shape)
    labels = superpixels(image, count=30)
    assert np.array_equal(labels, slic(image, n_segments=30, compactness=0.1, channel_axis=None))
    assert set(np.unique(labels)) == set(range(1, labels.max() + 1))
    assert all(label(labels == k).max() == 1 for k in range(1, labels.max() + 1))
    majority = np.array([round(edge[labels == k].mean()) for k in range(1, labels.max() + 1)])
    assert (majority[labels - 1] == edge).mean() > 0.99


def test_units_do_not_matter():
    image = np.random.default_rng(1).random((30, 30))
    assert np.array_equal(superpixels(image, count=9), superpixels(4096 * image - 1024, count=9))


def test_an_image_brings_its_spacing():
    image = np.random.default_rng(1).random((10, 40))
    expected = superpixels(image, count=8, spacing=(4.0, 1.0))
    assert np.array_equal(superpixels(Image(image, spacing=(4.0, 1.0)), count=8), expected)


def test_a_constant_image_is_cut_into_blocks():
    assert superpixels(np.zeros((20, 20)), count=4).max() == 4


@pytest.mark.parametrize("options", [{"count": 0}, {"compactness": 0}, {"steps": 0}])
def test_options_out_of_range(options):
    with pytest.raises(ValueError, match="must be at least 1"):
        superpixels(np.eye(5), **options)


def test_an_image_has_two_or_three_axes():
    with pytest.raises(ValueError, match="2 or 3 axes"):
        superpixels(np.zeros(5))
