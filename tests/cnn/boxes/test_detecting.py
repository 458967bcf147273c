"""The detector: its shape, its boxes, what it refuses, and that it learns."""

import numpy as np
import pandas as pd
import pytest

from workbench import detection, samples
from workbench.cnn import (
    Augmentation,
    box_encoder,
    boxed_images,
    boxed_study,
    detect,
    detection_loss,
    detection_maps,
    detector,
    fit,
    load,
    save,
)
from workbench.cohorts import Cohort, CohortError
from workbench.images import Image


@pytest.fixture(scope="module")
def model():
    return detector((None, None), 2, channels=1, width=4, depth=3)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).normal(size=(3, 40, 56))


def test_layers_are_named_and_heads_bounded(model, images):
    names = [layer.name for layer in model.layers]
    assert {"intensities", "stem", "down0", "down1", "up0", "heat", "edges"} <= set(names)
    maps = detection_maps([model], images)
    assert maps.shape == (3, 10, 14, 6)
    assert (maps[..., :2] > 0).all() and (maps[..., :2] < 1).all() and (maps[..., 2:] >= 0).all()


def test_nothing_is_warm_before_training(model, images):
    assert detect(model, images, classes=["a", "b"], score=0.5).empty


def test_boxes_lie_in_the_image_with_their_case(model, images):
    found = detect(model, images[:, :37, :51], classes=["a", "b"], cases=["x", "y", "z"], score=0.0)
    assert found.columns.tolist() == ["case", "class", "score", "top", "left", "bottom", "right"]
    assert set(found["case"]) == {"x", "y", "z"} and set(found["class"]) <= {"a", "b"}
    assert (found["top"] >= 0).all() and (found["bottom"] <= 37).all() and (found["right"] <= 51).all()
    assert (found["bottom"] > found["top"]).all() and (found["right"] > found["left"]).all()
    for _, one in found.groupby("case"):
        assert one["score"].is_monotonic_decreasing


def test_batches_do_not_matter(model, images):
    tables = [detect(model, images, classes=["a", "b"], score=0.0, batch_size=size) for size in (1, 3)]
    pd.testing.assert_frame_equal(
        *(table.round(2).sort_values(table.columns.tolist()[::-1], ignore_index=True) for table in tables),
        rtol=1e-2,
    )


@pytest.mark.parametrize("axis", [0, 1])
def test_with_flips_an_image_turned_over_gives_boxes_turned_over(model, images, axis):
    plain = detection_maps([model], images, flips=True)
    turned = np.flip(detection_maps([model], np.flip(images, axis + 1), flips=True), axis + 1)
    order = [0, 1, *([4, 3, 2, 5] if axis == 0 else [2, 5, 4, 3])]
    assert np.allclose(turned[..., order], plain, atol=1e-4)


def test_several_models_are_averaged(model, images):
    other = detector((None, None), 2, width=4, depth=3, seed=1)
    both = detection_maps([model, other], images)
    assert np.allclose(both, (detection_maps([model], images) + detection_maps([other], images)) / 2, atol=1e-5)


def test_a_stored_detector_detects_the_same(model, images, tmp_path):
    save(model, tmp_path / "cells.keras")
    again = load(tmp_path / "cells.keras")
    pd.testing.assert_frame_equal(*(detect(each, images, classes="ab", score=0.0) for each in (model, again)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ["a"]}, "2 classes"),
        ({"classes": ["a", "b"], "cases": ["x"]}, "3 images"),
        ({"classes": ["a", "b"], "score": 2}, "from 0 to 1"),
        ({"classes": ["a", "b"], "method": "gentle", "score": 0.0}, "soft_linear"),
    ],
)
def test_what_does_not_fit_is_an_error(model, images, options, message):
    with pytest.raises(ValueError, match=message):
        detect(model, images, **options)


def test_images_with_nan_are_an_error(model, images):
    with pytest.raises(ValueError, match="finite"):
        detect(model, np.where(images > 2, np.nan, images), classes=["a", "b"])


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((32, 32, 32), {}, "2 sides"),
        ((36, 32), {}, "multiples"),
        ((32, 32), {"depth": 2}, "3 or more"),
        ((32, 32), {"classes": 0}, "no background"),
        ((32, 32), {"width": 0}, "width"),
    ],
)
def test_a_detector_that_cannot_be_made_is_an_error(shape, options, message):
    with pytest.raises(ValueError, match=message):
        detector(shape, **({"classes": 1} | options))


def cohort(boxes: list[list[str]], shape: tuple[int, int] = (8, 8), **columns: object) -> Cohort:
    names = [f"case{number}" for number in range(len(boxes))]
    cells = [
        [{"top": 0, "left": 0, "bottom": 4, "right": 2, "label": label} for label in labels] for labels in boxes
    ]
    table = pd.DataFrame(
        {"patient": names, "image": [Image(np.zeros(shape))] * len(boxes), "boxes": cells}, index=names
    )
    return Cohort(table.assign(**columns))


def test_a_cohort_is_read_and_resized():
    data = boxed_images(samples.study("chest", patients=4, images_per_patient=1, size=64), shape=(32, 128))
    assert data.images.shape == (4, 32, 128) and data.classes == ("nodule",) and data.dropped == 0
    same = boxed_images(samples.study("chest", patients=4, images_per_patient=1, size=64))
    for resized, plain in zip(data.boxes, same.boxes, strict=True):
        assert np.allclose(resized, plain * [0.5, 2, 0.5, 2])
    assert data.truths["case"].tolist() == [
        case for case, boxes in zip(data.patients.index, data.boxes, strict=True) for _ in boxes
    ]
    assert [len(rows) for rows in data.targets] == [len(boxes) for boxes in data.boxes]
    assert data.select([2, 0]).patients.index.tolist() == [data.patients.index[2], data.patients.index[0]]


def test_boxes_without_area_are_dropped_and_counted(shared_data):
    from workbench import cohorts

    study = cohorts.read(shared_data / "blood_bccd").select(["BloodImage_00338", "BloodImage_00343"])
    data = boxed_images(study, shape=(48, 64))
    assert data.dropped == 2 and data.images.shape == (2, 48, 64, 3)
    assert (data.truths["bottom"] > data.truths["top"]).all() and data.truths[["bottom"]].max().item() <= 48


def test_classes_are_named_by_box_or_case():
    assert boxed_images(cohort([["b"], ["a", "b"], []])).classes == ("a", "b")
    assert boxed_images(cohort([[""]], label="mass")).classes == ("mass",)
    assert boxed_images(cohort([[""]])).classes == ("object",)
    data = boxed_images(cohort([["b"], []]), classes=["a", "b"])
    assert data.truths["class"].tolist() == ["b"] and data.targets[0].tolist() == [[0, 0, 4, 2, 1]]


def test_cohorts_that_cannot_be_used_are_errors():
    with pytest.raises(CohortError, match="with boxes"):
        boxed_images(cohort([[], []]))
    with pytest.raises(CohortError, match="classes of a"):
        boxed_images(cohort([["b"]]), classes=["a"])
    with pytest.raises(CohortError, match="slice or picture"):
        boxed_images(cohort([["b"]], shape=(4, 4, 4)))


def train(data, **options):
    model = detector((None, None), len(data.classes), channels=3, width=8, depth=3)
    fit(
        model,
        data.images,
        data.targets,
        encode=box_encoder(data.images.shape[1:3], len(data.classes)),
        loss=detection_loss,
        progress=False,
        **options,
    )
    return model


@pytest.fixture(scope="module")
def smears():
    return boxed_images(samples.smear(images=12, cells=5, overlap=0, size=64), classes=KINDS)


KINDS = ("platelet", "red cell", "white cell")


def test_it_learns_to_find_cells(smears):
    model = train(smears, epochs=40, batch_size=4, learning_rate=0.01)
    found = detect(model, smears.images, classes=smears.classes, cases=smears.patients.index)
    precision = detection.average_precision(found, smears.truths, iou=0.5)
    assert precision["red cell"] > 0.9


def test_images_that_the_levels_cannot_halve_are_refused(smears):
    model = detector((None, None), 3, channels=3, width=2, depth=4)
    images = smears.images[:, :56, :56]
    with pytest.raises(ValueError, match="= 16"):
        fit(model, images, smears.targets, encode=box_encoder((56, 56), 3), loss=detection_loss, progress=False)


def test_training_resumes_to_the_same_boxes(smears, tmp_path):
    class Killed(Exception):
        pass

    def kill(table):
        if len(table) == 1:
            raise Killed

    smears = smears.select(range(4))
    options = {"epochs": 2, "augment": Augmentation(flip=(0, 1), rotation=5), "seed": 4, "average": 0.9}
    through = train(smears, **options)
    with pytest.raises(Killed):
        train(smears, **options, checkpoint=tmp_path, watch=kill)
    resumed = train(smears, **options, checkpoint=tmp_path)
    for first, second in zip(through.get_weights(), resumed.get_weights(), strict=True):
        assert np.array_equal(first, second)


def test_studies_are_split_by_patient():
    parts = boxed_study("smear", shape=(32, 32), images=20)
    patients = [set(part.patients) for part in parts]
    assert [len(part) for part in parts] == [12, 3, 5] and not set.intersection(*patients)
    assert {part.classes for part in parts} == {parts[0].classes}
    (nodules, *_) = boxed_study("chest", shape=(32, 32), images=8)
    assert nodules.classes == ("nodule",)


def test_a_study_with_two_splits_is_tested_on_its_validation(shared_data):
    train_part, validation, test = boxed_study(str(shared_data / "blood_bccd"), shape=(24, 32))
    assert len(train_part) + len(validation) == 205 and len(test) == 87
    assert 20 <= len(validation) <= 30 and not set(train_part.patients) & set(validation.patients)
    with pytest.raises(CohortError, match="Expected 'samples'"):
        boxed_study("nowhere", shape=(32, 32))
