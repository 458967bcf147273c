import numpy as np
import pytest

from workbench import evaluation, samples, segmentation


@pytest.fixture(scope="module")
def heads():
    return samples.study("head", patients=12, images_per_patient=1, size=96)


def disc(shape, centre, radius):
    places = np.indices(shape)
    return sum((axis - at) ** 2 for axis, at in zip(places, centre, strict=True)) <= radius**2


def test_the_brain_is_what_the_skull_encloses():
    skull = disc((40, 40), (20, 20), 17) & ~disc((40, 40), (20, 20), 13)
    head = np.where(skull, 900.0, 30.0)
    found = segmentation.brain_mask(head, neck=1)
    np.testing.assert_array_equal(found, disc((40, 40), (20, 20), 13))
    np.testing.assert_array_equal(segmentation.brain_mask(np.stack([head, head]), neck=1)[1], found)


def test_a_brain_holds_its_lesion(heads):
    for case in heads:
        brain, lesion = segmentation.brain_mask(heads.image(case)), heads.mask(case).pixels
        assert 0.2 < brain.mean() < 0.5
        assert not lesion.any() or (brain & lesion).sum() / lesion.sum() > 0.9


def test_nothing_enclosed():
    with pytest.raises(ValueError, match="enclosed by bone above 150 HU"):
        segmentation.brain_mask(np.zeros((20, 20)))


@pytest.mark.parametrize("change", [30.0, -30.0])
@pytest.mark.parametrize("ndim", [2, 3])
def test_the_side_that_changed_is_outlined(change, ndim):
    shape, centre = (24,) * ndim, (12,) * (ndim - 1) + (6,)
    lesion = disc(shape, centre, 3)
    image = 30.0 + np.random.default_rng(0).normal(0, 1, shape) + change * lesion
    found = segmentation.one_sided(image, np.ones(shape, bool), sigma=0.7, margin=3)
    assert evaluation.dice(found, lesion) > 0.8
    np.testing.assert_array_equal(
        segmentation.one_sided(image[..., ::-1], np.ones(shape, bool), sigma=0.7, margin=3), found[..., ::-1]
    )


def test_most_haemorrhages_are_found(heads):
    ill = heads.table.index[heads.table["label"] == "haemorrhage"]
    dice = []
    for case in ill:
        image = np.clip(heads.image(case), 0, 80)
        found = segmentation.one_sided(image, segmentation.brain_mask(heads.image(case)))
        dice.append(evaluation.dice(found, heads.mask(case)))
    assert np.median(dice) > 0.7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mask": np.ones((5, 5), bool)}, "one shape"),
        ({"least": 0.0}, "least must be above 0"),
        ({"mask": disc((20, 20), (10, 10), 5), "margin": 15}, "empty after an erosion by 15 pixels"),
        ({"mask": np.zeros((20, 20), bool)}, "empty"),
    ],
)
def test_bad_input(options, message):
    mask = options.pop("mask", np.ones((20, 20), bool))
    with pytest.raises(ValueError, match=message):
        segmentation.one_sided(np.zeros((20, 20)), mask, **options)
