import heapq
import itertools

import numpy as np
import pytest
from skimage.segmentation import watershed as skimage_watershed

from workbench.segmentation import watershed


def landscapes(seed, count=60):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = rng.integers(2, 12, rng.integers(2, 4))
        image = rng.integers(0, rng.integers(2, 9), shape)
        chosen = rng.choice(image.size, min(image.size, rng.integers(1, 6)), replace=False)
        markers = np.zeros(shape, int)
        markers.flat[chosen] = np.arange(1, len(chosen) + 1)
        yield rng, image, chosen, markers


def written_out(image, markers, connectivity):
    """Voxels leave the queue by level, then by when they came; markers in the order of the image."""
    labels, queue, ticket = markers.copy(), [], itertools.count()
    steps = [step for step in itertools.product((-1, 0, 1), repeat=image.ndim) if any(step)]
    steps = sorted((step for step in steps if np.abs(step).sum() <= connectivity), key=lambda s: np.abs(s).sum())
    for index in map(tuple, np.argwhere(markers)):
        heapq.heappush(queue, (image[index], next(ticket), index))
    while queue:
        level, _, index = heapq.heappop(queue)
        for step in steps:
            other = tuple(np.add(index, step))
            if all(0 <= i < n for i, n in zip(other, image.shape, strict=True)) and not labels[other]:
                labels[other] = labels[index]
                heapq.heappush(queue, (max(image[other], level), next(ticket), other))
    return labels


def test_labels_equal_the_written_out_definition():
    for rng, image, _, markers in landscapes(0, 30):
        connectivity = int(rng.integers(1, image.ndim + 1))
        ours = watershed(image, markers=markers, connectivity=connectivity)
        assert np.array_equal(ours, written_out(image, markers, connectivity))


@pytest.mark.parametrize("dtype", [np.int16, np.float32, np.uint64])
def test_labels_equal_scikit_images(dtype):
    # Its heap takes markers of one height in no certain order, so that they have different heights here.
    for rng, image, chosen, markers in landscapes(1):
        heights = image.astype(dtype) + len(chosen)
        heights.flat[chosen] = np.arange(len(chosen))
        if dtype == np.int16:
            heights -= 300
        mask = rng.random(image.shape) < 0.8
        mask.flat[chosen[0]] = True
        connectivity = int(rng.integers(1, image.ndim + 1))
        expected = skimage_watershed(heights, markers, mask=mask, connectivity=connectivity)
        ours = watershed(heights, markers=markers, mask=mask, connectivity=connectivity)
        assert np.array_equal(ours, expected)


def test_large_integers_keep_their_order():
    image = 2**62 + np.array([[0, 3, 1, 2, 0]])
    assert watershed(image, markers=[[1, 0, 0, 0, 2]]).tolist() == [[1, 1, 2, 2, 2]]


def test_the_input_is_not_changed_and_labels_keep_their_names():
    image, markers = np.zeros((4, 4)), np.zeros((4, 4), int)
    markers[0, 0] = 7
    before = markers.copy()
    assert (watershed(image, markers=markers) == 7).all()
    assert np.array_equal(markers, before)


def test_water_stays_on_the_land():
    mask = np.array([[1, 1, 0, 1]])
    assert watershed(np.zeros((1, 4)), markers=[[3, 0, 0, 0]], mask=mask).tolist() == [[3, 3, 0, 0]]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"markers": np.zeros((3, 3), int)}, ValueError, "at least one label"),
        ({"markers": np.eye(3, dtype=int), "mask": np.zeros((3, 3))}, ValueError, "where mask is true"),
        ({"markers": -np.eye(3, dtype=int)}, ValueError, "from 0 to"),
        ({"markers": np.eye(3)}, TypeError, "whole numbers"),
        ({"markers": np.eye(4, dtype=int)}, ValueError, "same shape"),
        ({"markers": np.eye(3, dtype=int), "connectivity": 3}, ValueError, "connectivity must be"),
        ({"markers": np.eye(3, dtype=int), "mask": np.ones(3)}, ValueError, "same shape"),
    ],
)
def test_bad_input(options, error, message):
    with pytest.raises(error, match=message):
        watershed(np.zeros((3, 3)), **options)


def test_an_image_has_two_or_three_axes():
    with pytest.raises(ValueError, match="2 or 3 axes"):
        watershed(np.zeros(3), markers=[1, 0, 0])
