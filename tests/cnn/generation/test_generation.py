import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from scipy.spatial import cKDTree

from workbench import cnn
from workbench.cnn.generation.synthetic import _in_turn

RNG = np.random.default_rng(0)


def by_definition(first, second):
    means = first.mean(axis=0) - second.mean(axis=0)
    one, other = (np.cov(rows, rowvar=False) for rows in (first, second))
    return means @ means + np.trace(one + other - 2 * sqrtm(one @ other).real)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(8, 30))
def test_frechet_distance_is_that_of_its_definition(seed, features, count):
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(count, features)) @ rng.normal(size=(features, features))
    second = rng.normal(1, 2, size=(count + 3, features))
    expected = by_definition(first, second)
    assert cnn.frechet_distance(first, second) == pytest.approx(expected, rel=1e-6)
    assert cnn.frechet_distance(second, first) == pytest.approx(expected, rel=1e-6)
    assert cnn.frechet_distance(first, first) == pytest.approx(0, abs=1e-6 * np.trace(np.cov(first.T)))
    np.testing.assert_allclose(cnn.frechet_distance(3 * first, 3 * second), 9 * expected, rtol=1e-6)


def test_frechet_distance_of_independent_features_adds_up():
    first, second = RNG.normal(size=(5000, 3)), RNG.normal([1, 0, 0], [1, 3, 1], size=(5000, 3))
    assert cnn.frechet_distance(first, second) == pytest.approx(1 + (3 - 1) ** 2, rel=0.08)


def test_more_features_than_images_are_allowed():
    first, second = RNG.normal(size=(5, 20)), RNG.normal(size=(6, 20))
    assert cnn.frechet_distance(first, second) == pytest.approx(by_definition(first, second), rel=1e-3)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (np.zeros((1, 2)), np.zeros((3, 2)), "first must be a table of 2 images"),
        (np.zeros((3, 2)), np.zeros((3, 4)), "same features, received 2 and 4"),
        (np.zeros((3, 2)), np.full((3, 2), np.nan), "second must be finite"),
        (np.zeros(4), np.zeros((3, 2)), "first must be a table"),
    ],
)
def test_other_tables_are_refused(first, second, message):
    with pytest.raises(ValueError, match=message):
        cnn.frechet_distance(first, second)


def test_the_nearest_training_image_is_that_of_a_search_tree():
    made, training, unseen = (RNG.normal(size=(count, 4, 4)) for count in (30, 1200, 50))
    found = cnn.nearest_training(made, training, unseen)
    distance, which = cKDTree(training.reshape(1200, -1)).query(made.reshape(30, -1))
    np.testing.assert_array_equal(found.table["training"], which)
    np.testing.assert_allclose(found.table["distance"], distance)
    yardstick, _ = cKDTree(training.reshape(1200, -1)).query(unseen.reshape(50, -1))
    np.testing.assert_allclose(found.yardstick, yardstick)
    assert found.table["closer_than"].tolist() == [(yardstick > d).mean() for d in distance]


def test_copies_are_suspicious_and_fresh_images_are_not():
    training, unseen, fresh = (RNG.normal(size=(400, 10)) for _ in range(3))
    assert cnn.nearest_training(training[:50] + 1e-3, training, unseen).suspicious == 1
    assert cnn.nearest_training(fresh, training, unseen).suspicious == pytest.approx(0.05, abs=0.05)
    with pytest.raises(ValueError, match="must have one shape"):
        cnn.nearest_training(fresh[:, :3], training, unseen)


def data(count=48):
    rng = np.random.default_rng(3)
    labels = np.arange(count) % 2
    images = rng.normal(0, 1, (count, 8, 8))
    images[labels == 1, 2:5, 2:5] += 3
    return images, pd.Series(np.where(labels == 1, "ill", "well"), index=[f"c{i}" for i in range(count)])


def make(seed):
    return cnn.classifier((8, 8), 2, width=4, depth=1, seed=seed)


def make_gan(seed):
    return cnn.gan((8, 8), 2, width=2, latent=4, seed=seed)


SHORT = {"steps": 3, "batch_size": 8}


def test_made_images_are_added_in_the_same_mixture():
    images, classes = np.zeros((9, 8, 8)), np.array([0, 0, 0, 0, 0, 0, 1, 1, 1])
    more, labels = cnn.enlarged(make_gan(0), images, classes, share=2.0)
    assert more.shape == (27, 8, 8)
    np.testing.assert_array_equal(more[:9], images)
    assert labels[9:].mean() == pytest.approx(1 / 3, abs=0.06)
    assert cnn.enlarged(make_gan(0), images[..., np.newaxis], classes)[0].shape == (18, 8, 8, 1)


def test_with_and_without_made_images_share_folds_and_are_paired():
    images, labels = data()
    patients = np.arange(48) // 2 * 2 + np.arange(48) % 2
    result = cnn.with_synthetic(
        images,
        labels,
        patients,
        make,
        make_gan,
        outer=2,
        epochs=8,
        positive="ill",
        adversarial=SHORT,
        learning_rate=1e-2,
    )
    assert list(result.real.columns) == ["patient", "label", "fold", "p_ill", "p_well"]
    assert result.real.index.equals(labels.index)
    assert result.real["fold"].equals(result.both["fold"])
    np.testing.assert_allclose(result.real[["p_ill", "p_well"]].sum(axis=1), 1)
    auc = result.comparison.table.loc["auc"]
    assert auc["second"] > 0.8
    assert auc["difference"] == pytest.approx(auc["first"] - auc["second"])
    assert auc["low"] <= auc["difference"] <= auc["high"]


def test_the_table_sets_both_networks_side_by_side():
    images, labels = data()
    table = cnn.cnn_against_gan(
        images, labels, None, make, make_gan, cases=[8, 24], epochs=6, adversarial=SHORT, learning_rate=1e-2
    )
    assert table.index.tolist() == [8, 24]
    assert table.index.name == "cases"
    assert table.loc[24, "auc"] > 0.8
    assert (table["frechet"] > table["frechet_real"]).all()
    np.testing.assert_allclose(table["gain"], table["auc_with_made"] - table["auc"])
    assert ((table["gain_low"] <= table["gain"]) & (table["gain"] <= table["gain_high"])).all()
    assert table["too_close"].between(0, 1).all()
    assert (table.filter(like="seconds") > 0).all(axis=None)
    assert (table["classifier_megabytes"] == cnn.training_megabytes(make(0), batch_size=8)).all()


def test_every_beginning_has_the_same_mixture():
    codes = np.array([0] * 90 + [1] * 30)
    rows = np.arange(10, 120)
    order = _in_turn(rows, codes, 0)
    assert sorted(order) == rows.tolist()
    for count in (8, 20, 40, 80):
        assert codes[order[:count]].mean() == pytest.approx(30 / 110, abs=0.07)
    assert not np.array_equal(order, _in_turn(rows, codes, 1))


def test_megabytes_count_weights_and_outputs():
    model = cnn.classifier((8, 8), 2, width=2, depth=1)
    outputs = sum(int(np.prod(layer.output.shape[1:])) for layer in model.layers)
    one, two = (cnn.training_megabytes(model, batch_size=size) for size in (1, 2))
    assert two - one == pytest.approx(4e-6 * outputs)
    assert one > 4e-6 * (4 * model.count_params() - 3 * 100)
    assert cnn.training_megabytes(make_gan(0), batch_size=4) > cnn.training_megabytes(
        make_gan(0).generator, batch_size=4
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cases": [3]}, "cases must lie from 4 to 32"),
        ({"cases": [40]}, "cases must lie from 4 to 32"),
        ({"cases": []}, "cases must lie from 4"),
        ({"cases": [8], "unseen": 0.9}, "unseen must lie above 0"),
        ({"cases": [8], "labels": list("abc") * 16}, "two classes"),
    ],
)
def test_impossible_tables_are_refused(options, message):
    images, labels = data()
    with pytest.raises(ValueError, match=message):
        cnn.cnn_against_gan(images, options.pop("labels", labels), None, make, make_gan, **options)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"share": 0.0}, "share must be above 0"), ({"labels": ["ill"] * 48}, "labels must be a Series")],
)
def test_impossible_comparisons_are_refused(change, message):
    images, labels = data()
    with pytest.raises(ValueError, match=message):
        cnn.with_synthetic(images, change.pop("labels", labels), None, make, make_gan, **change)
