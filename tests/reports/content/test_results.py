import pytest

from workbench.experiments.chapters import folder, load
from workbench.experiments.recording import RESULTS
from workbench.reports.content.intervals import Recorded
from workbench.reports.content.naming import OWN, parsed, result_name
from workbench.reports.content.results import Result, most_decimals, of_output


def shown(values, text, known=None):
    output = {"data": {"text/plain": text}, "metadata": {RESULTS: values}}
    return {name: str(result) for name, result in of_output(output, known or {}).items()}


def test_a_value_and_its_interval_have_the_same_decimals():
    values = {"auc": 0.99, "auc_low": 0.98, "auc_high": 1.0}
    assert shown(values, "auc 0.99\nauc_low 0.98\nauc_high 1") == {"auc": "0.99 (0.98 to 1.00)"}
    known = {"auc": Recorded(0.972, 0.95, 0.98429, "auc", "95", "")}
    assert shown({"auc": 0.972}, "auc 0.97", known) == {"auc": "0.97 (0.95 to 0.98)"}
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
