import numpy as np
import pytest
from scipy import ndimage
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from workbench.evaluation import dice
from workbench.segmentation import PixelClassifier, filter_bank, pixels


def striped(seed, shape=(32, 32)):
    rng = np.random.default_rng(seed)
    truth = np.zeros(shape, bool)
    truth[..., shape[-1] // 2 :] = True
    # Both halves have one mean; the stripes of one are told from the noise of the other by gradients alone.
    stripes = 20 * (np.indices(shape)[-2] // 2 % 2 * 2 - 1)
    return np.where(truth, stripes, 0) + rng.normal(0, 3, shape), truth


@pytest.mark.parametrize("method", ["random_forest", "svm"])
@pytest.mark.parametrize("shape", [(32, 32), (12, 16, 16)])
def test_texture_is_learned_where_no_threshold_can(method, shape):
    image, truth = striped(0, shape)
    other, other_truth = striped(1, shape)
    model = PixelClassifier(method=method, sigmas=(1, 2), pixels=500).fit([image], [truth])
    found = model.predict(other)
    assert found.dtype == bool
    assert found.shape == shape
    assert dice(found, other_truth) > 0.9
    probabilities = model.predict_proba(other)
    assert probabilities.shape == (2, *shape)
    assert np.allclose(probabilities.sum(axis=0), 1, atol=1e-5)
    assert np.array_equal(model.classes_[probabilities.argmax(axis=0)], found)


@pytest.mark.parametrize("method", ["random_forest", "svm"])
def test_a_seed_determines_everything(method):
    image, truth = striped(0)

    def trained(seed):
        return PixelClassifier(method=method, sigmas=(1,), pixels=200, seed=seed).fit([image], [truth])

    assert np.array_equal(trained(1).predict_proba(image), trained(1).predict_proba(image))
    assert not np.array_equal(trained(1).predict_proba(image), trained(2).predict_proba(image))


def test_slabs_give_what_the_whole_image_gives(monkeypatch):
    image, truth = striped(0, (40, 9, 11))
    whole = PixelClassifier(pixels=300).fit([image], [truth])
    expected = whole.predict_proba(image)
    monkeypatch.setattr(pixels, "VOXELS_AT_ONCE", 300)
    assert len(list(whole._slabs(image))) > 10
    assert np.array_equal(whole.predict_proba(image), expected)
    assert np.array_equal(PixelClassifier(pixels=300).fit([image], [truth]).predict_proba(image), expected)


def test_labels_come_back_as_they_were_given():
    image = np.repeat([0.0, 50.0, 100.0], 8)[:, None] * np.ones((24, 12))
    labels = np.repeat(np.array([3, 7, 40], np.int16), 8)[:, None] * np.ones((24, 12), np.int16)
    model = PixelClassifier(sigmas=(1,)).fit([image], [labels])
    assert model.classes_.tolist() == [3, 7, 40]
    assert model.predict(image).dtype == np.int16
    assert (model.predict(image) == labels).mean() > 0.95


def test_it_is_a_scikit_learn_estimator():
    model = PixelClassifier(method="svm", sigmas=(1, 3), pixels=10, seed=5)
    assert clone(model).get_params() == {"method": "svm", "sigmas": (1, 3), "pixels": 10, "seed": 5}
    assert model.set_params(pixels=20).pixels == 20
    with pytest.raises(NotFittedError):
        model.predict(np.zeros((4, 4)))
    image, truth = striped(0)
    with pytest.raises(NotFittedError):
        clone(PixelClassifier(sigmas=(1,)).fit([image], [truth])).predict_proba(image)


def test_the_filter_bank_is_scipys():
    image = np.random.default_rng(0).random((12, 13)).astype(np.float32)
    bank = filter_bank(image, sigmas=(1.5,))
    assert np.array_equal(bank["intensity"], image)
    assert np.allclose(bank["mean 1.5"], ndimage.gaussian_filter(image, 1.5))
    assert np.allclose(bank["laplacian 1.5"], ndimage.gaussian_laplace(image, 1.5))
    rows, columns = (ndimage.gaussian_filter(image, 1.5, order=order) for order in ((1, 0), (0, 1)))
    assert np.allclose(bank["gradient 1.5"], np.hypot(rows, columns), atol=1e-6)
    assert np.array_equal(bank["median 3"], ndimage.median_filter(image, 3))


IMAGE, TRUTH = striped(0, (8, 8))


@pytest.mark.parametrize(
    ("options", "images", "masks", "message"),
    [
        ({"method": "forest"}, [IMAGE], [TRUTH], "method must be one of"),
        ({"pixels": 0}, [IMAGE], [TRUTH], "pixels must be"),
        ({"sigmas": (0,)}, [IMAGE], [TRUTH], "sigmas must be positive"),
        ({}, [], [], "as many masks"),
        ({}, [IMAGE], [TRUTH, TRUTH], "as many masks"),
        ({}, [IMAGE], [TRUTH[:4]], "same shape"),
        ({}, [IMAGE], [TRUTH * 0.5], "received floats"),
        ({}, [IMAGE], [TRUTH & False], "drew only"),
        ({}, [IMAGE * np.nan], [TRUTH], "finite"),
        ({}, IMAGE, TRUTH, "list of images"),
        ({}, [IMAGE, np.zeros((2, 2, 2))], [TRUTH, np.zeros((2, 2, 2), int)], "all be 2-D"),
        ({"method": "svm", "pixels": 2}, [IMAGE], [TRUTH], "two drawn pixels|drew only"),
    ],
)
def test_bad_training(options, images, masks, message):
    with pytest.raises(ValueError, match=message):
        PixelClassifier(**options).fit(images, masks)


def test_bad_images_to_predict():
    model = PixelClassifier(sigmas=(1,)).fit([IMAGE], [TRUTH])
    with pytest.raises(ValueError, match="2 axes as in training"):
        model.predict(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="finite"):
        model.predict(IMAGE * np.nan)
