import pandas as pd

from workbench.studies import remains_in_words, too_good_in_words


def test_what_names_of_files_leave_open_is_said(tmp_path):
    assert remains_in_words(tmp_path) == ""
    remains = "remains: look at it"
    rows = [("one patient or two", remains)] * 2 + [("identical images", "left out: case-00002")]
    pd.DataFrame(rows, columns=["kind", "done"]).to_csv(tmp_path / "audit.csv", index=False)
    assert "not settled: 2 pairs of patients that may be one patient (audit.csv)" in remains_in_words(tmp_path)
    rows = [("name does not fit", remains)]
    pd.DataFrame(rows, columns=["kind", "done"]).to_csv(tmp_path / "audit.csv", index=False)
    assert "not settled: names of files" in remains_in_words(tmp_path)
    pd.DataFrame({"x": [1]}).to_csv(tmp_path / "audit.csv", index=False)
    assert remains_in_words(tmp_path) == ""


def test_an_auc_that_is_too_good_names_where_to_look():
    said = too_good_in_words({"CNN": 0.981, "logistic": 0.97}, size=48, feature="intensity_maximum")
    assert said.startswith("An AUC of 0.981 (CNN) from images of 48 pixels")
    assert "feature intensity_maximum" in said
    assert too_good_in_words({"CNN": 0.97}, size=48, feature="x") == ""
