import json

import numpy as np
import pytest

from workbench import cnn
from workbench.cnn.backend import keras
from workbench.recognition import ModelError

IMAGES = np.random.default_rng(0).normal(size=(4, 8, 8))


def test_a_loaded_model_predicts_the_same_and_can_be_trained_on(tmp_path):
    model = cnn.unet((8, 8), 2, width=2, depth=1)
    cnn.fit(model, IMAGES, (IMAGES > 0).astype(int), epochs=1, progress=False)
    path = tmp_path / "new" / "model.keras"
    cnn.save(model, path, notes={"classes": ["dark", "bright"]})
    again = cnn.load(path)
    np.testing.assert_allclose(cnn.predict(again, IMAGES), cnn.predict(model, IMAGES), atol=1e-6)
    cnn.fit(again, IMAGES, (IMAGES > 0).astype(int), epochs=1, progress=False)
    card = json.loads(path.with_suffix(".json").read_text())
    assert "not a medical device" in card["notice"]
    assert card["parameters"] == model.count_params()
    assert card["notes"] == {"classes": ["dark", "bright"]}
    assert sorted(file.name for file in path.parent.iterdir()) == ["model.json", "model.keras"]


def test_code_in_a_file_is_not_run(tmp_path):
    path = tmp_path / "model.keras"
    image = keras.Input((4,))
    keras.Model(image, keras.layers.Lambda(lambda x: x + 1)(image)).save(path)
    with pytest.raises(ValueError, match=r"[Ll]ambda"):
        cnn.load(path)


def test_paths_are_checked(tmp_path):
    with pytest.raises(ValueError, match=r"end in \.keras, received 'model\.h5'"):
        cnn.load(tmp_path / "model.h5")
    with pytest.raises(FileNotFoundError, match=r"cnn\.save"):
        cnn.load(tmp_path / "model.keras")


def test_notes_that_are_no_json_leave_no_model(tmp_path):
    model = cnn.classifier((8, 8), 2, width=2, depth=1)
    with pytest.raises(TypeError):
        cnn.save(model, tmp_path / "model.keras", notes={"a": object()})
    assert not list(tmp_path.iterdir())


def test_a_changed_file_is_refused(tmp_path):
    path = tmp_path / "model.keras"
    digest = cnn.save(cnn.unet((8, 8), 2, width=2, depth=1), path)
    assert json.loads(path.with_suffix(".json").read_text())["sha256"] == digest
    assert cnn.load(path, sha256=digest.upper()).output_shape == (None, 8, 8, 2)
    cnn.save(cnn.unet((8, 8), 2, width=2, depth=1, seed=1), path)
    with pytest.raises(ModelError, match="not the file that was saved"):
        cnn.load(path, sha256=digest)


def test_the_card_travels_inside_the_file(tmp_path):
    cnn.save(cnn.unet((8, 8), 2, width=2, depth=1), tmp_path / "a.keras", card={"use": "To test."})
    (tmp_path / "a.keras").rename(tmp_path / "b.keras")
    assert cnn.load_card(tmp_path / "b.keras")["use"] == "To test."
    image = keras.Input((4,))
    keras.Model(image, image).save(tmp_path / "c.keras")
    with pytest.raises(ModelError, match="with its card"):
        cnn.load_card(tmp_path / "c.keras")
    with pytest.raises(FileNotFoundError):
        cnn.load_card(tmp_path / "d.keras")
