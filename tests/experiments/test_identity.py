import json
import os

import pytest

from workbench.experiments import identity
from workbench.experiments.identity import data_fingerprint, digest
from workbench.experiments.planning import plan


def named(path, **given):
    return plan([(path, given)])[0].digest


def test_a_run_is_named_by_its_parameters_and_its_source(make_notebook):
    path = make_notebook("size + 1")
    first = named(path)
    assert named(path, size=3, fraction="0.5") == first
    assert named(path, size=5) != first
    assert named(make_notebook("size + 2")) != first
    assert plan([(path, {})], threads=2)[0].digest != first


def test_outputs_of_an_earlier_run_play_no_part(make_notebook):
    path = make_notebook("size + 1")
    first = named(path)
    notebook = json.loads(path.read_text())
    notebook["cells"][-1] |= {
        "execution_count": 9,
        "outputs": [{"output_type": "stream", "text": "x", "name": "s"}],
    }
    path.write_text(json.dumps(notebook))
    assert named(path) == first


def test_another_source_of_the_workbench_is_another_run(make_notebook, tmp_path, monkeypatch):
    path = make_notebook("size + 1")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "a.py").write_text("1")
    monkeypatch.setattr(identity, "PACKAGE", tmp_path / "package")
    first = named(path)
    (tmp_path / "package" / "a.py").write_text("2")
    second = named(path)
    (tmp_path / "package" / "b.py").write_text("")
    assert len({first, second, named(path)}) == 3


def test_a_study_is_named_by_its_contents_not_by_its_place(tmp_path):
    for name in "ab":
        folder = tmp_path / name
        folder.mkdir()
        (folder / "one.png").write_bytes(b"pixels")
    first, second = (data_fingerprint({"cohort": str(tmp_path / name)}) for name in "ab")
    assert first == second != ""
    os.utime(tmp_path / "a" / "one.png", (0, 0))
    assert data_fingerprint({"cohort": str(tmp_path / "a")}) == first
    (tmp_path / "a" / "one.png").write_bytes(b"pixelz")
    assert data_fingerprint({"cohort": str(tmp_path / "a")}) != first
    (tmp_path / "b" / "one.png").rename(tmp_path / "b" / "two.png")
    assert data_fingerprint({"cohort": str(tmp_path / "b")}) != first


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_files_that_a_table_names_count(tmp_path, suffix):
    import pandas as pd

    table = tmp_path / f"cases{suffix}"
    frame = pd.DataFrame({"case": ["a"], "image": ["a.npy"], "label": [1]})
    frame.to_csv(table, index=False) if suffix == ".csv" else frame.to_parquet(table)
    (tmp_path / "a.npy").write_bytes(b"1")
    first = data_fingerprint({"study": str(table)})
    (tmp_path / "a.npy").write_bytes(b"2")
    (tmp_path / "unnamed.npy").write_bytes(b"3")
    second = data_fingerprint({"study": str(table)})
    (tmp_path / "unnamed.npy").write_bytes(b"4")
    assert first != second == data_fingerprint({"study": str(table)})


def test_folders_and_parts_that_a_table_names_count_and_so_does_an_external_cohort(tmp_path):
    (tmp_path / "series").mkdir()
    (tmp_path / "series" / "1.dcm").write_text("one")
    (tmp_path / "set.npz").write_text("arrays")
    table = tmp_path / "cases.csv"
    table.write_text("case,image\na,series::1.2.3\nb,set.npz::train_images[0]\n")
    found = [data_fingerprint({"external_cohort": str(table)})]
    for changed in ("series/1.dcm", "set.npz"):
        (tmp_path / changed).write_text("changed")
        found.append(data_fingerprint({"external_cohort": str(table)}))
    assert len(set(found)) == 3


def test_equal_numbers_of_other_types_are_other_runs():
    assert digest({"cells": []}, {"a": 1}, data="") != digest({"cells": []}, {"a": 1.0}, data="")


def test_a_table_is_the_same_wherever_it_is_seen_from(make_notebook, tmp_path, monkeypatch):
    path = make_notebook("size + 1")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "cases.csv").write_text("case,patient,image\na,p,sample:cell\n")
    seen = []
    for place, cohort in ((tmp_path, "study/cases.csv"), (tmp_path / "study", "cases.csv")):
        monkeypatch.chdir(place)
        seen.append(named(path, cohort=cohort))
    assert seen[0] == seen[1] == named(path, cohort=str(tmp_path / "study" / "cases.csv"))
    (tmp_path / "study" / "cases.csv").write_text("case,patient,image\nb,p,sample:cell\n")
    assert named(path, cohort="cases.csv") != seen[0]
    assert named(path, cohort="gone/cases.csv") != named(path, cohort="lost/cases.csv")
