import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from workbench import cnn
from workbench.cnn.backend import keras

TRAIN = """
import sys
import numpy as np
from workbench import cnn
from workbench.cnn.backend import keras

folder, output, slow = sys.argv[1:]
rng = np.random.default_rng(0)
images, labels = rng.normal(size=(24, 12, 12)), np.arange(24) % 2
images[labels == 1] += np.eye(12)
image = keras.Input((12, 12, 1))
maps = keras.layers.Conv2D(4, 3, activation="relu", kernel_initializer=keras.initializers.HeNormal(1))(image)
maps = keras.layers.BatchNormalization()(maps)
maps = keras.layers.Dropout(0.3)(keras.layers.GlobalAveragePooling2D()(maps))
model = keras.Model(image, keras.layers.Dense(2, activation="softmax", kernel_initializer="ones")(maps))

def watch(table):
    print(len(table), flush=True)
    if slow == "slow" and len(table) == 3:
        import time
        time.sleep(60)

training = cnn.fit(
    model, images, labels, validation=(images[:8], labels[:8]), epochs=6, batch_size=5, warm_up=0.2,
    weight_decay=1e-3, augment=cnn.Augmentation(elastic=1.0), average=0.9, seed=7, patience=6,
    checkpoint=folder or None, progress=False, watch=watch,
)
np.savez(output, table=training.table.to_numpy(), **{str(k): w for k, w in enumerate(model.get_weights())})
"""


def run(folder, output, slow="fast"):
    command = [sys.executable, "-c", TRAIN, str(folder), str(output), slow]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_training_killed_in_the_middle_goes_on_to_the_same_weights(tmp_path):
    whole = run("", tmp_path / "whole.npz")
    killed = run(tmp_path / "state", tmp_path / "resumed.npz", "slow")
    for line in killed.stdout:
        if line.strip() == "3":
            break
    os.kill(killed.pid, signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    killed.stdout.close()
    assert not (tmp_path / "resumed.npz").exists()
    resumed = run(tmp_path / "state", tmp_path / "resumed.npz")
    assert resumed.communicate()[0].split() == ["4", "5", "6"]
    whole.communicate()
    with np.load(tmp_path / "whole.npz") as one, np.load(tmp_path / "resumed.npz") as other:
        assert one.files == other.files
        for name in one.files:
            np.testing.assert_array_equal(one[name], other[name], err_msg=name)
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["training.npz"]


def test_a_kill_within_an_epoch_leaves_a_whole_checkpoint(tmp_path):
    killed = run(tmp_path / "state", tmp_path / "never.npz", "slow")
    while not (tmp_path / "state" / "training.npz").exists():
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    with np.load(tmp_path / "state" / "training.npz", allow_pickle=False) as archive:
        assert all(archive[name] is not None for name in archive.files)


IMAGES = np.random.default_rng(0).normal(size=(8, 8, 8))
LABELS = np.arange(8) % 2


def fit(folder, seed=0, images=IMAGES, epochs=2, **options):
    model = cnn.classifier((8, 8), 2, width=2, depth=1)
    options = {"epochs": epochs, "seed": seed, "checkpoint": folder, "progress": False} | options
    return model, cnn.fit(model, images, LABELS, **options)


def test_a_finished_training_is_not_repeated(tmp_path):
    first, training = fit(tmp_path)
    again, same = fit(tmp_path, watch=lambda table: pytest.fail("trained again"))
    np.testing.assert_array_equal(training.table, same.table)
    assert (same.ended, same.best_epoch) == ("finished", 2)
    for one, other in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": 1}, "seed = 0, not 1"),
        ({"images": IMAGES + 1}, "data = "),
        ({"epochs": 3}, "epochs = 2, not 3"),
        ({"augment": cnn.Augmentation()}, "augment = "),
        ({"batch_size": 4}, "batch_size"),
    ],
)
def test_a_checkpoint_of_another_training_is_refused(tmp_path, options, message):
    fit(tmp_path)
    with pytest.raises(ValueError, match=message):
        fit(tmp_path, **options)


def test_a_damaged_checkpoint_is_refused(tmp_path):
    fit(tmp_path)
    path = Path(tmp_path) / "training.npz"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match="damaged"):
        fit(tmp_path)


def test_layers_without_a_seed_of_their_own_are_given_one():
    def weights():
        image = keras.Input((8, 8, 1))
        maps = keras.layers.Dropout(0.5)(keras.layers.Flatten()(image))
        output = keras.layers.Dense(2, activation="softmax", kernel_initializer="zeros")(maps)
        model = keras.Model(image, output)
        cnn.fit(model, IMAGES, LABELS, epochs=2, progress=False)
        return model.get_weights()

    for one, other in zip(weights(), weights(), strict=True):
        np.testing.assert_array_equal(one, other)
