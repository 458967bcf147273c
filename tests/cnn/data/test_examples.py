import json
import threading
import time

import numpy as np
import pandas as pd
import pytest

from workbench import cnn
from workbench.cnn.data.caching import Memory, Scratch
from workbench.cnn.data.examples import box_tensor, from_arrays
from workbench.cnn.data.reading import from_cohort
from workbench.cnn.training.pipeline import feed
from workbench.cohorts import Cohort, CohortError, LeakError
from workbench.images import Image

RNG = np.random.default_rng(0)


class Counted:
    """Opens as an image, and counts how often."""

    def __init__(self, pixels):
        self.pixels, self.opened = pixels, 0

    def open(self):
        self.opened += 1
        return Image(self.pixels)


def study(count=12, *, side=8, **columns):
    pixels = RNG.integers(0, 200, (count, side, side)).astype(np.uint8)
    labels = np.array(["ill", "well"])[np.arange(count) % 2]
    pixels[labels == "ill", :3] += 50
    table = {
        "patient": [f"p{k}" for k in range(count)],
        "image": [Counted(each) for each in pixels],
        "label": labels,
    }
    index = pd.Index([f"c{k}" for k in range(count)], name="case")
    return Cohort(pd.DataFrame(table | columns, index=index)), pixels


def model(classes=2, side=8, **options):
    return cnn.classifier((side, side), classes, width=2, depth=1, **options)


def fit(net, *data, **options):
    return cnn.fit(net, *data, **({"epochs": 2, "progress": False} | options))


def test_a_cohort_trains_as_its_arrays_do():
    cohort, pixels = study()
    numbers = (cohort.table["label"] == "well").to_numpy(int)
    one, other = model(), model()
    first, second = fit(one, cohort), fit(other, pixels, numbers)
    assert first.classes == ("ill", "well")
    assert second.classes == ()
    np.testing.assert_array_equal(first.table, second.table)
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_images_are_read_several_at_a_time():
    lock, state = threading.Lock(), {"now": 0, "most": 0}

    class Slow(Counted):
        def open(self):
            with lock:
                state["now"] += 1
                state["most"] = max(state["most"], state["now"])
            time.sleep(0.05)
            with lock:
                state["now"] -= 1
            return super().open()

    cohort, pixels = study(24)
    slow = Cohort(cohort.table.assign(image=[Slow(each) for each in pixels]))
    for _ in feed(from_cohort(model(), slow), batch_size=2):
        pass
    assert state["most"] >= 2


def test_test_cases_are_never_opened_and_validation_cases_validate():
    split = np.array(["train"] * 6 + ["validation"] * 3 + ["test"] * 3)
    cohort, _ = study(split=split)
    training = fit(model(), cohort)
    assert "val_loss" in training.table
    opened = np.array([image.opened for image in cohort.table["image"]])
    assert (opened[split == "test"] == 0).all()
    assert (opened[split != "test"] > 0).all()


def test_a_patient_in_training_and_validation_is_refused():
    cohort, _ = study()
    with pytest.raises(LeakError, match=r"1 patients .*'p0'.*split by patient"):
        fit(model(), cohort, validation=cohort.select(["c0"]))


@pytest.mark.parametrize("where", ["memory", "folder"])
def test_cached_images_are_opened_once(where, tmp_path):
    cohort, _ = study()
    fit(model(), cohort, epochs=4, cache="memory" if where == "memory" else tmp_path)
    assert [image.opened for image in cohort.table["image"]] == [1] * len(cohort)
    assert not list(tmp_path.iterdir())


def test_what_is_cached_does_not_change_the_result(tmp_path):
    cohort, _ = study()
    nets = [model() for _ in range(3)]
    for net, cache in zip(nets, (None, "memory", tmp_path), strict=True):
        fit(net, cohort, cache=cache, augment=cnn.Augmentation())
    for weights in zip(*(net.get_weights() for net in nets), strict=True):
        np.testing.assert_array_equal(weights[0], weights[1])
        np.testing.assert_array_equal(weights[0], weights[2])


def test_images_are_prepared_for_the_model():
    cohort, _ = study(side=16)
    with pytest.raises(
        CohortError, match=r"case 'c\d+'.*model's shape \(8, 8, 1\).*received \(16, 16, 1\).*prepare="
    ):
        fit(model(), cohort)
    fit(model(), cohort, prepare=lambda image: np.asarray(image)[::2, ::2])


def test_label_maps_are_read_with_their_images():
    masks = [Image((RNG.random((8, 8)) < 0.3).astype(np.uint8)) for _ in range(12)]
    cohort, pixels = study(mask=pd.Series(masks, index=[f"c{k}" for k in range(12)]))
    nets = [cnn.unet((8, 8), 2, width=2, depth=1) for _ in range(2)]
    fit(nets[0], cohort, class_weights="balanced", cache="memory", augment=cnn.Augmentation())
    fit(nets[1], pixels, np.stack(masks), class_weights="balanced", augment=cnn.Augmentation())
    for one, other in zip(*(net.get_weights() for net in nets), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_mask_of_other_classes_is_refused():
    cohort, _ = study(mask=[Image(np.full((8, 8), 2, np.uint8))] * 12)
    with pytest.raises(CohortError, match=r"case 'c\d+': the mask must hold classes 0 to 1"):
        fit(cnn.unet((8, 8), 2, width=2, depth=1), cohort)


def test_boxes_of_a_cohort_are_numbered_by_their_labels():
    boxes = [
        json.dumps([{"top": 1, "left": 2, "bottom": 5, "right": 6, "label": label}]) for label in ["b", "a"] * 6
    ]
    boxes[3] = "[]"
    cohort, _ = study(boxes=boxes)
    found = from_cohort(model(), cohort, encoded=True)
    assert found.classes == ("a", "b")
    assert found.targets[:4, 0].tolist() == [[1, 2, 5, 6, 1], [1, 2, 5, 6, 0], [1, 2, 5, 6, 1], [0, 0, 0, 0, -1]]
    with pytest.raises(CohortError, match="labelled 'b'"):
        from_cohort(model(), cohort, encoded=True, classes=("a",))


def test_boxes_are_encoded_after_augmentation():
    images = RNG.normal(size=(6, 8, 8))
    boxes = [[[1, 1, 4, 4, 0]]] * 6
    seen = []

    def encode(tensor):
        seen.append(tuple(tensor.shape))
        return {"corner": tensor[:, 0, :2], "there": tensor[:, 0, 4] >= 0}

    augment = cnn.Augmentation(rotation=0, scale=0, shift=0.2)
    found = from_arrays(model(), images, boxes, encoded=True)
    batches = list(feed(found, batch_size=4, encode=encode, augment=augment, shuffle=False))
    assert seen == [(None, 1, 5)]
    corners = np.concatenate([targets["corner"] for _, targets in batches])
    expected = cnn.augmented(images[..., np.newaxis], box_tensor(boxes), augment=augment)[1][:, 0, :2]
    np.testing.assert_allclose(corners, expected, atol=1e-5)
    assert corners.std() > 0


def test_a_detector_head_is_trained_with_a_loss_of_ones_own():
    from workbench.cnn.backend import keras

    image = keras.Input((8, 8, 1))
    net = keras.Model(image, keras.layers.Dense(2)(keras.layers.Flatten()(image)))
    images = RNG.normal(size=(8, 8, 8))
    boxes = [pd.DataFrame({"top": [1.0], "left": [2.0], "bottom": [5.0], "right": [6.0], "label": [0]})] * 8
    training = fit(
        net, images, boxes, encode=lambda b: b[:, 0, :2], loss="mean_squared_error", epochs=60, learning_rate=0.05
    )
    assert list(training.table) == ["loss"]
    assert training.table["loss"].iloc[-1] < 0.05


def test_every_case_comes_once_an_epoch_in_an_order_of_its_own():
    images = np.arange(10.0)[:, np.newaxis, np.newaxis] * np.ones((1, 8, 8)) + RNG.normal(size=(10, 8, 8)) * 0
    found = from_arrays(model(), images, np.arange(10) % 2)

    def order(**options):
        return np.concatenate([batch[:, 0, 0, 0] for batch, _ in feed(found, batch_size=4, **options)]).astype(int)

    both = order(epochs=(0, 2), seed=3)
    assert sorted(both[:10]) == sorted(both[10:]) == list(range(10))
    assert both[:10].tolist() != both[10:].tolist()
    assert order(epochs=(1, 2), seed=3).tolist() == both[10:].tolist()
    assert order(epochs=(1, 2), seed=4).tolist() != both[10:].tolist()
    assert order(shuffle=False).tolist() == list(range(10))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["ill", "well", "odd"] * 4, r"has 2 classes, but label has 3"),
        ([None, *["ill", "well"] * 5, "ill"], r"case 'c0' has no label"),
    ],
)
def test_labels_must_fit_the_model(labels, message):
    cohort, _ = study()
    with pytest.raises(CohortError, match=message):
        fit(model(), Cohort(cohort.table.assign(label=labels)))


def test_a_missing_column_and_an_empty_cohort_are_refused():
    cohort, _ = study()
    with pytest.raises(CohortError, match="no column 'grade'"):
        fit(model(), cohort, "grade")
    with pytest.raises(CohortError, match="cases to train on"):
        fit(model(), cohort.select([]))


def test_a_label_that_training_does_not_know_is_refused():
    cohort, _ = study(split=["train"] * 10 + ["validation"] * 2)
    table = cohort.table.copy()
    table.loc["c11", "label"] = "odd"
    with pytest.raises(CohortError, match="'odd' is none of"):
        fit(model(), Cohort(table))


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([[[1, 1, 1, 4, 0]]], "without height"),
        ([[[1, 1, 3, 4, -2]]], "negative class"),
        ([[[1, 1, np.nan, 4, 0]]], "finite"),
    ],
)
def test_impossible_boxes_are_refused(boxes, message):
    with pytest.raises(ValueError, match=message):
        box_tensor(boxes)


def test_caches_give_back_what_was_put_there(tmp_path):
    arrays = [(RNG.integers(0, 9, (k + 1, 3)).astype(np.int16), RNG.normal(size=2)) for k in range(5)]
    for cache in (Memory(), Scratch(tmp_path, 5)):
        for _ in range(2):
            for row in RNG.permutation(5):
                for got, put in zip(cache.get(row, lambda row=row: arrays[row]), arrays[row], strict=True):
                    np.testing.assert_array_equal(got, put)
                    assert got.dtype == put.dtype
