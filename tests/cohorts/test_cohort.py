import warnings

import joblib
import numpy as np
import pandas as pd
import pytest

from workbench import cohorts, samples
from workbench.cohorts import Cohort, CohortError
from workbench.images import Image, ImageReadError, affine_from_spacing, write


def test_the_samples():
    cohort = cohorts.read("samples")
    assert list(cohort) == list(samples.SAMPLES)
    assert len(cohort) == len(samples.SAMPLES)
    assert cohort.image("cell").name == "cell"


def test_unknown_case():
    with pytest.raises(CohortError, match="no case 'heart' in this cohort; it has head_ct"):
        cohorts.read("samples").image("heart")


@pytest.mark.parametrize("location", ["", None, np.nan])
def test_an_image_that_is_not_given(location):
    cohort = Cohort(pd.DataFrame({"patient": ["p"], "image": [location]}, index=["a"]))
    with pytest.raises(CohortError, match="case 'a' has no image"):
        cohort.image("a")


def test_describe(tmp_path):
    write(
        Image(np.array([[-5, 7]], np.int16), affine=affine_from_spacing((2, 3)), modality="CT", units="HU"),
        tmp_path / "a.npz",
    )
    np.save(tmp_path / "b.npy", np.zeros((2, 3, 4), np.float32))
    cohort = cohorts.read(tmp_path)
    table = cohort.describe()
    assert table.loc["a"].to_dict() == {
        "modality": "CT",
        "shape": "1 x 2",
        "dtype": "int16",
        "lowest": -5,
        "highest": 7,
        "units": "HU",
        "spacing": "2 x 3",
        "orientation": "PL",
    }
    assert list(table.loc["b", ["shape", "spacing", "orientation", "units"]]) == ["2 x 3 x 4", "", "", ""]
    assert list(cohort.describe(["b"]).index) == ["b"]


def test_a_message_names_no_folder_above_the_study(csv, tmp_path):
    cohort = cohorts.read(csv("case,patient,image\na,p,sub/gone.png\n"))
    with pytest.raises(ImageReadError) as caught:
        cohort.image("a")
    assert str(caught.value).startswith("sub/gone.png: ")
    assert str(tmp_path) not in str(caught.value)


def test_a_mask_lies_on_its_image_however_it_is_stored(tmp_path, csv):
    image = Image(np.arange(24).reshape(2, 3, 4), affine=affine_from_spacing((3, 1, 1)))
    marked = image.replace(pixels=(image.pixels == 7).astype(np.uint8))
    write(image, tmp_path / "image.nii.gz")
    write(marked.oriented("RAI"), tmp_path / "mask.nii.gz")
    write(
        Image(np.ones((2, 3, 4), np.uint8), affine=affine_from_spacing((9, 1, 1))), tmp_path / "elsewhere.nii.gz"
    )
    cohort = cohorts.read(csv("case,patient,image,mask,mask_2\na,p,image.nii.gz,mask.nii.gz,elsewhere.nii.gz\n"))
    np.testing.assert_array_equal(cohort.mask("a"), marked)
    with pytest.raises(ImageReadError, match=r"elsewhere\.nii\.gz"):
        cohort.mask("a", "mask_2")


def test_several_images_of_a_case(csv, save, tmp_path):
    save(tmp_path / "ct.npz", 1)
    save(tmp_path / "pet.npz", 2)
    cohort = cohorts.read(csv("case,patient,image_ct,image_pet\na,p,ct.npz,pet.npz\n"))
    assert cohort.images == ["image_ct", "image_pet"]
    assert cohort.image("a").pixels.max() == 1
    assert cohort.image("a", "image_pet").pixels.max() == 2
    both = cohort.map(lambda ct, pet: float(ct.pixels.sum() + pet.pixels.sum()), columns=cohort.images)
    assert both == {"a": 18.0}


def test_boxes(study):
    boxes = study().boxes("c00")
    assert boxes.to_dict("records") == [{"top": 1, "left": 2, "bottom": 5, "right": 6, "label": ""}]
    with pytest.raises(CohortError, match="case 'c00': each box needs top, left, bottom, right"):
        study(boxes="[[1, 2]]").boxes("c00")
    with pytest.raises(CohortError, match="case 'c00': boxes must be JSON"):
        study(boxes="[1, 2").boxes("c00")
    assert study(boxes=None).boxes("c00").empty


def test_select(study):
    assert list(study().select(["c03", "c01"])) == ["c03", "c01"]
    with pytest.raises(CohortError, match="no case 'x'"):
        study().select(["x"])


def test_summary(study):
    summary = study().summary()
    assert summary.loc["all"].to_dict() == {
        "cases": 48, "patients": 24, "mask": 48, "boxes": 48, "label healthy": 24, "label ill": 24
    }  # fmt: skip
    assert summary["patients"].to_dict() == {"train": 16, "test": 8, "all": 24}


def shape_of(image, mask):
    return image.shape == mask.shape


def broken(image):
    raise ZeroDivisionError("no way")


@pytest.mark.parametrize("jobs", [1, 2])
def test_map_in_order_and_parallel(study, jobs):
    found = study().map(shape_of, columns=("image", "mask"), jobs=jobs)
    assert list(found) == list(study())
    assert all(found.values())


def test_map_hands_its_work_to_the_active_backend(study):
    with joblib.parallel_config("threading", n_jobs=2):
        assert len(study().map(np.max)) == 48


def test_map_shows_progress_when_asked(study, capsys):
    study().map(np.max, progress=True)
    assert "48/48" in capsys.readouterr().err
    study().map(np.max)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_names_the_case(study, jobs):
    with pytest.raises(CohortError, match=r"case .c\d\d.: ZeroDivisionError: no way"):
        study().map(broken, jobs=jobs)


def test_cached_in_memory_until_the_file_changes(csv, save, tmp_path):
    save(tmp_path / "a.npz", 1)
    cohort = cohorts.read(csv("case,patient,image\na,p,a.npz\n")).cached()
    assert np.shares_memory(cohort.image("a"), cohort.image("a"))
    (tmp_path / "a.npz").unlink()
    save(tmp_path / "a.npz", 1234)
    assert cohort.image("a").pixels.max() == 1234


def test_cached_on_disk_without_pickle(csv, save, tmp_path):
    save(tmp_path / "a.nii.gz", 5)
    store = tmp_path / "store"
    cohort = cohorts.read(csv("case,patient,image\na,p,a.nii.gz\n")).cached(store)
    first = cohort.image("a")
    (kept,) = store.iterdir()
    assert np.load(kept, allow_pickle=False)["pixels"].max() == 5
    again = cohort.image("a")
    assert again.pixels.max() == 5
    np.testing.assert_array_equal(again.affine, first.affine)
    assert cohort.map(np.max, jobs=2) == {"a": 5}


def test_warnings_are_passed_on_without_the_folders_above(tmp_path):
    class Odd:
        def open(self):
            warnings.warn(f"{tmp_path}/sub: slices are uneven", UserWarning, stacklevel=1)
            return Image([[1, 2]])

    cohort = Cohort(pd.DataFrame({"patient": ["p"], "image": [Odd()]}, index=["a"]), root=tmp_path)
    with pytest.warns(UserWarning, match="^sub: slices are uneven"):
        cohort.image("a")
