import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import cnn
from workbench.cnn.prediction import tiles

RNG = np.random.default_rng(0)
# Depth 2: two convolutions at each of three levels on the way down, two at two on the way up, and the pooling.
REACH_OF_DEPTH_2 = 22


@pytest.fixture(scope="module")
def unet_2d():
    return cnn.unet((None, None), 3, width=4, depth=2, seed=1)


@pytest.fixture(scope="module")
def unet_3d():
    return cnn.unet((None, None, None), 2, width=2, depth=1, seed=1)


@pytest.mark.parametrize("weights", tiles.WEIGHTS)
def test_tiles_give_what_the_whole_image_gives_where_the_receptive_field_allows(unet_2d, weights):
    image = RNG.normal(size=(96, 128))
    whole = cnn.predict(unet_2d, image[np.newaxis])[0]
    tiled = cnn.predict_tiles(unet_2d, image, tile=64, weights=weights, margin=REACH_OF_DEPTH_2)
    np.testing.assert_allclose(tiled, whole, atol=5e-6)
    without = cnn.predict_tiles(unet_2d, image, tile=64, weights=weights)
    assert 1e-3 < np.abs(without - whole).max()


def test_tiles_of_a_volume_give_what_the_whole_gives(unet_3d):
    volume = RNG.normal(size=(40, 36, 34))
    whole = cnn.predict(unet_3d, volume[np.newaxis])[0]
    np.testing.assert_allclose(cnn.predict_tiles(unet_3d, volume, tile=24, margin=8), whole, atol=5e-6)


def test_one_tile_that_holds_the_image_is_the_whole_image(unet_2d):
    image = RNG.normal(size=(32, 48))
    expected = cnn.predict(unet_2d, image[np.newaxis])[0]
    np.testing.assert_allclose(cnn.predict_tiles(unet_2d, image, tile=64), expected, atol=1e-6)


@settings(deadline=None, max_examples=50)
@given(
    side=st.integers(1, 90),
    length=st.sampled_from([8, 16, 32]),
    overlap=st.floats(0, 0.95),
    weights=st.sampled_from(tiles.WEIGHTS),
    margin=st.integers(0, 3),
)
def test_weights_sum_to_one_at_each_pixel(side, length, overlap, weights, margin):
    padded = max(-(-side // 4) * 4, length)
    axis = tiles._axis(padded, length, 4, tiles._Blending(overlap, weights, min(margin, length // 4 - 1)))
    total = np.zeros(padded)
    for start, one in zip(axis.starts, axis.weights, strict=True):
        assert start % 4 == 0
        total[start : start + length] += one
    np.testing.assert_allclose(total, 1, atol=1e-5)


@pytest.mark.parametrize("shape", [(37, 51), (5, 200), (64, 64)])
def test_any_size_gives_probabilities_in_order(unet_2d, shape):
    image = RNG.normal(size=shape)
    bands = list(cnn.predict_bands(unet_2d, image, tile=32))
    assert [rows.start for rows, _ in bands] == [0, *(rows.stop for rows, _ in bands[:-1])]
    assert bands[-1][0].stop == shape[0]
    probabilities = np.concatenate([found for _, found in bands])
    assert probabilities.shape == (*shape, 3)
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_array_equal(cnn.segment_tiles(unet_2d, image, tile=32), probabilities.argmax(axis=-1))


def test_the_batch_size_changes_nothing(unet_2d):
    image = RNG.normal(size=(70, 50))
    one, many = (cnn.predict_tiles(unet_2d, image, tile=32, batch_size=size) for size in (1, 7))
    np.testing.assert_allclose(one, many, atol=1e-6)


def test_overlap_makes_seams_small(unet_2d):
    image = RNG.normal(size=(128, 128))
    whole = cnn.predict(unet_2d, image[np.newaxis])[0]

    def seam(**options):
        error = np.abs(cnn.predict_tiles(unet_2d, image, tile=64, **options) - whole).sum(axis=-1)
        return error[62:66].mean()

    hard, gaussian, hann = seam(overlap=0.0), seam(weights="gaussian"), seam(weights="hann")
    assert max(gaussian, hann) < hard / 20


def test_memory_does_not_grow_with_the_length_of_a_volume(unet_3d):
    def peak(length):
        volume = np.broadcast_to(np.float32(1), (length, 64, 64))
        for _ in cnn.predict_bands(unet_3d, volume[:40], tile=32):
            pass
        tracemalloc.start()
        for _ in cnn.predict_bands(unet_3d, volume, tile=32):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(256) < 1.1 * peak(64)


def test_a_model_with_its_own_sides_names_the_tile():
    model = cnn.unet((16, 16), 2, width=2, depth=1)
    assert cnn.predict_tiles(model, np.zeros((40, 24))).shape == (40, 24, 2)
    assert cnn.predict_tiles(model, np.zeros((9, 9))).shape == (9, 9, 2)
    with pytest.raises(ValueError, match="tile's side must be 16, received 32"):
        cnn.predict_tiles(model, np.zeros((40, 24)), tile=32)


def test_channels_ensembles_and_mirroring_go_together():
    models = [cnn.unet((None, None), 2, channels=2, width=2, depth=1, seed=seed) for seed in range(2)]
    image = RNG.normal(size=(24, 16, 2))
    expected = cnn.predict(models, image[np.newaxis], mirror=(1,))[0]
    np.testing.assert_allclose(cnn.predict_tiles(models, image, mirror=(1,)), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tile": 30}, r"multiple of 2\*\*depth = 4, received 30"),
        ({"tile": (32, 32, 32)}, "name 2 sides"),
        ({"overlap": 1.0}, "overlap must be"),
        ({"weights": "box"}, "weights must be one of"),
        ({"margin": -1}, "margin must be"),
        ({"tile": 16, "margin": 8}, "leaves nothing"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"mirror": (2,)}, "mirror must name"),
    ],
)
def test_options_are_checked(unet_2d, options, message):
    with pytest.raises(ValueError, match=message):
        cnn.predict_tiles(unet_2d, np.zeros((64, 64)), **options)


def test_images_are_checked(unet_2d):
    for shape in [(8, 8, 3), (8,), (2, 8, 8, 1), (0, 8)]:
        with pytest.raises(ValueError, match="2 axes and 1 channels"):
            cnn.predict_tiles(unet_2d, np.zeros(shape))
    with pytest.raises(ValueError, match="finite"):
        cnn.predict_tiles(unet_2d, np.full((8, 8), np.nan))
    with pytest.raises(ValueError, match="model of pixels"):
        cnn.predict_tiles(cnn.classifier((8, 8), 2, width=2, depth=1), np.zeros((8, 8)))


def test_a_memory_map_is_read_tile_by_tile(unet_2d, tmp_path):
    np.save(tmp_path / "large.npy", RNG.normal(size=(100, 40)).astype(np.float32))
    mapped = np.load(tmp_path / "large.npy", mmap_mode="r")
    expected = cnn.predict_tiles(unet_2d, np.array(mapped), tile=32)
    np.testing.assert_array_equal(cnn.predict_tiles(unet_2d, mapped, tile=32), expected)


def test_views_are_all_ways_of_mirroring():
    assert tiles.views((0, 2), 3) == [(), (1,), (3,), (1, 3)]
