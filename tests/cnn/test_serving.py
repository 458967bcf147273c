import json

import numpy as np
import pandas as pd
import pytest

from workbench import cnn
from workbench.cohorts import Cohort
from workbench.images import Image
from workbench.recognition import ModelError

RNG = np.random.default_rng(0)


def study(n=3, shape=(8, 8), **facts):
    facts = {"spacing": (1.0,) * len(shape), "modality": "MR", **facts}
    table = pd.DataFrame(
        {
            "patient": [f"p{k}" for k in range(n)],
            "label": np.array(["normal", "pneumonia"])[np.arange(n) % 2],
            "image": [Image(RNG.normal(size=shape), **facts) for _ in range(n)],
            "mask": [
                Image(
                    np.eye(*shape[-2:])[(None,) * (len(shape) - 2)].repeat(shape[0], 0)
                    if len(shape) > 2
                    else np.eye(*shape),
                    spacing=facts["spacing"],
                )
                for _ in range(n)
            ],
        }
    )
    return Cohort(table.set_index(pd.Index([f"case {k}" for k in range(n)], name="case")))


def network(model, cohort, **options):
    return cnn.Network(model, cnn.describe(model, cohort, **{"use": "To test.", "classes": ["a", "b"], **options}))


def test_a_classifier_gives_the_table_of_its_predictions():
    model, cohort = cnn.classifier((8, 8), 2, width=2, depth=1), study()
    table = network(model, cohort, temperature=2.0, mirror=(1,)).predict(cohort)
    images = np.stack([cohort.image(case) for case in cohort])
    expected = cnn.predict(model, images, temperature=2.0, mirror=(1,))
    np.testing.assert_allclose(table[["p_a", "p_b"]], expected, atol=1e-6)
    assert table.columns.tolist() == ["patient", "p_a", "p_b", "prediction"]
    assert table["prediction"].tolist() == [("a", "b")[k] for k in expected.argmax(axis=1)]
    assert table.index.name == "case"


def test_images_of_other_sizes_are_resized_where_the_card_says_so():
    model = cnn.classifier((8, 8), 2, width=2, depth=1)
    table = network(model, study(shape=(32, 24)), resize=(8, 8)).predict(study(shape=(32, 24)))
    assert len(table) == 3


def test_many_cases_are_taken_in_batches(monkeypatch):
    from workbench.cnn import serving

    model, cohort = cnn.classifier((8, 8), 2, width=2, depth=1), study(7)
    whole = network(model, cohort).predict(cohort)
    monkeypatch.setattr(serving, "AT_ONCE", 3)
    pd.testing.assert_frame_equal(network(model, cohort).predict(cohort), whole, rtol=1e-4)


@pytest.mark.parametrize("shape", [(20, 11), (5, 20, 11)])
def test_a_network_of_slices_segments_slices_and_volumes(shape):
    model, cohort = cnn.unet((None, None), 2, width=2, depth=1), study(shape=shape)
    image = cohort.image("case 0")
    labels = network(model, cohort, tile=16).segment(image)
    assert labels.dtype == np.uint8
    sections = np.asarray(image).reshape(-1, 20, 11)
    expected = np.stack([cnn.segment_tiles(model, section, tile=16) for section in sections]).reshape(shape)
    np.testing.assert_array_equal(labels, expected)


def test_a_network_of_volumes_segments_volumes():
    model, cohort = cnn.unet((None, None, None), 2, width=2, depth=1), study(shape=(5, 10, 11))
    image = cohort.image("case 0")
    np.testing.assert_array_equal(
        network(model, cohort).segment(image), cnn.segment_tiles(model, np.asarray(image))
    )


def test_slices_are_made_even_and_get_their_neighbours_as_the_card_says():
    model = cnn.unet((None, None), 2, channels=3, width=2, depth=1)
    volume = np.zeros((9, 32, 32))
    volume[1:8, 4:28, 4:28] = 100 + 20 * (RNG.normal(size=(7, 24, 24)) > 0)
    table = pd.DataFrame({"patient": ["p"], "image": [Image(volume, modality="MR")]}, index=["a"])
    found = network(model, Cohort(table), even=True, reach=1).segment(Image(volume))
    inputs = cnn.with_neighbours(cnn.even_out(volume, ["a"] * 9), ["a"] * 9, reach=1)
    np.testing.assert_array_equal(found, cnn.predict(model, inputs).argmax(axis=-1))


def test_channels_come_last():
    model = cnn.unet((None, None), 2, channels=3, width=2, depth=1)
    image = Image(RNG.normal(size=(3, 8, 10)), channel_axis=0)
    table = pd.DataFrame({"patient": ["p"], "image": [image]}, index=pd.Index(["a"], name="case"))
    assert network(model, Cohort(table)).segment(image).shape == (8, 10)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"modality": "CT"}, "modality CT, trained on MR"),
        ({"spacing": (3.0, 3.0)}, "spacing 3 x 3 mm, trained on"),
        ({"spacing": None}, "spacing unknown"),
    ],
)
def test_images_that_do_not_fit_are_refused_with_reasons(facts, message):
    model = cnn.classifier((8, 8), 2, width=2, depth=1)
    with pytest.raises(ModelError, match=message):
        network(model, study()).predict(study(**facts))


def test_a_detector_gives_the_boxes_of_each_case():
    model = cnn.detector((None, None), classes=2, width=2, depth=3)
    cohort = study(shape=(24, 32))
    found = network(model, cohort, task="detection", score=0.0).detect(cohort)
    images = np.stack([cohort.image(case) for case in cohort])
    expected = cnn.detect(model, images, classes=["a", "b"], cases=list(cohort), score=0.0)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-4, atol=1e-4)
    assert not len(network(model, cohort, task="detection", score=1.0).detect(cohort))


def test_each_task_has_its_own_call():
    classes = network(cnn.classifier((8, 8), 2, width=2, depth=1), study())
    pixels = network(cnn.unet((None, None), 2, width=2, depth=1), study())
    with pytest.raises(ModelError, match="expected a network for segmentation, received one for classification"):
        classes.segment(study().image("case 0"))
    with pytest.raises(ModelError, match="expected a network for classification"):
        pixels.predict(study())
    with pytest.raises(ModelError, match="expected a network for detection"):
        pixels.detect(study())


def test_a_card_says_what_the_network_is(tmp_path):
    metrics = pd.DataFrame({"value": [0.9], "low": [0.8], "high": [1.0]}, index=["auc"])
    model, cohort = cnn.classifier((8, 8), 2, width=2, depth=1), study()
    card = cnn.describe(model, cohort, use="To test.", classes=["normal", "pneumonia"], metrics=metrics)
    digest = cnn.save(model, tmp_path / "m.keras", card=card)
    loaded = cnn.load_network(tmp_path / "m.keras", sha256=digest)
    assert loaded.card["task"] == "classification"
    assert loaded.card["cases_of_class"] == {"normal": 2, "pneumonia": 1}
    assert (loaded.card["cases"], loaded.card["patients"]) == (3, 3)
    assert loaded.card["metrics"]["auc"] == {"value": 0.9, "low": 0.8, "high": 1.0}
    assert loaded.card["images"]["spacing"] == [1.0, 1.0]
    assert "tensorflow" in loaded.card["versions"]
    assert json.loads((tmp_path / "m.json").read_text())["data_sha256"] == loaded.card["data_sha256"]
    assert repr(loaded) == "Network(classification: normal or pneumonia, 3 cases)"
    pd.testing.assert_frame_equal(loaded.predict(cohort), cnn.Network(model, card).predict(cohort), rtol=1e-5)


def test_the_fingerprint_of_a_segmenter_holds_the_masks():
    model, cohort = cnn.unet((None, None), 2, width=2, depth=1), study()
    before = network(model, cohort).card["data_sha256"]
    cohort.table["mask"] = [Image(np.zeros((8, 8)), spacing=(1.0, 1.0))] * 3
    assert network(model, cohort).card["data_sha256"] != before


def test_a_file_without_what_serving_needs_is_refused(tmp_path):
    cnn.save(cnn.unet((8, 8), 2, width=2, depth=1), tmp_path / "m.keras")
    with pytest.raises(ModelError, match=r"card does not say cases, classes, images"):
        cnn.load_network(tmp_path / "m.keras")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"use": " "}, "use must say"),
        ({"classes": ["a"]}, "name 2 different outputs"),
        ({"classes": ["a", "a"]}, "name 2 different outputs"),
        ({"task": "guessing"}, "task must be one of"),
        ({"task": "segmentation", "resize": (4, 4)}, "only images to classify"),
    ],
)
def test_cards_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        network(cnn.classifier((8, 8), 2, width=2, depth=1), study(), **options)
