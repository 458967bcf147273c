from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from workbench import cohorts, samples
from workbench.cohorts import CohortError
from workbench.cohorts.locations import array_of
from workbench.images import ImageReadError


def arrays(count=5, shape=(8, 8), **changes):
    rng = np.random.default_rng(0)
    made = {}
    for split in ("train", "val", "test"):
        made[f"{split}_images"] = rng.integers(0, 255, (count, *shape), dtype=np.uint8)
        made[f"{split}_labels"] = np.arange(count)[:, None] % 2
    return made | changes


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
def test_splits_labels_and_pixels(tmp_path, save, order):
    made = {name: np.asarray(array, order=order) for name, array in arrays().items()}
    save(tmp_path / "set.npz", **made)
    for source in (tmp_path, tmp_path / "set.npz"):
        cohort = cohorts.read(source)
        assert cohort.table["split"].value_counts().to_dict() == {"train": 5, "validation": 5, "test": 5}
        assert cohort.table.loc["val-00003", "label"] == 1
        np.testing.assert_array_equal(cohort.image("test-00004"), made["test_images"][4])
        assert cohort.table["patient"].is_unique


def test_stored_arrays_are_mapped_and_packed_ones_unpacked_once(tmp_path):
    np.savez(tmp_path / "stored.npz", **arrays())
    np.savez_compressed(tmp_path / "packed.npz", **arrays())
    assert isinstance(array_of(str(tmp_path / "stored.npz"), "train_images", 0, 0), np.memmap)
    one, other = (array_of(str(tmp_path / "packed.npz"), "train_images", 0, 0) for _ in range(2))
    assert one is other


@pytest.mark.parametrize(
    ("shape", "channel_axis", "image_shape"),
    [((8, 8), None, (8, 8)), ((8, 8, 3), 2, (8, 8, 3)), ((8, 8, 8), None, (8, 8, 8))],
)
def test_colours_and_volumes(tmp_path, shape, channel_axis, image_shape):
    np.savez(tmp_path / "set.npz", **arrays(shape=shape))
    image = cohorts.read(tmp_path).image("train-00000")
    assert (image.channel_axis, image.shape) == (channel_axis, image_shape)


def test_several_labels_of_an_image(tmp_path):
    np.savez(tmp_path / "set.npz", train_images=np.zeros((2, 8, 8), np.uint8), train_labels=[[1, 0, 1], [0, 0, 1]])
    table = cohorts.read(tmp_path).table
    assert table[["label_0", "label_1", "label_2"]].to_numpy().tolist() == [[1, 0, 1], [0, 0, 1]]
    assert "label" not in table


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"val_labels": np.zeros((3, 1))}, "5 val_images but 3 val_labels"),
        ({"train_images": np.zeros((5, 8))}, "train_images must be"),
        ({"train_labels": np.array([{}] * 5)}, "Object arrays cannot be loaded"),
    ],
)
def test_malformed_sets(tmp_path, changes, message):
    np.savez(tmp_path / "set.npz", **arrays(**changes))
    with pytest.raises(CohortError, match=message):
        cohorts.read(tmp_path)


def test_two_sets_and_a_lost_one(tmp_path):
    np.savez(tmp_path / "a.npz", **arrays())
    cohort = cohorts.read(tmp_path)
    np.savez(tmp_path / "b.npz", **arrays())
    with pytest.raises(CohortError, match=r"received a\.npz, b\.npz; name one"):
        cohorts.read(tmp_path)
    (tmp_path / "a.npz").write_bytes(b"PK")
    with pytest.raises(ImageReadError, match=r"a\.npz:train_images\[2\]"):
        cohort.image("train-00002")


def test_labels_are_named_where_the_set_is_known(tmp_path):
    np.savez(tmp_path / "breastmnist_64.npz", **arrays())
    assert cohorts.read(tmp_path).table["label"].head(2).tolist() == ["malignant", "normal or benign"]
    np.savez(tmp_path / "breastmnist_64.npz", **arrays(val_labels=np.full((5, 1), 2)))
    assert cohorts.read(tmp_path).table.loc["val-00000", "label"] == 2


def test_every_class_of_the_public_sets_has_its_name():
    known = pd.read_csv(files("workbench.cohorts") / "medmnist_classes.csv").groupby("set")["number"].agg(list)
    sets = samples.public_sets()
    single = sets[~sets["task"].str.contains("multi-label|regression")]
    assert {name: list(range(int(classes))) for name, classes in single["classes"].items()} == known.to_dict()


def test_pneumoniamnist(shared_data):
    cohort = cohorts.read(shared_data / "pneumoniamnist")
    summary = cohort.summary()
    assert summary["label normal"].to_dict() == {"train": 1214, "validation": 135, "all": 1349}
    assert summary["label pneumonia"].to_dict() == {"train": 3494, "validation": 389, "all": 3883}
