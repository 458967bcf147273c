import numpy as np
import pytest

from workbench import images, processing, samples
from workbench.images import Image
from workbench.registration import RegistrationError
from workbench.synthesis import panorama

RNG = np.random.default_rng(0)


def scenes(shared_data):
    folder = shared_data / "registration_fusion"
    yield np.asarray(images.read(folder / "ants_mr_slices/r16slice.jpg"), float)
    yield np.asarray(images.read(folder / "ct_head_2d/CT_2D_head_fixed.mha"), float)
    for path in sorted((shared_data / "cxr_kermany224/train/PNEUMONIA").glob("*.jpeg"))[:2]:
        xray = np.asarray(images.read(path), float)
        yield xray if xray.ndim == 2 else xray.mean(axis=-1)
    yield np.asarray(processing.plane(samples.load("mni152_t1"), index=105), float)


def crops(shape, rng, count):
    """Boxes of more than half of each side, the first four in the corners, moved inwards at random."""
    sides = [(np.array(shape) * rng.uniform(0.55, 0.62, 2)).astype(int) for _ in range(count)]
    corners = [(0, 0), (1, 1), (0, 1), (1, 0)]
    for index, side in enumerate(sides):
        room = np.array(shape) - side
        start = room * corners[index] if index < 4 else rng.integers(0, room + 1)
        yield tuple(slice(int(a), int(a + b)) for a, b in zip(start, side, strict=True))


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_random_crops_of_other_brightness_give_the_original_back(shared_data, count):
    rng = np.random.default_rng(count)
    for scene in scenes(shared_data):
        whole = np.rint(180 * (scene - scene.min()) / np.ptp(scene)).astype(np.uint8)
        boxes = list(crops(whole.shape, rng, count))
        gains = np.array([1, *rng.uniform(0.75, 1.35, count - 1)])
        parts = [np.rint(whole[box] * gain).astype(np.uint8) for box, gain in zip(boxes, gains, strict=True)]
        joined = panorama(parts)
        starts = np.array([[side.start for side in box] for box in boxes])
        np.testing.assert_array_equal(joined.offsets, starts - starts.min(axis=0))
        low = starts.min(axis=0)
        original = whole[tuple(map(slice, low, low + joined.covered.shape))].astype(int)
        assert np.abs(joined.image.astype(int) - original)[joined.covered].max() <= 1
        np.testing.assert_allclose(joined.gains * gains, 1, rtol=4e-3)


def test_without_rounding_the_original_comes_back_exactly():
    scene = RNG.random((50, 70))
    parts = [scene[:, :40], 1.7 * scene[:, 25:60], 0.4 * scene[:, 45:]]
    joined = panorama(parts)
    np.testing.assert_allclose(joined.image, scene, rtol=1e-12)
    np.testing.assert_allclose(joined.gains, [1, 1 / 1.7, 2.5])
    assert len(joined.overlaps) == 2


def test_colour_volumes_and_places():
    scene = RNG.integers(0, 250, (30, 50, 3)).astype(np.uint8)
    joined = panorama([scene[:, 20:], scene[:, :32]], channel_axis=-1)
    np.testing.assert_array_equal(joined.image, scene)
    volume = RNG.random((12, 14, 40))
    np.testing.assert_allclose(panorama([volume[..., :25], volume[..., 15:]], gain=False).image, volume)
    whole = Image(RNG.random((30, 50)), affine=np.diag([1.0, 2, 3, 1]))
    parts = [processing.crop(whole, start=(0, low), stop=(30, low + 30)) for low in (20, 0)]
    joined = panorama(parts).image
    np.testing.assert_allclose(joined, whole)
    np.testing.assert_allclose(joined.affine, whole.affine)


def test_what_is_nowhere_covered_is_background():
    scene = RNG.random((60, 60))
    joined = panorama([scene[:40, :40], scene[20:, 20:]], background=-1)
    assert (joined.image[~joined.covered] == -1).all()
    np.testing.assert_allclose(joined.image[joined.covered], scene[joined.covered])


def test_images_that_do_not_overlap_are_refused_by_name(shared_data):
    for scene in scenes(shared_data):
        middle = scene.shape[1] // 2
        left, right = scene[:, : middle - 4], scene[:, middle + 4 :]
        with pytest.raises(RegistrationError, match=r"no overlap|do not look alike"):
            panorama([left - scene.min(), right - scene.min()])
    parts = [RNG.random((40, 40)) for _ in range(2)]
    with pytest.raises(RegistrationError, match=r"no overlap was found between images \[0, 1\] and \[2\]"):
        panorama([parts[0][:, :30], parts[0][:, 10:], parts[1]])


@pytest.mark.parametrize(
    ("parts", "options", "message"),
    [
        ([np.ones((9, 9))], {}, "two images or more"),
        ([np.full((9, 9), -5.0)] * 2, {}, "gain=False"),
        ([np.ones((9, 9)), np.ones((9, 9, 9))], {}, "same number of axes"),
        ([Image(np.ones((9, 9)), units="HU"), Image(np.ones((9, 9)), units="SUV")], {}, "same units"),
        ([np.full((9, 9), np.nan)] * 2, {}, "must be finite"),
    ],
)
def test_what_cannot_be_joined_is_refused(parts, options, message):
    with pytest.raises(ValueError, match=message):
        panorama(parts, **options)


def test_constant_images_fit_nowhere():
    with pytest.raises(RegistrationError, match="no overlap"):
        panorama([np.ones((20, 20)), np.ones((20, 20))])
