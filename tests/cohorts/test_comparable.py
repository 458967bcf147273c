from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench import samples
from workbench.cohorts import Cohort, CohortError, LeakError, characterize, comparable, internal_and_external
from workbench.images import Image

RNG = np.random.default_rng(0)


def study(shapes, labels, patients=None, **columns):
    images = [Image(RNG.normal(size=shape), channel_axis=2 if shape[-1] == 3 else None) for shape in shapes]
    table = pd.DataFrame({"patient": patients or [f"p{n}" for n in range(len(images))], "label": labels} | columns)
    table = table.assign(image=pd.Series(images, dtype=object))
    return Cohort(table.set_axis([f"c{n}" for n in range(len(images))]))


def test_grey_of_one_shape_and_of_the_classes_asked_for():
    found = comparable(study([(20, 30), (16, 16, 3), (40, 8)], [0, 1, 2]), labels=("0", "1"), size=16)
    assert list(found) == ["c0", "c1"] and found.table["label"].tolist() == ["0", "1"]
    assert {found.image(case).shape for case in found} == {(16, 16)}
    assert {found.image(case).pixels.dtype for case in found} == {np.dtype("float32")}
    assert found.image("c0").spacing == (1.0, 1.0)
    every = comparable(study([(8, 8)] * 3, ["x", None, "z"]), labels=None, size=8)
    assert every.table["label"].tolist() == ["x", "z"]


def test_volumes_too_but_not_both():
    found = comparable(study([(8, 9, 10)] * 2, ["a", "b"]), labels="ab", size=8)
    assert found.image("c1").shape == (8, 8, 8)
    with pytest.raises(CohortError, match="slices and volumes"):
        comparable(study([(8, 8), (8, 8, 8)], ["a", "b"]), labels="ab", size=8)


def test_masks_and_other_columns_come_along():
    given = samples.lesion_study("nodule", patients=2)
    found = comparable(given, labels=("benign", "malignant"), size=24)
    case = given.table.index[0]
    assert found.mask(case).shape == (24, 24) and found.table["simulated"].all()
    mm = [np.count_nonzero(c.mask(case).pixels) * np.prod(c.image(case).spacing) for c in (given, found)]
    assert mm[0] == pytest.approx(mm[1], rel=0.2)


def test_patients_are_drawn_whole_and_by_the_share_of_their_class():
    given = study([(8, 8)] * 40, ["a"] * 30 + ["b"] * 10, [f"p{n // 2}" for n in range(40)])
    found = comparable(given, labels="ab", size=8, patients=8)
    assert found.table.groupby("label").size().tolist() == [12, 4]
    assert found.table["patient"].value_counts().eq(2).all()
    assert list(found) == list(comparable(given, labels="ab", size=8, patients=8))


def test_copies_of_another_patient_are_refused_or_dropped():
    given = study([(8, 8)] * 3, list("aab"))
    table = given.table.copy()
    table.at["c2", "image"] = table.at["c0", "image"]
    twice = replace(given, table=table)
    with pytest.raises(LeakError, match="1 images belong to two patients each, such as 'p0' and 'p2'"):
        comparable(twice, labels="ab", size=8)
    assert list(comparable(twice, labels="ab", size=8, copies="drop")) == ["c0", "c1"]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"labels": ("a", "z")}, CohortError, "no case is labelled 'z'; there are a, b"),
        ({"size": 0}, ValueError, "size must be 1 or more"),
        ({"copies": "keep"}, ValueError, "copies must be"),
    ],
)
def test_what_does_not_fit_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        comparable(study([(8, 8)] * 2, list("ab")), **{"labels": "ab", "size": 8} | options)


def test_a_study_without_labels_is_refused():
    with pytest.raises(CohortError, match="no column label; it has patient, image"):
        comparable(Cohort(pd.DataFrame({"patient": ["p"], "image": ["sample:cell"]})), labels="ab", size=8)


def test_the_table_before_the_analysis():
    given = samples.lesion_study("nodule", patients=4)
    table = characterize({"here": given, "there": samples.other_scanner(given, offset=100)})
    assert table["here"].columns.tolist() == ["benign", "malignant", "all"]
    assert table.loc["images", "here"].tolist() == ["4", "4", "8"]
    area = [given.mask(case).pixels.sum() * np.prod(given.mask(case).spacing) for case in given]
    assert table.at["mask, mm² (quartiles)", ("here", "all")].split()[0] == f"{np.median(area):.3g}"
    middles = [
        float(table.at["median intensity, HU (quartiles)", (name, "all")].split()[0]) for name in ("here", "there")
    ]
    assert middles[1] - middles[0] == pytest.approx(100, abs=2)


def test_what_varies_is_said_and_what_is_unknown_left_out():
    table = characterize({"x": study([(8, 8), (8, 9)], list("ab"))})
    assert table.loc["size, pixels", "x"].tolist() == ["8 x 8", "8 x 9", "8 x 8 to 8 x 9"]
    assert set(table.loc["spacing, mm"]) == {"not stated"}
    assert not {"units", "modality"} & set(table.index)
    assert "median intensity, grey values (quartiles)" in table.index


def test_the_table_tells_of_the_users_files_beside_what_is_analysed():
    given = study([(20, 30), (16, 16), (40, 8)], list("aab"), patients=["p", "p", "q"])
    found = comparable(given.with_masks(given.map(np.ones_like)), labels="ab", size=10)
    assert found.table["original_shape"].tolist() == ["20 x 30", "16 x 16", "40 x 8"]
    table = characterize({"x": found})["x"]["all"]
    assert table["size in the files, pixels"] == "16 x 8 to 40 x 30"
    assert table["spacing in the files, mm"] == "not stated"
    assert table["size analysed, pixels"] == "10 x 10"
    assert table["mask, pixels (quartiles)"] == "100"
    assert table["images per patient, median (range)"] == "1.5 (1 to 2)"
    middle = np.median([np.median(found.image(case)) for case in found])
    assert table["median intensity analysed, grey values (quartiles)"].startswith(f"{middle:.3g} (")


def pair(tmp_path, cohort="simulated", external="", **options):
    return internal_and_external(
        cohort,
        external,
        simulate=lambda seed: samples.lesion_study("nodule", patients=10, size=24, seed=seed),
        elsewhere=lambda given: samples.other_scanner(given, offset=500),
        labels=("benign", "malignant"),
        size=24,
        **options,
    )


def test_a_simulated_study_has_another_hospital(tmp_path):
    here, there = pair(tmp_path)
    assert not set(here.table["patient"]) & set(there.table["patient"])
    levels = [np.median([np.median(study.image(case).pixels) for case in study]) for study in (here, there)]
    assert levels[1] - levels[0] == pytest.approx(500, abs=100)


def test_own_patients_are_set_aside_or_come_from_elsewhere(tmp_path):
    from workbench.images import write

    given = samples.lesion_study("nodule", patients=10, size=24)
    rows = []
    for case in given:
        write(given.image(case), tmp_path / f"{case}.nii.gz")
        known = given.table.loc[case, ["patient", "label"]].to_dict()
        rows.append({"case": case, "image": f"{case}.nii.gz"} | known)
    pd.DataFrame(rows).to_csv(tmp_path / "cases.csv", index=False)
    here, there = pair(tmp_path, cohort=str(tmp_path))
    assert here.table["patient"].nunique() == 7 and there.table["patient"].nunique() == 3
    assert not set(here.table["patient"]) & set(there.table["patient"])
    with pytest.raises(LeakError, match="10 patients are in both studies"):
        pair(tmp_path, cohort=str(tmp_path), external=str(tmp_path))


def test_masks_are_given_to_every_case():
    given = samples.lesion_study("nodule", patients=1)
    found = given.with_masks(given.map(lambda image: image.pixels > -300))
    case = given.table.index[0]
    np.testing.assert_array_equal(found.mask(case).pixels, given.image(case).pixels > -300)
    assert found.mask(case).spacing == given.image(case).spacing
    with pytest.raises(CohortError, match="has no mask"):
        given.with_masks({})
    with pytest.raises(CohortError, match="its mask"):
        given.with_masks({name: np.ones((2, 2)) for name in given})


def test_a_margin_is_cut_off_before_all_else():
    framed = np.pad(np.full((80, 40), 7.0), ((10, 10), (5, 5)), constant_values=99)
    given = Cohort(
        pd.DataFrame(
            {"patient": ["a"], "label": ["x"], "image": [Image(framed)], "mask": [Image(framed > 50)]}, ["c"]
        )
    )
    found = comparable(given, labels=None, size=16, margin=10)
    np.testing.assert_allclose(found.image("c").pixels, 7, rtol=1e-6)
    assert not found.mask("c").pixels.any()
    assert comparable(given, labels=None, size=16).mask("c").pixels.any()
    volume = study([(9, 20, 20)], ["x"])
    assert comparable(volume, labels=None, size=9, margin=20).image("c0").shape == (9, 9, 9)
    for bad in (-1, 50):
        with pytest.raises(ValueError, match="margin must be 0 or more and less than 50"):
            comparable(given, labels=None, size=16, margin=bad)
