import numpy as np
import pandas as pd
import pytest

from workbench import recognition, samples
from workbench.cohorts import CohortError


def test_wisconsin_is_the_sample():
    table = recognition.load_table("wisconsin")
    pd.testing.assert_frame_equal(table.reset_index(drop=True), samples.wisconsin())
    assert table.index.name == "case"


def test_a_table_of_ones_own_is_read_with_gaps_and_with_leading_zeros(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("size,case,patient,label\n1.5,a,007,0\n,b,007,1\n2,c,010,1\n", encoding="utf-8")
    table = recognition.load_table(path)
    assert list(table.index) == ["a", "b", "c"]
    assert list(table["patient"]) == ["007", "007", "010"]
    assert list(table["label"]) == ["0", "1", "1"]
    assert np.isnan(table.loc["b", "size"])


def test_cases_without_names_are_numbered(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("patient,label,size\nx,ill,1\ny,well,2\n", encoding="utf-8")
    assert list(recognition.load_table(str(path)).index) == [0, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patient,size\nx,1\n", "missing: label; received patient, size"),
        ("size\n1\n", "missing: label, patient"),
        ("patient,label,size\nx,ill,1\n,well,2\n", "1 row without patient, first case 1"),
        ("patient,label,size\nx,,1\ny,,2\n", "2 rows without label, first case 0"),
        ("patient,label,size\nx,ill,1\ny,ill,2\n", "at least two classes"),
        ("patient,label\nx,ill\ny,well\n", "at least one case and one feature"),
        ("patient,label,size\n", "at least two classes"),
        ("patient,label,sex\nx,ill,f\ny,well,m\n", "received text in 'sex'"),
        ("patient,label,size\nx,ill,inf\ny,well,2\n", "infinite values in 'size'"),
        ("case,patient,label,size\na,x,ill,1\na,y,well,2\n", "each case must occur once, received 'a'"),
        ("", "comma-separated table"),
    ],
)
def test_a_table_from_which_nothing_can_be_learnt_is_refused(tmp_path, text, message):
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CohortError, match=message) as caught:
        recognition.load_table(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CohortError, match=r"nowhere\.csv: expected 'wisconsin' or a \.csv table"):
        recognition.load_table(tmp_path / "nowhere.csv")
