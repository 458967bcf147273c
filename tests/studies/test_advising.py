import numpy as np
import pandas as pd

from workbench.cohorts import Cohort
from workbench.studies import pairs_in_doubt, remains_in_words, too_good_in_words


def test_what_names_of_files_leave_open_is_said(tmp_path):
    assert remains_in_words(tmp_path) == ""
    remains = "remains: look at it"
    rows = [("one patient or two", remains)] * 2 + [("identical images", "left out: case-00002")]
    pd.DataFrame(rows, columns=["kind", "done"]).to_csv(tmp_path / "audit.csv", index=False)
    said = remains_in_words(tmp_path)
    assert "not settled: 2 pairs of patients that may be one patient (audit.csv)" in said
    assert "The rows below show such pairs" in said
    rows = [("one patient or several", remains)]
    pd.DataFrame(rows, columns=["kind", "done"]).to_csv(tmp_path / "audit.csv", index=False)
    assert "not settled: names of files that look like several images of one patient" in remains_in_words(tmp_path)
    rows = [("name does not fit", remains)]
    pd.DataFrame(rows, columns=["kind", "done"]).to_csv(tmp_path / "audit.csv", index=False)
    assert "not settled: names of files" in remains_in_words(tmp_path)
    pd.DataFrame({"x": [1]}).to_csv(tmp_path / "audit.csv", index=False)
    assert remains_in_words(tmp_path) == ""


def test_a_case_of_either_patient_in_doubt_is_shown(tmp_path):
    cases = [f"case-{number}" for number in range(6)]
    table = pd.DataFrame({"patient": list("aabbcc"), "image": [np.eye(3)] * 6}, index=pd.Index(cases, name="case"))
    cohort = Cohort(table, root=tmp_path)
    assert pairs_in_doubt(cohort) == pairs_in_doubt(Cohort(table)) == []
    doubt, remains = "one patient or two", "remains: look at it"
    rows = [
        (doubt, "case-0 case-1 case-2 case-3", remains),
        (doubt, "case-4 case-9", remains),  # the other was left out
        (doubt, "case-3 case-5", "settled"),
        ("burned-in annotation", "case-0 case-4", remains),
    ]
    pd.DataFrame(rows, columns=["kind", "cases", "done"]).to_csv(tmp_path / "audit.csv", index=False)
    assert pairs_in_doubt(cohort) == ["case-0", "case-2"]
    united = Cohort(table.assign(patient=list("aaaacc")), root=tmp_path)
    assert pairs_in_doubt(united) == []


def test_an_auc_that_is_too_good_names_where_to_look():
    said = too_good_in_words({"CNN": 0.981, "logistic": 0.97}, size=48, feature="intensity_maximum")
    assert said.startswith("An AUC of 0.981 (CNN) from images of 48 pixels")
    assert "feature intensity_maximum" in said
    assert "margin" not in said
    cut = too_good_in_words({"CNN": 0.981}, size=48, feature="x", margin=10)
    assert "and borders" in said and "and borders" not in cut
    assert cut.endswith("The border was already cut by 10 %: compare with the run with margin=0.")
    assert too_good_in_words({"CNN": 0.97}, size=48, feature="x") == ""
