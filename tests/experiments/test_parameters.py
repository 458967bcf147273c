import pytest

from workbench.experiments import ParameterError, parameters
from workbench.experiments.parameters import check


def test_parameters_have_names_types_defaults_and_help(make_notebook):
    found = parameters(make_notebook())
    assert [str(parameter) for parameter in found.values()] == [
        "cohort: str = 'samples'  # where the images are",
        "size: int = 3  # odd",
        "fraction: float = 0.5",
    ]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("size", "7", 7), ("size", 7, 7), ("fraction", "1", 1.0), ("fraction", "1e-3", 1e-3), ("cohort", "7", "7")],
)
def test_text_is_read_as_the_parameters_type(make_notebook, name, text, value):
    checked = check(make_notebook(), {name: text})[name]
    assert checked == value
    assert type(checked) is type(value)


def test_truth_values_are_read_in_both_spellings(make_notebook):
    path = make_notebook(parameters="flip: bool = False")
    assert [check(path, {"flip": text})["flip"] for text in ("true", "True", "false")] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "value"), [("size", "7.5"), ("size", "big"), ("size", True), ("fraction", "half"), ("cohort", 7)]
)
def test_a_wrong_type_is_refused(make_notebook, name, value):
    with pytest.raises(ParameterError, match=f"{name} must be of type"):
        check(make_notebook(), {name: value})


def test_a_typo_lists_the_names_and_guesses(make_notebook):
    with pytest.raises(ParameterError, match=r"did you mean size\?(.|\n)*size: int = 3"):
        check(make_notebook(), {"sizes": "7"})


@pytest.mark.parametrize("cell", ["size = 3", "size: list = []", "size: int", "import os"])
def test_a_malformed_parameters_cell_is_named(make_notebook, cell):
    with pytest.raises(ParameterError, match=r"chapter.ipynb: expected 'name: type = value"):
        parameters(make_notebook(parameters=cell))
