import json
import zipfile

import numpy as np
import pytest

from workbench import cnn
from workbench.cnn import contents
from workbench.cnn.backend import keras
from workbench.recognition import ModelError


@pytest.fixture
def path(tmp_path):
    cnn.save(cnn.unet((8, 8), 2, width=2, depth=1), tmp_path / "model.keras")
    return tmp_path / "model.keras"


def rewritten(path, change):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("keras.layers", "Lambda"),
        ("keras.layers", "TFSMLayer"),
        ("keras.utils", "get_file"),
        ("builtins", "exec"),
        ("os", "system"),
        ("workbench.files", "replacing"),
    ],
)
def test_whatever_is_not_on_the_list_is_refused_before_it_is_made(path, module, name):
    def change(members):
        config = json.loads(members["config.json"])
        config["config"]["layers"].append({"module": module, "class_name": name, "config": {}, "name": "x"})
        members["config.json"] = json.dumps(config)

    rewritten(path, change)
    with pytest.raises(ModelError, match=f"no model of ours has: {module}.{name}"):
        cnn.load(path)


def test_a_name_of_our_package_must_come_from_it(path):
    def change(members):
        config = json.loads(members["config.json"])
        config["config"]["layers"].append(
            {"module": "os", "class_name": "system", "registered_name": "workbench>Trick", "config": {}}
        )
        members["config.json"] = json.dumps(config)

    rewritten(path, change)
    with pytest.raises(ModelError, match=r"os\.system"):
        cnn.load(path)


def test_further_members_are_refused(path):
    rewritten(path, lambda members: members.update({"assets/code.py": b"1"}))
    with pytest.raises(ModelError, match=r"assets/code\.py"):
        cnn.load(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_model_is_refused(tmp_path, content):
    (tmp_path / "m.keras").write_bytes(content)
    with pytest.raises(ModelError, match=r"expected a model of cnn\.save"):
        cnn.load(tmp_path / "m.keras")


def test_layers_that_the_user_names_are_allowed(tmp_path):
    image = keras.Input((4, 4, 1))
    model = keras.Model(image, keras.layers.AlphaDropout(0.5)(image))
    with pytest.raises(ModelError, match="AlphaDropout"):
        cnn.save(model, tmp_path / "m.keras")
    assert not list(tmp_path.iterdir())
    model.save(tmp_path / "m.keras")
    with pytest.raises(ModelError, match="AlphaDropout"):
        cnn.load(tmp_path / "m.keras")
    assert cnn.load(tmp_path / "m.keras", trusted=["keras.layers.AlphaDropout"]).count_params() == 0


def test_the_list_names_what_keras_has():
    for name in contents.OURS:
        module, _, kind = name.rpartition(".")
        if "src" not in module:
            assert hasattr(__import__(module, fromlist=[kind]), kind), name


def test_models_of_applications_are_allowed(tmp_path):
    model = keras.applications.MobileNetV2((32, 32, 3), weights=None, classes=2)
    cnn.save(model, tmp_path / "m.keras")
    image = np.zeros((1, 32, 32, 3), np.float32)
    np.testing.assert_allclose(cnn.load(tmp_path / "m.keras")(image), model(image), atol=1e-6)
