from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from workbench import cnn

STILL = cnn.Augmentation(rotation=0, scale=0, shift=0, contrast=0, brightness=0, gamma=0, noise=0)
MOVING = replace(STILL, rotation=25, scale=0.2, shift=0.1, elastic=1.5)
RNG = np.random.default_rng(0)


def smooth(*shape):
    return ndimage.gaussian_filter(RNG.normal(size=shape), 3, axes=range(1, len(shape)))[..., np.newaxis]


def center(image):
    return np.array(ndimage.center_of_mass(np.maximum(image, 0)))


def test_nothing_changes_where_nothing_may():
    images = smooth(3, 16, 20)
    np.testing.assert_array_equal(cnn.augmented(images, augment=STILL), images.astype(np.float32))


@pytest.mark.parametrize("shape", [(3, 24, 32), (2, 12, 16, 20)])
def test_the_draw_depends_on_seed_epoch_and_case_alone(shape):
    images = smooth(*shape)
    augment = cnn.Augmentation(elastic=1.0)
    together = cnn.augmented(images, augment=augment, seed=1, epoch=2)
    for row in range(len(images)):
        alone = cnn.augmented(images[row : row + 1], augment=augment, seed=1, epoch=2, cases=[row])
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-5, atol=1e-6)
    for other in ({"seed": 2, "epoch": 2}, {"seed": 1, "epoch": 3}):
        assert abs(cnn.augmented(images, augment=augment, **other) - together).max() > 0.01
    same = np.repeat(images[:1], 2, axis=0)
    changed = cnn.augmented(same, augment=augment)
    assert abs(changed[0] - changed[1]).max() > 0.01


@pytest.mark.parametrize("elastic", [0.0, 2.0])
@pytest.mark.parametrize("seed", range(4))
def test_images_masks_and_boxes_move_together(elastic, seed):
    rows, columns = np.mgrid[:64, :80]
    places = RNG.uniform((20, 28), (44, 52), (8, 2))
    images = np.stack([np.exp(-((rows - r) ** 2 + (columns - c) ** 2) / 18) for r, c in places])[..., np.newaxis]
    masks = (images[..., 0] > 0.5).astype(np.int32)
    half = 3 * np.sqrt(2 * np.log(2))
    boxes = np.array([[[r + 0.5 - half, c + 0.5 - half, r + 0.5 + half, c + 0.5 + half, 1]] for r, c in places])
    augment = replace(MOVING, elastic=elastic, flip=(1,))
    moved, labels = cnn.augmented(images, masks, augment=augment, seed=seed)
    _, moved_boxes = cnn.augmented(images, boxes, augment=augment, seed=seed)
    for image, label, box, place in zip(moved[..., 0], labels, moved_boxes[:, 0], places, strict=True):
        landmark = center(image**2)
        assert set(np.unique(label)) <= {0, 1}
        np.testing.assert_allclose(center(label), landmark, atol=0.5)
        np.testing.assert_allclose((box[:2] + box[2:4]) / 2 - 0.5, landmark, atol=1.0 if elastic else 0.6)
        assert box[4] == 1
        assert np.hypot(*(landmark - place)) > 0


def test_a_landmark_is_found_where_the_same_warp_of_a_mask_puts_it():
    masks = np.zeros((6, 40, 40), np.int32)
    masks[:, 12:18, 20:30] = 3
    images = masks[..., np.newaxis].astype(float)
    moved, labels = cnn.augmented(images, masks, augment=MOVING, seed=5)
    assert set(np.unique(labels)) == {0, 3}
    agreement = (
        2 * ((moved[..., 0] > 1.5) & (labels == 3)).sum() / ((moved[..., 0] > 1.5).sum() + (labels == 3).sum())
    )
    assert agreement > 0.97


def test_rotations_are_within_their_limits_and_rigid_in_millimetres():
    rows, columns = np.mgrid[:41, :41]
    thick = np.exp(-(((rows - 20) * 2) ** 2 + (columns - 20) ** 2) / 60)[np.newaxis, ..., np.newaxis]
    turned = cnn.augmented(
        np.repeat(thick, 20, axis=0), augment=replace(STILL, rotation=90, spacing=(2.0, 1.0)), seed=1
    )
    np.testing.assert_allclose(turned, np.repeat(thick, 20, axis=0), atol=0.02)
    distorted = cnn.augmented(np.repeat(thick, 20, axis=0), augment=replace(STILL, rotation=90), seed=1)
    assert abs(distorted - thick).max() > 0.2


def test_only_flips_that_are_asked_for_happen():
    ramp = np.broadcast_to(np.arange(8.0)[:, np.newaxis], (40, 8, 8))[..., np.newaxis]
    np.testing.assert_array_equal(cnn.augmented(ramp, augment=STILL), ramp)
    flipped = cnn.augmented(ramp, augment=replace(STILL, flip=(0,)))
    upside_down = (flipped == ramp[:, ::-1]).all(axis=(1, 2, 3))
    assert 8 < upside_down.sum() < 32
    np.testing.assert_array_equal(flipped[~upside_down], ramp[~upside_down])
    np.testing.assert_array_equal(cnn.augmented(ramp, augment=replace(STILL, flip=(1,))), ramp)


def test_intensities_change_alike_in_any_units():
    images = RNG.uniform(0, 1, (5, 12, 12, 1))
    augment = replace(cnn.Augmentation(), rotation=0, scale=0, shift=0, bias=0.3)
    one, other = (cnn.augmented(a * images + b, augment=augment) for a, b in ((1, 0), (400, -1000)))
    np.testing.assert_allclose(400 * one - 1000, other, atol=0.5)


def test_gamma_keeps_the_range_and_order():
    images = RNG.uniform(5, 9, (6, 10, 10, 1))
    changed = cnn.augmented(images, augment=replace(STILL, gamma=0.5))
    np.testing.assert_allclose(changed.min(axis=(1, 2, 3)), images.min(axis=(1, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(changed.max(axis=(1, 2, 3)), images.max(axis=(1, 2, 3)), rtol=1e-5)
    assert (np.argsort(images.ravel()[:100]) == np.argsort(changed.ravel()[:100])).all()


def test_noise_has_at_most_the_deviation_that_was_asked_for():
    images = RNG.normal(50, 10, (12, 40, 40, 1))
    added = (cnn.augmented(images, augment=replace(STILL, noise=0.2)) - images).std(axis=(1, 2, 3))
    assert (added < 0.21 * 10).all()
    assert added.max() > 1


def test_a_bias_field_is_smooth_and_multiplies():
    images = np.full((8, 32, 32, 1), 100.0)
    images[:, 0] = 0
    field = cnn.augmented(images, augment=replace(STILL, bias=0.2))[:, 1:] / 100
    assert 0.02 < field.std(axis=(1, 2, 3)).mean() < 0.3
    assert abs(np.diff(field, axis=1)).max() < 0.1
    assert (field > 0).all()


def test_boxes_that_leave_the_image_are_dropped_and_others_cut():
    image = np.zeros((30, 40, 40, 1))
    boxes = np.tile(np.array([[[0, 0, 6, 6, 2], [15, 15, 25, 25, 0], [0, 0, 0, 0, -1]]], float), (30, 1, 1))
    moved = cnn.augmented(image + RNG.normal(size=image.shape), boxes, augment=replace(STILL, shift=0.3))[1]
    assert (moved[:, 2, 4] == -1).all()
    assert (moved[:, 1, 4] == 0).all()
    gone = moved[:, 0, 4] == -1
    assert 0 < gone.sum() < 30
    assert (moved[..., :4] >= 0).all()
    assert (moved[..., :4] <= 40).all()
    kept = moved[~gone, 0]
    assert ((kept[:, 2] - kept[:, 0]) * (kept[:, 3] - kept[:, 1]) >= 0.25 * 36 - 1e-3).all()


@pytest.mark.parametrize(
    "options", [{"rotation": -1}, {"scale": 1.0}, {"noise": float("nan")}, {"shift": 1.5}, {"bias": -0.1}]
)
def test_impossible_amounts_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        cnn.Augmentation(**options)


@pytest.mark.parametrize(
    ("images", "targets", "message"),
    [
        (np.zeros((4, 4)), None, "channels"),
        (np.zeros((2, 4, 4, 1)), np.zeros((2, 3, 4)), "label maps"),
        (np.full((1, 4, 4, 1), np.nan), None, "finite"),
    ],
)
def test_what_is_no_batch_is_refused(images, targets, message):
    with pytest.raises(ValueError, match=message):
        cnn.augmented(images, targets, augment=STILL)
