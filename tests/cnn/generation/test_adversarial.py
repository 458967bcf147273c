import numpy as np
import pytest

from workbench import cnn
from workbench.cnn.backend import keras, tensorflow
from workbench.cnn.generation import duel
from workbench.cnn.generation.differentiable import disturbed

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1000, 500, (12, 16, 16)).astype(np.float32)
CLASSES = np.arange(12) % 2


def tiny(**options):
    return cnn.gan((16, 16), 2, **{"width": 2, "latent": 8, **options})


def fit(model, images=IMAGES, classes=CLASSES, **options):
    return cnn.fit_gan(
        model, images, classes, **{"progress": False, "steps": 4, "every": 2, "batch_size": 4, **options}
    )


def weights(model):
    return [*model.generator.get_weights(), *model.discriminator.get_weights()]


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("shape", "base"),
    [((28, 28), (7, 7)), ((32, 32), (4, 4)), ((64, 64), (4, 4)), ((48, 64), (6, 8)), ((8, 16, 16), (4, 8, 8))],
)
def test_sides_are_halved_to_a_small_base_and_back(shape, base):
    model = cnn.gan(shape, 3, channels=2, width=2, latent=5)
    assert model.generator.get_layer("base").output.shape[1:-1] == base
    assert model.generator.output_shape == (None, *shape, 2)
    assert model.generator.input_shape == [(None, 5), (None,)]
    assert model.discriminator.get_layer("features").output.shape == (None, 128)
    assert model.discriminator.output_shape == (None, 1)
    names = [layer.name for layer in model.generator.layers]
    assert {"up0", "up0_larger", "base", "shades", "intensities"} <= set(names)


def test_the_seed_decides_the_first_weights():
    assert equal(weights(tiny(seed=1)), weights(tiny(seed=1)))
    assert not equal(weights(tiny(seed=1)), weights(tiny(seed=2)))


def test_maps_have_unit_mean_square_before_the_activation():
    model = tiny()
    before = keras.Model(model.generator.input, model.generator.get_layer("up0_scale").output)
    maps = np.asarray(before([RNG.normal(size=(2, 8)).astype("f4"), np.zeros(2, "i4")]))
    np.testing.assert_allclose((maps**2).mean(axis=-1), 1, rtol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (((50, 50),), {}, "halved without a remainder"),
        (((6, 6),), {}, "halved without a remainder"),
        (((64,),), {}, "2 or 3 sides"),
        (((32, 32), 0), {}, "classes must be 1 or more"),
        (((32, 32),), {"latent": 0}, "latent must be 1 or more"),
        (((32, 32),), {"width": 0}, "width must be 1 or more"),
    ],
)
def test_impossible_networks_are_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        cnn.gan(*arguments, **options)


def test_one_seed_gives_the_same_weights_and_leaves_the_data_alone():
    before = IMAGES.copy()
    made = []
    for seed in (3, 3, 4):
        model = tiny()
        training = fit(model, seed=seed)
        made.append(weights(model))
    assert equal(made[0], made[1])
    assert not equal(made[0], made[2])
    np.testing.assert_array_equal(IMAGES, before)
    assert training.ended == "finished"
    assert list(training.table.index) == [2, 4]
    assert list(training.table.columns) == list(duel.COLUMNS)
    assert np.isfinite(training.table).all(axis=None)


def test_a_resumed_training_ends_as_an_uninterrupted_one(tmp_path):
    whole = tiny()
    table = fit(whole, steps=6).table
    path = tmp_path / "new"
    first = tiny()
    stopped = fit(first, steps=6, checkpoint=path, watch=lambda table: len(table) < 2)
    assert (stopped.ended, len(stopped.table)) == ("stopped early", 2)
    second = tiny(seed=9)
    resumed = fit(second, steps=6, checkpoint=path)
    assert equal(weights(whole), weights(second))
    assert resumed.table.equals(table)
    assert [file.name for file in path.iterdir()] == ["training.npz"]
    with pytest.raises(ValueError, match=r"training with penalty = 0\.05, not 2\.0"):
        fit(tiny(), steps=6, checkpoint=path, penalty=2.0)
    with pytest.raises(ValueError, match="training with images and classes"):
        fit(tiny(), IMAGES + 1, steps=6, checkpoint=path)
    with pytest.raises(ValueError, match=r"6 steps already"):
        fit(tiny(), steps=4, checkpoint=path)


@pytest.mark.parametrize("after", [0, 1])
def test_an_interrupted_training_keeps_what_it_has_learned(monkeypatch, after):
    advance = duel.Run.advance

    def interrupted(run, count):
        if len(run.rows) == after:
            raise KeyboardInterrupt
        return advance(run, count)

    monkeypatch.setattr(duel.Run, "advance", interrupted)
    model = tiny()
    if after == 0:
        with pytest.raises(KeyboardInterrupt):
            fit(model)
    else:
        training = fit(model)
        assert (training.ended, len(training.table)) == ("interrupted", 1)


def test_made_images_have_the_range_of_the_training_images():
    model = tiny()
    fit(model, steps=1)
    made = cnn.generate(model, 20)
    assert made.shape == (20, 16, 16)
    assert made.dtype == np.float32
    assert IMAGES.min() - 1e-2 <= made.min() < made.max() <= IMAGES.max() + 1e-2
    layer = model.discriminator.get_layer("intensities")
    assert float(layer.moving_mean[0]) == pytest.approx(IMAGES.mean(), rel=1e-4)
    fit(model, IMAGES + 5000, steps=1)
    assert cnn.generate(model, 20).max() <= IMAGES.max() + 1e-2


def test_it_learns_the_brightness_of_two_classes():
    rng = np.random.default_rng(1)
    classes = np.arange(64) % 2
    images = rng.normal(20, 5, (64, 8, 8)) + 60 * classes[:, np.newaxis, np.newaxis]
    model = cnn.gan((8, 8), 2, width=8, latent=8)
    fit(model, images, classes, steps=300, every=300, batch_size=16, learning_rate=2e-3, augment=False)
    means = [cnn.generate(model, 32, classes=label).mean() for label in (0, 1)]
    assert means[0] == pytest.approx(20, abs=20)
    assert means[1] == pytest.approx(80, abs=20)


def test_images_are_made_from_their_number_and_class_alone():
    model = tiny()
    fit(model)
    made = cnn.generate(model, 7, seed=2)
    np.testing.assert_allclose(cnn.generate(model, 3, seed=2, batch_size=2), made[:3], rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(cnn.generate(model, 3, seed=2, classes=[0, 1, 0]), made[:3], rtol=1e-4, atol=1e-2)
    assert not np.allclose(cnn.generate(model, 3, seed=3), made[:3])
    assert not np.allclose(cnn.generate(model, 3, seed=2, classes=1)[0], made[0])


def test_a_saved_generator_makes_the_same_images(tmp_path):
    model = tiny()
    fit(model)
    cnn.save(model.generator, tmp_path / "generator.keras")
    again = cnn.load(tmp_path / "generator.keras")
    np.testing.assert_array_equal(cnn.generate(again, 3), cnn.generate(model, 3))


def test_volumes_and_colours_can_be_made():
    model = cnn.gan((8, 8, 8), channels=2, width=2, latent=4)
    cnn.fit_gan(model, RNG.normal(size=(4, 8, 8, 8, 2)), steps=1, batch_size=2, progress=False)
    assert cnn.generate(model, 2).shape == (2, 8, 8, 8, 2)


@pytest.mark.parametrize(
    ("images", "classes", "options", "error", "message"),
    [
        (IMAGES[:, :8], CLASSES, {}, ValueError, r"model's shape \(n, 16, 16, 1\), received"),
        (IMAGES * np.nan, CLASSES, {}, ValueError, "images must be finite"),
        (IMAGES * 0, CLASSES, {}, ValueError, "constant"),
        (IMAGES, None, {}, ValueError, "which of 2 classes"),
        (IMAGES, CLASSES + 1, {}, ValueError, "from 0 to 1"),
        (IMAGES, CLASSES[:3], {}, ValueError, "12 numbers from 0 to 1"),
        (IMAGES, CLASSES * 1.0, {}, TypeError, "whole numbers"),
        (IMAGES, CLASSES, {"steps": 0}, ValueError, "steps must be 1 or more"),
        (IMAGES, CLASSES, {"learning_rate": 0.0}, ValueError, "learning_rate must be positive"),
        (IMAGES, CLASSES, {"penalty": -1.0}, ValueError, "penalty must be 0 or more"),
        (IMAGES, CLASSES, {"average": 1.0}, ValueError, "average from 0 to below 1"),
        (IMAGES, CLASSES, {"learning_rate": 1e30}, ValueError, "smaller learning_rate"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(images, classes, options, error, message):
    with pytest.raises(error, match=message):
        fit(tiny(), images, classes, **options)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n": 0}, ValueError, "n and batch_size"),
        ({"n": 2, "classes": 2}, ValueError, "from 0 to 1"),
        ({"n": 2, "classes": [0]}, ValueError, "one number or 2"),
        ({"n": 2, "classes": 0.5}, TypeError, "whole numbers"),
    ],
)
def test_what_cannot_be_made_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        cnn.generate(tiny(), **options)


def moved(image, rows, columns):
    places = [np.clip(np.arange(16) + shift, 0, 15) for shift in (rows, columns)]
    return image[np.ix_(*places)]


def test_disturbances_are_shifts_shades_and_a_covered_box():
    images = RNG.normal(3, 2, (6, 16, 16, 1)).astype(np.float32)
    found = np.asarray(disturbed(images, seed=[1, 2], mean=[3.0], deviation=[2.0]))
    for before, after in zip(images[..., 0], found[..., 0], strict=True):
        covered = np.isclose(after, 3.0, atol=1e-6)
        rows, columns = np.flatnonzero(covered.all(axis=1)), covered.any(axis=1).sum()
        assert 0 < covered.sum() <= 49
        assert len(rows) == 0
        assert columns <= 7
        fits = []
        for shift in np.ndindex(5, 5):
            source = moved(before, shift[0] - 2, shift[1] - 2)[~covered]
            slope, level = np.polyfit(source, after[~covered], 1)
            fits.append((np.abs(slope * source + level - after[~covered]).max(), slope, level))
        error, slope, level = min(fits)
        assert error < 1e-3
        assert 0.75 <= slope <= 1.25
        assert abs(level + slope * 3 - 3) <= 0.6 + 1e-3


def test_a_gradient_passes_through_disturbances():
    images = tensorflow.constant(RNG.normal(size=(3, 8, 8, 8, 1)).astype(np.float32))
    with tensorflow.GradientTape() as tape:
        tape.watch(images)
        total = tensorflow.reduce_sum(disturbed(images, seed=[0, 1], mean=[0.0], deviation=[1.0]))
    gradient = np.asarray(tape.gradient(total, images))
    assert np.isfinite(gradient).all()
    assert (gradient.reshape(3, -1).max(axis=1) > 0.7).all()
