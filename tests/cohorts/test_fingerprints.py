import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import fft, ndimage

from workbench.cohorts.fingerprints import alike, fingerprint, perceptual_hash, same_looking, thumbnail
from workbench.images import Image


def scene(seed, shape=(96, 120)):
    rng = np.random.default_rng(seed)
    smooth = ndimage.gaussian_filter(rng.normal(size=shape), 6)
    return np.clip(128 + 40 * smooth / smooth.std(), 0, 255).round().astype(np.uint8)


def bits(one, other):
    return (fingerprint(one).perceptual ^ fingerprint(other).perceptual).bit_count()


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999))
def test_the_hash_by_its_definition(seed):
    grey = np.random.default_rng(seed).normal(size=(32, 32)).astype(np.float32)
    low = fft.dctn(grey.astype(float), norm="ortho")[1:9, 1:9].ravel()
    expected = "".join("1" if value > np.median(low) else "0" for value in low)
    assert f"{perceptual_hash(grey):064b}" == expected


@pytest.mark.parametrize("seed", range(5))
def test_alike_images_have_near_hashes_and_others_far_ones(seed):
    image = scene(seed)
    brighter = np.clip(image * 0.8 + 20, 0, 255)
    noisy = image + np.random.default_rng(seed).normal(size=image.shape, scale=2)
    smaller = image.reshape(48, 2, 60, 2).mean(axis=(1, 3))
    assert max(bits(image, changed) for changed in (brighter, noisy, smaller)) <= 6
    assert bits(image, scene(seed + 100)) > 14


def test_the_digest_knows_values_not_dtypes():
    image = scene(0)
    same = [image.astype(dtype) for dtype in (np.int32, np.uint16, np.float32, np.float64)]
    assert {fingerprint(one).digest for one in same} == {fingerprint(image).digest}
    changed = image.copy()
    changed[0, 0] += 1
    assert fingerprint(changed).digest != fingerprint(image).digest
    assert fingerprint(image.reshape(120, 96)).digest != fingerprint(image).digest
    assert fingerprint([[0.0, 0.5]]).digest == fingerprint([[-0.0, 0.5]]).digest
    assert fingerprint([[0.5, 1.0]]).digest != fingerprint([[0.5, 1.0001]]).digest


def test_volumes_and_colours():
    volume = np.stack([scene(1), scene(1)])
    np.testing.assert_allclose(thumbnail(volume), thumbnail(scene(1)), rtol=1e-5)
    color = Image(np.stack([scene(2)] * 3, axis=-1), channel_axis=-1)
    assert fingerprint(color).perceptual == fingerprint(scene(2)).perceptual


def test_alike_finds_pairs_across_blocks():
    prints = [fingerprint(scene(seed, (40, 40))) for seed in range(700)]
    prints.append(fingerprint(scene(3, (40, 40)) * 1.01 + 1))
    assert [pair[:2] for pair in alike(prints)] == [(3, 700)]
    assert alike([]) == []


def test_equal_and_constant_images_are_not_alike():
    flat = np.full((40, 40), 7)
    assert alike([fingerprint(image) for image in (flat, flat + 1, scene(1), scene(1))]) == []


def test_same_looking():
    image = scene(0).astype(float)
    assert same_looking(image, 3 * image - 50) == 1
    assert same_looking(image, -image) == -1
    assert same_looking(image, np.full_like(image, 3.3)) == 0
