import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.experiments.chapters import folder, load
from workbench.experiments.recording import RESULTS, Results
from workbench.reports.content.checklists import checklists
from workbench.reports.content.intervals import Recorded
from workbench.reports.content.methods import methods
from workbench.reports.content.naming import OWN, parsed, result_name
from workbench.reports.content.results import Result, most_decimals, of_output
from workbench.reports.content.summary import summary


def shown(values, text, known=None):
    output = {"data": {"text/plain": text}, "metadata": {RESULTS: values}}
    return {name: str(result) for name, result in of_output(output, known or {}).items()}


def test_a_value_and_its_interval_have_the_same_decimals():
    values = {"auc": 0.99, "auc_low": 0.98, "auc_high": 1.0}
    assert shown(values, "auc 0.99\nauc_low 0.98\nauc_high 1") == {"auc": "0.990 (0.980 to 1.000)"}
    known = {"auc": Recorded(0.972, 0.95, 0.98429, "auc", "95", "")}
    assert shown({"auc": 0.972}, "auc 0.97", known) == {"auc": "0.972 (0.950 to 0.984)"}
    small = {"p": 0.04, "p_low": 0.029, "p_high": 0.056}
    assert shown(small, "p 0.04\np_low 0.029\np_high 0.056") == {"p": "0.04 (0.03 to 0.06)"}
    count = {"n": 120, "n_low": 100, "n_high": 150}
    assert shown(count, "n 120\nn_low 100\nn_high 150") == {"n": "120 (100 to 150)"}


def test_shares_that_stand_together_have_the_same_decimals_and_others_their_own():
    values = {"dice": 0.98, "jaccard": 0.965, "volume": 87.6, "cases": 12, "drop": -0.4, "tiny": 2.5e-05}
    text = "dice 0.98\njaccard 0.965\nvolume 87.6\ncases 12\ndrop -0.4\ntiny 2.5e-05"
    assert list(shown(values, text).values()) == ["0.980", "0.965", "87.6", "12", "-0.400", "2.5e-05"]


def test_what_stands_in_one_column_loses_no_decimals():
    assert most_decimals([Result("0.9", 0.9, None, 1), Result("0.812", 0.812, None, 3)]) == 3
    assert most_decimals([Result("yes")]) == 0


def test_near_one_two_decimals_would_say_nothing():
    values = {"auc": 0.9914, "auc_low": 0.9738, "auc_high": 0.9972, "recall": 0.94}
    text = "auc 0.99\nauc_low 0.97\nauc_high 1\nrecall 0.94"
    assert shown(values, text) == {"auc": "0.991 (0.974 to 0.997)", "recall": "0.940"}
    assert shown({"auc": 1.0, "recall": 0.94}, "auc 1\nrecall 0.94") == {"auc": "1.00", "recall": "0.94"}


RECORDED = st.one_of(
    st.sampled_from(
        [0, 1, 0.0, -0.0, 1.0, 0.5, float("nan"), float("inf"), 1e-300, 1e300, 10**400, True, "", "x\ny"]
    ),
    st.floats(0, 1),
    st.integers(),
)
NAMES = [f"{place}{metric}" for place in ("", "set_aside_cnn_") for metric in ("auc", "recall", "specificity")]
NAMES = [f"{name}{end}" for name in NAMES for end in ("", "_low", "_high", "_low_high")]


@settings(deadline=None, max_examples=50)
@given(values=st.dictionaries(st.sampled_from(NAMES), RECORDED), found=st.lists(st.sampled_from([0.0, 0.5, 1.0])))
def test_whatever_was_recorded_can_be_reported(values, found):
    metrics = {name: [value, value, value] for name, value in zip(("auc", "recall", "specificity"), found)}  # noqa: B905
    calls = [{"function": "evaluation.evaluate", "found": [{"cases": 9, "patients": 9, "metrics": metrics}]}]
    output = {"output_type": "display_data", "data": {"text/plain": repr(Results(values, 2))}}
    output["metadata"] = {RESULTS: values}
    notebook = {
        "cells": [{"cell_type": "code", "source": "record()", "metadata": {}, "outputs": [output]}],
        "metadata": {
            "workbench": {"run": {"started": "", "parameters": {"positive": "ill"}, "methods": {"calls": calls}}}
        },
    }
    of_output(output, {})
    assert checklists(notebook, {}, anchor="x") and methods(notebook) and summary(notebook).html


def test_a_perfect_result_whose_end_is_its_very_number(traced):
    notebook = traced()
    calls = notebook["metadata"]["workbench"]["run"]["methods"]["calls"]
    next(call for call in calls if call["function"] == "evaluation.evaluate")["found"][0]["metrics"]["auc"] = [
        1.0,
        0.4,
        1.0,
    ]
    (values,) = notebook["cells"][-1]["outputs"][0]["metadata"].values()
    values |= {"auc": 1.0, "auc_low": 0.4, "auc_high": 1.0}
    assert "The area under the ROC curve was 1.000 (0.400 to 1.000)" in methods(notebook).text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cnn_auc_external", "AUC of the CNN, external patients"),
        ("set_aside_logistic_specificity", "specificity of logistic regression, patients set aside"),
        ("set_aside_patients", "patients set aside"),
        ("balanced_accuracy", "balanced accuracy"),
        ("dice_templates_grey", "Dice templates grey"),
        ("psnr_before", "PSNR before"),
        ("otsu_head_hu", "Otsu's head, HU"),
        ("logistic_better_than_chance", "logistic better than chance"),
    ],
)
def test_names_are_words(name, words):
    assert result_name(name) == words


def test_the_longest_metric_and_model_are_meant():
    assert parsed("linear_svm_balanced_accuracy")[:2] == ("balanced_accuracy", "linear_svm")


def test_names_of_stored_notebooks_are_words_and_no_wording_is_left_over():
    outputs = [
        output
        for path in sorted(folder().rglob("*.ipynb"))
        for cell in load(path)["cells"]
        for output in cell.get("outputs", [])
    ]
    names = {name for output in outputs for name in output.get("metadata", {}).get(RESULTS, {})}
    assert names >= set(OWN)
    assert not [name for name in names if "_" in result_name(name)]
