import subprocess
import sys
import time
import weakref

import numpy as np
import pandas as pd
import pytest

from workbench import recognition, samples
from workbench.cohorts import Cohort
from workbench.features import FixedBinNumber, extract, extract_cohort, tables
from workbench.images import Image, write

FAST = {"families": ["intensity_statistics", "glcm"], "progress": False}


def some_cases(count=4):
    rng = np.random.default_rng(0)
    for number in range(count):
        image = Image(rng.normal(50, 20, (9, 8)), spacing=(1, 2), name=f"case-{number}")
        whole = np.ones((9, 8), dtype=bool)
        yield f"case-{number}", image, {"whole": whole, "left": whole & (np.arange(8) < 4)}


@pytest.fixture
def cohort(tmp_path):
    rows = {}
    for case, image, masks in some_cases():
        write(image, tmp_path / f"{case}.npz")
        for name, mask in masks.items():
            write(Image(mask.astype(np.uint8), spacing=(1, 2)), tmp_path / f"{case}-{name}.npz")
        rows[case] = {
            "patient": case,
            "image": tmp_path / f"{case}.npz",
            "mask": tmp_path / f"{case}-whole.npz",
            "mask_left": tmp_path / f"{case}-left.npz",
        }
    return Cohort(pd.DataFrame.from_dict(rows, orient="index").rename_axis("case"), root=tmp_path)


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_table_equals_one_by_one(jobs):
    table, failures = extract_cohort(some_cases(), jobs=jobs, **FAST)
    assert failures.empty
    assert table.index.names == ["case", "region"]
    assert table.index.tolist() == [(f"case-{n}", region) for n in range(4) for region in ("whole", "left")]
    for case, image, masks in some_cases():
        for region, mask in masks.items():
            alone = extract(image, mask, families=FAST["families"])
            pd.testing.assert_series_equal(table.loc[(case, region)], alone, check_names=False, rtol=0)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_cohort_is_read_case_by_case(cohort, jobs):
    table, failures = extract_cohort(cohort, jobs=jobs, **FAST)
    expected = extract_cohort(some_cases(), **FAST).table.rename(index={"whole": "mask"}, level="region")
    pd.testing.assert_frame_equal(table, expected)
    assert failures.empty


def test_what_fails_is_told_and_stops_nothing(cohort):
    cohort.table.at["case-1", "image"].write_bytes(b"broken")
    cohort.table.loc["case-2", "mask_left"] = np.nan
    table, failures = extract_cohort(cohort, **FAST)
    assert len(table) == 5
    assert failures.index.tolist() == [("case-1", ""), ("case-2", "left")]
    assert "case-1.npz" in failures.loc[("case-1", ""), "error"]
    assert "CohortError" in failures.loc[("case-2", "left"), "error"]


def test_all_may_fail():
    table, failures = extract_cohort([("a", np.ones((2, 2)), {"b": np.zeros((2, 2))})], progress=False)
    assert table.empty
    assert len(failures) == 1


def counted(monkeypatch):
    calls = []

    def count(image, mask, **options):
        calls.append(1)
        return extract(image, mask, **options)

    monkeypatch.setattr(tables, "extract", count)
    return calls


def test_an_interrupted_run_goes_on_where_it_was(tmp_path, monkeypatch):
    calls = counted(monkeypatch)

    def interrupted():
        for number, case in enumerate(some_cases()):
            if number == 3:
                raise KeyboardInterrupt
            yield case

    with pytest.raises(KeyboardInterrupt):
        extract_cohort(interrupted(), folder=tmp_path, **FAST)
    before = len(calls)
    assert before >= 4
    table, _ = extract_cohort(some_cases(), folder=tmp_path, **FAST)
    assert len(calls) == 8
    pd.testing.assert_frame_equal(table, extract_cohort(some_cases(), **FAST).table)


def test_changed_options_images_and_masks_are_measured_anew(cohort, tmp_path, monkeypatch):
    calls = counted(monkeypatch)
    folder = tmp_path / "parts"
    extract_cohort(cohort, folder=folder, **FAST)
    extract_cohort(cohort, folder=folder, **FAST)
    assert len(calls) == 8
    extract_cohort(cohort, folder=folder, discretization=FixedBinNumber(8), **FAST)
    assert len(calls) == 16
    write(Image(np.eye(9, 8, dtype=np.uint8), spacing=(1, 2)), cohort.table.at["case-0", "mask_left"])
    table, _ = extract_cohort(cohort, folder=folder, **FAST)
    assert len(calls) == 18
    brighter = [(case, image.replace(pixels=image.pixels + 1), masks) for case, image, masks in some_cases(1)]
    again = extract_cohort(brighter, folder=folder, **FAST).table
    assert again.iloc[0]["intensity_mean"] == pytest.approx(table.iloc[0]["intensity_mean"] + 1)


def test_what_failed_is_tried_again(tmp_path):
    broken = [("a", np.ones((3, 3)), {"b": np.zeros((3, 3)), "c": np.ones((3, 3))})]
    for _ in range(2):
        table, failures = extract_cohort(broken, folder=tmp_path, **FAST)
        assert (len(table), len(failures)) == (1, 1)
    assert not list(tmp_path.glob("*.json"))


def test_label_maps_give_a_region_per_label():
    labels = np.array([[1, 1, 2, 2], [1, 1, 0, 2]])
    image = np.arange(8.0).reshape(2, 4)
    named = {"liver": 1, "spleen": 2, "none": 3}
    table, failures = extract_cohort([("a", image, {"organs": labels})], labels=named, **FAST)
    assert table.index.tolist() == [("a", "liver"), ("a", "spleen")]
    assert table.loc[("a", "spleen"), "intensity_mean"] == image[labels == 2].mean()
    assert "at least one voxel" in failures.loc[("a", "none"), "error"]
    _, unnamed = extract_cohort([("a", image, {"organs": labels})], **FAST)
    assert "received the labels 1, 2" in unnamed.iloc[0]["error"]


def test_slices_and_volumes_share_a_table():
    rng = np.random.default_rng(0)
    cases = [(name, Image(rng.random(shape), spacing=(1,) * len(shape)), {"all": np.ones(shape)})
             for name, shape in (("solid", (3, 4, 5)), ("flat", (6, 7)))]  # fmt: skip
    table, _ = extract_cohort(cases, families="morphology", progress=False)
    assert np.isnan(table.loc[("flat", "all"), "morphology_volume"])
    assert table.loc[("flat", "all"), "morphology_area_pixels"] == 42


def test_wrong_calls_fail_before_the_first_case(cohort):
    with pytest.raises(TypeError, match="no option of extract"):
        extract_cohort(cohort, bins=5)
    with pytest.raises(ValueError, match="family must be one of"):
        extract_cohort(cohort, families=["shapes"])
    with pytest.raises(ValueError, match="aggregation must be one of"):
        extract_cohort(cohort, aggregation="4d")
    with pytest.raises(ValueError, match="has no masks"):
        extract_cohort(Cohort(cohort.table[["patient", "image"]]))
    with pytest.raises(TypeError, match=r"\(case, image, \{region: mask\}\)"):
        extract_cohort([np.ones((2, 2))], progress=False)
    with pytest.raises(ValueError, match="received twice"):
        extract_cohort([*some_cases(1), *some_cases(1)], **FAST)
    with pytest.raises(ValueError, match="at least one case"):
        extract_cohort([], progress=False)


def test_a_filter_without_a_name_cannot_be_kept(tmp_path):
    with pytest.raises(ValueError, match="function with a name"):
        extract_cohort(some_cases(1), folder=tmp_path, filters={"x": lambda image: image.pixels}, progress=False)


def test_the_folder_holds_no_pickle(tmp_path):
    extract_cohort(some_cases(1), folder=tmp_path, **FAST)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json"}


def test_the_table_is_what_recognition_reads(tmp_path):
    study = samples.study("head", patients=9, images_per_patient=1, size=96)
    table, failures = extract_cohort(study, families=["morphology", "intensity_statistics"], progress=False)
    assert (len(table), len(failures)) == (6, 3)
    rows = study.table.loc[table.index.get_level_values("case"), ["patient", "label"]].join(
        table.droplevel("region")
    )
    rows.to_csv(tmp_path / "table.csv")
    read = recognition.load_table(tmp_path / "table.csv")
    assert read.shape == (6, 2 + table.shape[1])
    np.testing.assert_allclose(read["intensity_mean"], table["intensity_mean"])


def test_killed_in_the_middle_it_goes_on(tmp_path):
    code = """
import sys, time
import numpy as np
from workbench.features import extract_cohort

def cases():
    for number in range(40):
        time.sleep(0.05)
        yield f"case-{number}", np.arange(30.0).reshape(5, 6) + number, {"all": np.ones((5, 6))}

if __name__ == "__main__":
    extract_cohort(cases(), families="intensity_statistics", folder=sys.argv[1], progress=False)
"""
    script = tmp_path / "run.py"
    script.write_text(code)
    folder = tmp_path / "parts"

    def finished():
        # A kill in the middle of a write leaves a hidden temporary file, which is no result.
        return list(folder.glob("[!.]*.json"))

    running = subprocess.Popen([sys.executable, script, folder])
    while len(finished()) < 3:
        assert running.poll() is None
        time.sleep(0.02)
    running.kill()
    running.wait()
    kept = {path: path.stat().st_mtime_ns for path in finished()}
    assert 3 <= len(kept) < 40
    subprocess.run([sys.executable, script, folder], check=True)
    assert len(finished()) == 40
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in kept.items())


def test_images_are_let_go_once_they_are_measured():
    alive, most = weakref.WeakSet(), []

    def cases():
        for number in range(30):
            image = Image(np.full((4, 4), number))
            alive.add(image)
            most.append(len(alive))
            yield f"case-{number}", image, {"all": np.ones((4, 4))}
            del image

    extract_cohort(cases(), families="intensity_statistics", progress=False)
    assert max(most) <= 3
