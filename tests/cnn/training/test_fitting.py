import subprocess
import sys

import numpy as np
import pytest

from workbench import cnn
from workbench.evaluation import dice

ROWS, COLUMNS = np.mgrid[:16, :16]


def shapes(count, seed):
    rng = np.random.default_rng(seed)
    centers, radii = rng.uniform(6, 10, (count, 2)), rng.uniform(3, 5, count)
    labels = np.arange(count) % 2
    masks = np.stack(
        [
            np.hypot(ROWS - r, COLUMNS - c) < s
            if label
            else np.maximum(abs(ROWS - r), abs(COLUMNS - c)) < s * np.sqrt(np.pi) / 2
            for (r, c), s, label in zip(centers, radii, labels, strict=True)
        ]
    )
    return 100 * masks + rng.normal(0, 5, masks.shape), masks.astype(int), labels


def tiny_unet(**options):
    return cnn.unet((16, 16), 2, width=4, depth=1, **options)


def fit(model, *data, **options):
    return cnn.fit(model, *data, progress=False, **options)


def test_a_classifier_tells_discs_from_squares():
    images, _, labels = shapes(64, seed=0)
    model = cnn.classifier((16, 16), 2, width=8, depth=2)
    training = fit(model, images, labels, epochs=30, learning_rate=5e-3)
    assert training.ended == "finished"
    assert (cnn.predict(model, images).argmax(-1) == labels).all()


def test_a_unet_finds_bright_shapes_that_it_has_not_seen():
    images, masks, _ = shapes(32, seed=0)
    model = tiny_unet()
    fit(model, images, masks, epochs=10, learning_rate=1e-2)
    unseen, truth, _ = shapes(8, seed=1)
    assert dice(cnn.predict(model, unseen).argmax(-1), truth) > 0.95


def test_one_seed_gives_the_same_weights_and_leaves_the_data_alone():
    images, masks, _ = shapes(8, seed=0)
    before = images.copy(), masks.copy()

    def weights(seed):
        model = tiny_unet()
        fit(model, images, masks, epochs=2, seed=seed)
        return model.get_weights()

    first, same, other = weights(1), weights(1), weights(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))
    np.testing.assert_array_equal(before[0], images)
    np.testing.assert_array_equal(before[1], masks)


def test_training_stops_early_and_brings_the_best_weights_back():
    images, masks, _ = shapes(16, seed=0)
    wrong = 1 - masks[:4]
    model = tiny_unet()
    training = fit(model, images, masks, validation=(images[:4], wrong), epochs=20, patience=2, learning_rate=1e-2)
    losses = training.table["val_loss"]
    assert training.ended == "stopped early"
    assert training.best_epoch == losses.idxmin() < len(losses) == training.best_epoch + 2
    probabilities = cnn.predict(model, images[:4])
    restored = float(cnn.cross_entropy_dice(wrong, probabilities))
    assert restored == pytest.approx(losses.min(), rel=1e-4)


@pytest.mark.parametrize("after", [0, 2])
def test_an_interrupted_training_keeps_what_it_has_learned(monkeypatch, after):
    from workbench.cnn.training import sharing as module

    images, masks, _ = shapes(8, seed=0)

    loop = module.Loop

    class Stopped(loop):
        def results(self, prefix=""):
            if after == 0:
                raise KeyboardInterrupt
            return super().results(prefix)

    def stop(table):
        if len(table) == after:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "Loop", Stopped)
    model = tiny_unet()
    if after == 0:
        with pytest.raises(KeyboardInterrupt):
            fit(model, images, masks, epochs=5)
    else:
        training = fit(model, images, masks, epochs=5, watch=stop)
        assert (training.ended, len(training.table), training.best_epoch) == ("interrupted", 2, 2)


def test_intensities_are_scaled_by_the_first_training_only():
    images, masks, _ = shapes(8, seed=0)
    model = tiny_unet()
    fit(model, images, masks, epochs=1)
    layer = model.get_layer("intensities")
    assert float(layer.moving_mean[0]) == pytest.approx(images.mean(), rel=1e-5)
    assert float(layer.moving_variance[0]) == pytest.approx(images.var(), rel=1e-5)
    fit(model, images + 1000, masks, epochs=1)
    assert float(layer.moving_mean[0]) == pytest.approx(images.mean(), rel=1e-5)


def test_units_do_not_matter():
    images, masks, _ = shapes(8, seed=0)

    def probabilities(scale, offset):
        model = tiny_unet()
        fit(model, scale * images + offset, masks, epochs=2)
        return cnn.predict(model, scale * images + offset)

    np.testing.assert_allclose(probabilities(1, 0), probabilities(20, -1000), atol=1e-3)


IMAGES, MASKS, _ = shapes(4, seed=0)


@pytest.mark.parametrize(
    ("images", "targets", "options", "error", "message"),
    [
        (
            IMAGES[:, :8],
            MASKS,
            {},
            ValueError,
            r"model's shape \(n, 16, 16, 1\), channels last, received \(4, 8, 16\)",
        ),
        (IMAGES, MASKS[:3], {}, ValueError, r"targets must have shape \(4, 16, 16\)"),
        (IMAGES, MASKS + 1, {}, ValueError, "targets must be classes from 0 to 1, received 1 to 2"),
        (IMAGES, MASKS * 1.0, {}, TypeError, "whole numbers"),
        (IMAGES * np.nan, MASKS, {}, ValueError, "images must be finite"),
        (IMAGES * 0, MASKS, {}, ValueError, "constant"),
        (IMAGES, MASKS, {"epochs": 0}, ValueError, "epochs must be 1 or more"),
        (IMAGES, MASKS, {"batch_size": 0}, ValueError, "batch_size must be 1 or more"),
        (IMAGES, MASKS, {"learning_rate": 0.0}, ValueError, "learning_rate must be positive"),
        (IMAGES, MASKS, {"patience": 1}, ValueError, "patience needs validation"),
        (IMAGES, MASKS, {"validation": (IMAGES, MASKS[:1])}, ValueError, "targets must have shape"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(images, targets, options, error, message):
    with pytest.raises(error, match=message):
        fit(tiny_unet(), images, targets, **options)


def test_a_loss_that_explodes_is_reported():
    images, masks, _ = shapes(4, seed=0)

    def infinite(targets, probabilities):
        return probabilities[..., 0] * float("inf")

    with pytest.raises(ValueError, match="smaller learning_rate"):
        fit(tiny_unet(), images, masks, epochs=1, loss=infinite)


def test_nothing_is_printed():
    code = (
        "import numpy as np; from workbench import cnn; model = cnn.unet((8, 8), 2, width=2, depth=1);"
        "images = np.random.default_rng(0).normal(size=(4, 8, 8));"
        "cnn.fit(model, images, (images > 0).astype(int), epochs=1, progress=False); cnn.predict(model, images)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
