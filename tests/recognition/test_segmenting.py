import json

import numpy as np
import pandas as pd
import pytest

from workbench import recognition
from workbench.cohorts import Cohort
from workbench.images import Image
from workbench.segmentation import PixelClassifier

MASK = np.zeros((24, 24), bool)
MASK[:, 10:] = True


def image(seed=0, **facts):
    noise = np.random.default_rng(seed).normal(size=MASK.shape)
    return Image(noise + 100 * MASK, spacing=(1.0, 1.0), **{"modality": "MR", **facts})


def study(n=2, dtype=bool):
    table = pd.DataFrame(
        {
            "patient": [f"p{k}" for k in range(n)],
            "image": [image(k) for k in range(n)],
            "mask": [Image(MASK.astype(dtype), spacing=(1.0, 1.0))] * n,
        }
    )
    return Cohort(table.set_index(pd.Index([f"case {k}" for k in range(n)], name="case")))


def trained(method="random_forest", **options):
    classifier = PixelClassifier(sigmas=[1], trees=5, pixels=200, method=method)
    return recognition.train_segmenter(study(), classifier, use="To test.", **options)


@pytest.mark.parametrize("method", ["random_forest", "svm"])
def test_a_saved_segmenter_is_loaded_and_finds_the_same(method, tmp_path):
    model = trained(method, classes=["left", "right"])
    digest = recognition.save(model, tmp_path / "m.skops")
    loaded = recognition.load(tmp_path / "m.skops", sha256=digest)
    assert isinstance(loaded, recognition.TrainedSegmenter)
    np.testing.assert_array_equal(loaded.segment(image(7)), model.segment(image(7)))
    assert (model.segment(image(7)) == MASK).mean() > 0.9
    assert loaded.card == json.loads(json.dumps(model.card))


def test_the_card_says_what_the_model_is(tmp_path):
    metrics = pd.DataFrame({"value": [0.8], "low": [0.7], "high": [0.9]}, index=["dice"])
    card = trained(metrics=metrics).card
    assert card["classes"] == ["False", "True"]
    assert (card["cases"], card["patients"]) == (2, 2)
    assert card["images"]["modality"] == ["MR"]
    assert card["metrics"]["dice"] == {"value": 0.8, "low": 0.7, "high": 0.9}
    assert card["settings"]["sigmas"] == [1.0]
    assert (
        card["data_sha256"]
        != recognition.train_segmenter(study(3), PixelClassifier(sigmas=[1], trees=2), use="x").card["data_sha256"]
    )


def test_labels_are_numbered_in_order():
    cohort = study(dtype=np.uint8)
    cohort.table["mask"] = [Image(np.where(MASK, 7, 2).astype(np.uint8), spacing=(1.0, 1.0))] * 2
    model = recognition.train_segmenter(cohort, PixelClassifier(sigmas=[1], trees=5), use="x")
    assert set(np.unique(model.segment(image(5)))) == {0, 1}
    assert model.card["classes"] == ["2", "7"]


@pytest.mark.parametrize(
    ("facts", "message"), [({"modality": "CT"}, "modality CT"), ({"spacing": (4.0, 4.0)}, "spacing 4 x 4")]
)
def test_images_that_do_not_fit_are_refused(facts, message):
    strange = Image(image(3).pixels, **{"spacing": (1.0, 1.0), "modality": "MR", **facts})
    table = pd.DataFrame({"patient": ["p"], "image": [strange]}, index=pd.Index(["a"], name="case"))
    with pytest.raises(recognition.ModelError, match=message):
        trained().refuse(Cohort(table))


def test_a_use_and_all_names_are_asked_for():
    with pytest.raises(ValueError, match="use must say"):
        recognition.train_segmenter(study(), PixelClassifier(), use=" ")
    with pytest.raises(ValueError, match="name the 2 labels"):
        trained(classes=["one"])
