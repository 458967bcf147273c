import json

import numpy as np
import pandas as pd
import pytest

from workbench import images
from workbench.cohorts import Cohort
from workbench.images import Image, affine_from_spacing
from workbench.recognition import ModelError, write_masks

RNG = np.random.default_rng(0)
AFFINE = affine_from_spacing((3.0, 0.5, 0.75))
VOLUME = Image(RNG.normal(size=(4, 6, 5)), affine=AFFINE, modality="CT")
CLASSES = ["other", "low", "high"]


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEY", "sixteen bytes or more")


def study(**pictures):
    table = pd.DataFrame(
        {"patient": [f"patient of {name}" for name in pictures], "image": list(pictures.values())}
    )
    return Cohort(table.set_index(pd.Index(list(pictures), name="case")))


def segment(image):
    pixels = np.asarray(image)
    if image.channel_axis is not None:
        pixels = pixels.mean(axis=image.channel_axis)
    return np.digitize(pixels, [-0.5, 0.5])


def written(tmp_path, cohort, function=segment, model="a" * 64):
    return write_masks(function, cohort, tmp_path / "masks", classes=CLASSES, model=model)


def test_a_mask_lies_where_its_volume_lies(tmp_path):
    table = written(tmp_path, study(a=VOLUME))
    mask = images.read(tmp_path / "masks" / table.loc["a", "mask"])
    assert table.loc["a", "mask"].endswith(".nii.gz")
    np.testing.assert_array_equal(mask, segment(VOLUME))
    np.testing.assert_allclose(mask.affine, AFFINE, atol=1e-5)
    assert table.loc["a", "low_pixels"] == np.sum(segment(VOLUME) == 1)
    assert table.loc["a", "low_ml"] == pytest.approx(np.sum(segment(VOLUME) == 1) * 3 * 0.5 * 0.75 / 1000)


@pytest.mark.parametrize(
    ("image", "suffix"),
    [
        (Image(RNG.normal(size=(7, 5))), ".png"),
        (Image(RNG.normal(size=(7, 5, 3)), channel_axis=2), ".png"),
        (Image(RNG.normal(size=(3, 7, 5)), channel_axis=0), ".png"),
        (Image(RNG.normal(size=(3, 7, 5))), ".npz"),
        (Image(RNG.normal(size=(7, 5)), spacing=(2.0, 3.0)), ".nii.gz"),
    ],
)
def test_pictures_get_pictures_and_every_mask_can_be_read_again(tmp_path, image, suffix):
    table = written(tmp_path, study(a=image))
    assert table.loc["a", "mask"].endswith(suffix)
    mask = images.read(tmp_path / "masks" / table.loc["a", "mask"])
    np.testing.assert_array_equal(np.squeeze(mask), segment(image))


def test_no_name_of_a_file_tells_a_case_or_a_patient(tmp_path):
    written(tmp_path, study(muller_anna=VOLUME))
    names = [path.name for path in (tmp_path / "masks").iterdir()]
    assert not any("muller" in name or "anna" in name or "patient" in name for name in names)
    assert sorted(name for name in names if not name.startswith("M-")) == ["masks.csv", "model.json"]


def test_what_was_interrupted_goes_on_and_gives_the_same(tmp_path):
    cohort = study(a=VOLUME, b=Image(RNG.normal(size=(7, 5))), c=VOLUME.replace(pixels=-VOLUME.pixels))
    seen = []

    def until_second(image):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(image.name)
        return segment(image)

    with pytest.raises(KeyboardInterrupt):
        written(tmp_path, cohort, until_second)
    kept = pd.read_csv(tmp_path / "masks" / "masks.csv", index_col="case")
    assert kept.index.tolist() == ["a", "b"]
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "masks").glob("M-*")}

    def only_third(image):
        assert image.name == "c"
        return segment(image)

    resumed = written(tmp_path, cohort, only_third)
    whole = write_masks(segment, cohort, tmp_path / "whole", classes=CLASSES, model="a" * 64)
    pd.testing.assert_frame_equal(resumed, whole, check_dtype=False)
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "masks").glob("M-*")}
    assert {name: after[name] for name in before} == before
    for name in resumed["mask"]:
        np.testing.assert_array_equal(
            images.read(tmp_path / "masks" / name), images.read(tmp_path / "whole" / name)
        )


def test_a_changed_image_or_a_missing_mask_is_made_anew(tmp_path):
    table = written(tmp_path, study(a=VOLUME))
    changed = VOLUME.replace(pixels=VOLUME.pixels + 1)
    again = written(tmp_path, study(a=changed))
    assert again.loc["a", "high_pixels"] == np.sum(segment(changed) == 2) != table.loc["a", "high_pixels"]
    (tmp_path / "masks" / again.loc["a", "mask"]).unlink()
    written(tmp_path, study(a=changed))
    assert (tmp_path / "masks" / again.loc["a", "mask"]).is_file()


def test_a_folder_of_another_model_or_of_other_things_is_refused(tmp_path):
    written(tmp_path, study(a=VOLUME))
    with pytest.raises(ModelError, match="another model"):
        written(tmp_path, study(a=VOLUME), model="b" * 64)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    with pytest.raises(ModelError, match="new or empty folder"):
        write_masks(segment, study(a=VOLUME), tmp_path / "mine", classes=CLASSES, model="a" * 64)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert json.loads((tmp_path / "masks" / "model.json").read_text()) == {"sha256": "a" * 64}


def test_labels_of_another_shape_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"labels of the image's shape \(4, 6, 5\)"):
        written(tmp_path, study(a=VOLUME), lambda image: np.zeros((2, 2)))
