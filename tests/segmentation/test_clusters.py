from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.cluster import KMeans

from workbench import samples
from workbench.segmentation import kmeans

SETTINGS = settings(deadline=None, max_examples=50)


def inertia(values, parts):
    return sum(((part - part.mean()) ** 2).sum() for part in np.split(values, parts))


@SETTINGS
@given(arrays.arrays(np.int16, st.integers(4, 12), elements=st.integers(-30, 30), unique=True), st.integers(2, 4))
def test_no_other_partition_is_better(values, classes):
    found = kmeans(values, classes=classes)
    ordered = np.sort(values).astype(float)
    best = min(inertia(ordered, parts) for parts in combinations(range(1, len(ordered)), classes - 1))
    assert found.inertia == pytest.approx(best, abs=1e-9)
    assert ((values - found.means[found.labels - 1]) ** 2).sum() == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("kind", [np.int16, np.float32])
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_inertia_is_not_above_scikit_learns_of_ten_starts(kind, classes):
    head = samples.load("head_ct").pixels[::6, ::6].astype(kind)
    if kind == np.float32:
        head += np.random.default_rng(0).normal(0, 5, head.shape).astype(kind)
    found = kmeans(head, classes=classes)
    theirs = KMeans(classes, n_init=10, random_state=0, tol=1e-8).fit(head.reshape(-1, 1).astype(float))
    assert found.inertia <= theirs.inertia_ * (1 + 1e-5)
    assert found.inertia == pytest.approx(theirs.inertia_, rel=1e-3)


def test_separate_clusters_are_scikit_learns():
    rng = np.random.default_rng(1)
    image = rng.choice([10.0, 50.0, 200.0], (64, 64)) + rng.normal(0, 3, (64, 64))
    theirs = KMeans(3, n_init=5, random_state=0, tol=1e-9).fit(image.reshape(-1, 1))
    found = kmeans(image, classes=3)
    assert np.allclose(found.means, np.sort(theirs.cluster_centers_.ravel()), rtol=1e-5)
    order = theirs.cluster_centers_.ravel().argsort().argsort()
    assert np.array_equal(found.labels, order[theirs.labels_].reshape(image.shape) + 1)


@SETTINGS
@given(arrays.arrays(np.float64, (4, 5), elements=st.floats(-100, 100, width=16), unique=True))
def test_a_scale_and_a_shift_change_no_label_and_the_image_stays(image):
    before = image.copy()
    found = kmeans(image, classes=2)
    assert np.array_equal(kmeans(4 * image - 64, classes=2).labels, found.labels)
    assert np.array_equal(image, before)


def test_a_mask_hides_the_rest():
    image = np.array([[1, 2, 9, 10, 500]])
    found = kmeans(image, classes=2, mask=image < 100)
    assert found.labels.tolist() == [[1, 1, 2, 2, 0]]
    assert found.means.tolist() == [1.5, 9.5]


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        ([1, 1, 1], {"classes": 2}, "at least 2 different intensities, received 1"),
        ([1, 2], {"classes": 1}, "classes must be at least 2"),
        (range(300), {"classes": 256}, "at most 255"),
        ([1, 2], {"mask": [0, 0]}, "empty mask"),
        ([1, 2], {"mask": [1]}, "same shape"),
        ([1.0, np.nan], {}, "finite"),
    ],
)
def test_bad_input(image, options, message):
    with pytest.raises(ValueError, match=message):
        kmeans(np.asarray(image), **options)
