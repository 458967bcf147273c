import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Picture

from workbench import cohorts
from workbench.cohorts import SEVERITY, Cohort, CohortError, LeakError
from workbench.images import Image, affine_from_spacing, write


def change(cohort, case, **cells):
    table = cohort.table.copy()
    for column, value in cells.items():
        table[column] = table[column].astype(object)
        table.at[case, column] = value
    return Cohort(table, root=cohort.root)


def kinds(cohort, **options):
    return cohort.audit(**options).groupby("kind")["cases"].first().to_dict()


def image_like(image, pixels):
    return image.replace(pixels=np.asarray(pixels))


def test_a_clean_study_has_no_finding(study):
    assert study().audit().empty
    assert list(study().audit().columns) == ["severity", "kind", "cases", "detail"]


def planted(study):
    """Each fault with the cases that it is planted in."""
    clean = study()
    image, other = clean.image("c00"), clean.image("c20")
    recompressed = image_like(image, np.clip(image.pixels * 0.9 + 10, 0, 255).round().astype(np.uint8))
    empty = clean.mask("c05").replace(pixels=np.zeros((40, 48), bool))
    yield "patient in two splits", change(clean, "c00", split="test"), ("c00", "c01")
    yield "identical images in two splits", change(clean, "c40", image=image), ("c00", "c40")
    yield "identical images", change(clean, "c04", image=image), ("c00", "c04")
    yield "identical images with different labels", change(clean, "c02", image=image), ("c00", "c02")
    yield "near-identical images in two splits", change(clean, "c40", image=recompressed), ("c00", "c40")
    yield "near-identical images", change(clean, "c04", image=recompressed), ("c00", "c04")
    yield "unreadable file", change(clean, "c03", image="gone.png"), ("c03",)
    yield "mask of other geometry", change(clean, "c05", mask=Image(np.eye(9))), ("c05",)
    yield "mask of other geometry", change(clean, "c05", mask=Image(np.eye(40, 48), spacing=(2, 2))), ("c05",)
    yield "empty mask", change(clean, "c05", mask=empty), ("c05",)
    yield "box without area", change(clean, "c06", boxes="[[5, 5, 5, 9]]"), ("c06",)
    yield "box outside the image", change(clean, "c06", boxes="[[5, 5, 41, 9]]"), ("c06",)
    yield "malformed boxes", change(clean, "c06", boxes="[[5, 5, 41]]"), ("c06",)
    yield "constant image", change(clean, "c07", image=image_like(image, np.full((40, 48), 3))), ("c07",)
    yield "intensity outlier", change(clean, "c20", image=image_like(other, other.pixels * 16.0)), ("c20",)
    yield "spacing outlier", change(clean, "c20", image=other.replace(spacing=(0.5, 0.8)), mask=None), ("c20",)
    yield "missing patient", change(clean, "c08", patient=None), ("c08",)
    yield "missing image", change(clean, "c08", image=""), ("c08",)
    yield "missing value", change(clean, "c08", label=np.nan), ("c08",)
    yield "one class only", study(label="ill"), ()
    only = [("ill", "healthy")[n % 2] if n < 32 else "ill" for n in range(48)]
    yield "one class only", study(label=only), ()
    rare = ["ill" if n < 30 else "healthy" for n in range(48)]
    yield "prevalence shift", study(label=rare), ()


FAULTS = [
    "patient in two splits", "identical images in two splits", "identical images",
    "identical images with different labels", "near-identical images in two splits", "near-identical images",
    "unreadable file", "mask of other geometry", "mask of other geometry", "empty mask", "box without area",
    "box outside the image", "malformed boxes", "constant image", "intensity outlier", "spacing outlier",
    "missing patient", "missing image", "missing value", "one class only", "one class only", "prevalence shift",
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_each_planted_fault_is_found(study, number):
    kind, cohort, cases = list(planted(study))[number]
    assert kind == FAULTS[number]
    found = cohort.audit()
    named = found[found["kind"] == kind]
    assert set(named["cases"]) == {cases}
    assert set(named["severity"]) == {SEVERITY[kind]}
    assert named["detail"].map(bool).all()
    assert set(found["severity"]) <= {"error", "warning"}
    assert found["severity"].is_monotonic_increasing


def test_every_kind_is_tested():
    # The first is planted in DICOM files, the second in a file that a reader warns of.
    assert set(SEVERITY) - set(FAULTS) == {"burned-in annotation", "reading problem"}


def test_what_a_reader_warns_of(study):
    class Odd:
        def open(self):
            import warnings

            warnings.warn("slices are uneven", UserWarning, stacklevel=1)
            return study().image("c09")

    found = change(study(), "c09", image=Odd()).audit()
    assert found["kind"].tolist() == ["reading problem"]
    assert found["detail"].tolist() == ["slices are uneven"]


def test_masks_in_files(tmp_path):
    image = Image(np.arange(24.0).reshape(2, 3, 4), affine=affine_from_spacing((3, 1, 1)))
    write(image, tmp_path / "a.nii.gz")
    write(image.replace(pixels=np.ones((2, 3, 4), np.uint8)).oriented("RAI"), tmp_path / "a_mask.nii.gz")
    write(image.replace(pixels=image.pixels * 2), tmp_path / "b.nii.gz")
    write(Image(np.ones((2, 3, 4), np.uint8), affine=affine_from_spacing((3, 1, 2))), tmp_path / "b_mask.nii.gz")
    write(image.replace(pixels=image.pixels**2), tmp_path / "c.nii.gz")
    (tmp_path / "c_mask.nii.gz").write_bytes(b"no image")
    found = cohorts.read(tmp_path).audit().set_index("kind")["cases"]
    assert found["mask of other geometry"] == ("b",)
    assert found["unreadable file"] == ("c",)
    assert str(tmp_path) not in " ".join(cohorts.read(tmp_path).audit()["detail"])


def test_many_jobs_find_the_same(tmp_path, picture):
    for seed in range(12):
        picture(tmp_path / f"{'ab'[seed % 2]}" / f"{seed}.png", seed % 11)
    cohort = cohorts.read(tmp_path)
    pd.testing.assert_frame_equal(cohort.audit(), cohort.audit(jobs=2))
    assert kinds(cohort) == {"identical images": ("0", "11")} | {
        "identical images with different labels": ("0", "11")
    }


def test_near_identical_after_jpeg_and_halving(tmp_path, picture):
    for seed in range(3):
        picture(tmp_path / f"{seed}.png", seed, (200, 240))
    original = Picture.open(tmp_path / "0.png")
    original.save(tmp_path / "compressed.jpg", quality=60)
    original.resize((120, 100), Picture.Resampling.BOX).save(tmp_path / "halved.png")
    assert kinds(cohorts.read(tmp_path)) == {"near-identical images": ("0", "compressed", "halved")}


def test_alike_slices_of_one_patient_are_no_finding(study):
    image = study().image("c00")
    assert change(study(), "c01", image=image_like(image, image.pixels * 0.95)).audit().empty


def test_no_leak(study):
    assert cohorts.check_leak(study()).empty
    assert cohorts.check_leak(cohorts.read("samples")).empty


@pytest.mark.parametrize("kind", ["patient in two splits", "identical images in two splits"])
def test_a_leak_is_refused_unless_allowed(study, kind):
    cohort = next(cohort for name, cohort, _ in planted(study) if name == kind)
    with pytest.raises(LeakError, match=f"{kind}.*allow_leak=True") as caught:
        cohorts.check_leak(cohort)
    assert isinstance(caught.value, CohortError)
    assert cohorts.check_leak(cohort, allow_leak=True)["kind"].tolist() == [kind]


def test_a_split_mends_a_torn_patient(study):
    torn = change(study(), "c00", split="test")
    assert cohorts.check_leak(torn.split(test=0.25)).empty


def test_pneumoniamnist_shares_eight_images(shared_data):
    found = cohorts.read(shared_data / "pneumoniamnist").audit(jobs=2)
    leaks = found[found["kind"] == "identical images in two splits"]
    shared = {case for cases in leaks["cases"] for case in cases if case.startswith("val-")}
    assert len(leaks) == len(shared) == 8
    stacks = np.load(shared_data / "pneumoniamnist" / "pneumoniamnist_train_val.npz")
    known = {image.tobytes() for image in stacks["train_images"]}
    expected = {f"val-{n:05}" for n, image in enumerate(stacks["val_images"]) if image.tobytes() in known}
    assert shared == expected
    assert set(found["kind"]) == {"identical images", "identical images in two splits"}


def test_blood_cells_have_two_boxes_without_area(shared_data):
    cohort = cohorts.read(shared_data / "blood_bccd").select(
        ["BloodImage_00000", "BloodImage_00338", "BloodImage_00343", "BloodImage_00410"]
    )
    found = cohort.audit()
    assert found["kind"].tolist() == ["box without area"] * 2
    assert found["cases"].tolist() == [("BloodImage_00338",), ("BloodImage_00343",)]


def test_boxes_on_the_edge_are_inside(study):
    boxes = json.dumps([{"top": 0, "left": 0, "bottom": 40, "right": 48, "label": "all"}])
    assert study(boxes=boxes).audit().empty
