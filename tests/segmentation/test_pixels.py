import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import ndimage
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

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
    assert clone(model).get_params() == {
        "method": "svm",
        "sigmas": (1, 3),
        "trees": 100,
        "pixels": 10,
        "seed": 5,
    }
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
        ({"method": "svm", "pixels": 2}, [IMAGE], [TRUTH], "two pixels of each class|drew only"),
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


# Warnings are errors, so that a skipped check is one. scikit-learn skips its check of array interfaces unless
# scipy was told of them before it was loaded.
CHECKS = """
from sklearn.utils.estimator_checks import check_estimator
from workbench.segmentation import PixelModel

for model in (PixelModel(trees=5), PixelModel(method="svm")):
    results = check_estimator(model)
    assert len(results) > 50 and all(result["status"] == "passed" for result in results), results
"""


def test_the_model_of_pixels_passes_all_checks_of_scikit_learn():
    environment = {**os.environ, "SCIPY_ARRAY_API": "1"}
    subprocess.run([sys.executable, "-W", "error", "-c", CHECKS], env=environment, check=True)


def test_parameters_are_searched_over_images():
    pairs = [striped(seed) for seed in range(4)]
    images, masks = [image for image, _ in pairs], [truth for _, truth in pairs]
    search = GridSearchCV(PixelClassifier(pixels=200, trees=10), {"sigmas": [(1,), (8,)]}, cv=2)
    search.fit(images, masks)
    assert search.best_params_ == {"sigmas": (1,)}
    assert 0.8 < search.best_score_ <= 1
    assert search.best_estimator_.predict(images[0]).shape == images[0].shape


def test_the_score_is_the_mean_dice_of_all_classes_but_zero():
    image, truth = striped(0)
    labels = truth.astype(np.uint8) * 3
    labels[:5] = 2
    model = PixelClassifier(sigmas=(1,), trees=10).fit([image], [labels])
    other, other_truth = striped(1)
    other_labels = other_truth.astype(np.uint8) * 3
    found = model.predict(other)
    expected = np.nanmean([dice(found == label, other_labels == label) for label in (2, 3)])
    assert model.score([other], [other_labels]) == pytest.approx(expected)
    with pytest.raises(NotFittedError):
        PixelClassifier().score([other], [other_labels])


# The peak of the resident memory is that of the whole life of a process, hence a process of its own.
MEMORY = """
import resource
import numpy as np
from workbench.segmentation import PixelClassifier

rng = np.random.default_rng(0)
volume = rng.integers(0, 200, (80, 512, 512), dtype=np.int16)
truth = volume[:20, :64, :64] > 100
model = PixelClassifier(trees=1, sigmas=(1.0,), pixels=500).fit([volume[:20, :64, :64]], [truth])
found = model.predict(volume)
assert found.shape == volume.shape and 0.3 < found.mean() < 0.7
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
# Nothing but the volume and its labels grows with the number of slices.
print((peak + (300 / 80 - 1) * (volume.nbytes + found.nbytes)) / 2**30)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is Linux's")
def test_a_volume_of_300_slices_is_classified_in_less_than_4_gib():
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 4
