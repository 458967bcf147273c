import json
from copy import deepcopy

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.course import CourseError, student, teacher

SPREAD = '''import math

def spread(values):
    """Largest less smallest."""
    return max(values) - min(values)'''
ASKED = "write your answer in the cell above"


def code(source, *tags, **metadata):
    return new_code_cell(source, metadata={"tags": list(tags), **metadata} if tags or metadata else {})


@pytest.fixture
def notebook():
    cells = [
        new_markdown_cell("# 1 Small"),
        code("sizes = [3, 5, 7]"),
        new_markdown_cell(
            "**Exercise 1.1.** Which is the largest?\n<details><summary>Hint</summary>max</details>"
        ),
        new_markdown_cell("The largest is found by looking.", metadata={"tags": ["solution"]}),
        code(
            "doubled = [2 * size for size in sizes]\nlargest = max(sizes)",
            "solution",
            jupyter={"source_hidden": True},
        ),
        code("assert largest == 7, 'compare all of them'", "check"),
        code("mean = sum(sizes) / len(sizes)"),
        new_markdown_cell("**Exercise 1.2.** Write it as a function."),
        code(SPREAD, "solution"),
        code("assert math.isclose(spread(sizes), 4), 'subtract the smallest'", "check"),
        code("print(mean)", "results"),
    ]
    for number, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), start=1):
        cell.execution_count = number
        cell.outputs = [new_output("stream", text="told")]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.loads(nbformat.writes(new_notebook(cells=cells, metadata=metadata)))


def executed(notebook):
    notebook = nbformat.reads(json.dumps(notebook), as_version=4)
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    return {
        cell.source: [output.evalue for output in cell.outputs if output.output_type == "error"]
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def test_the_solutions_pass_and_without_answers_the_checks_fail_and_nothing_else(notebook):
    assert not any(executed(teacher(notebook)).values())
    errors = {source: told for source, told in executed(student(notebook)).items() if told}
    first, second = errors.items()
    assert first[0].splitlines()[-1] == "assert largest == 7, 'compare all of them'"
    assert ASKED in first[1][0]
    assert second == ("assert math.isclose(spread(sizes), 4), 'subtract the smallest'", ["write your answer here"])


def test_a_wrong_answer_is_told_why_and_a_right_one_passes(notebook):
    made = student(notebook)
    answers = iter(["largest = 3", "def spread(values):\n    return max(values) - min(values)"])
    for cell in made["cells"]:
        if "answer" in cell["metadata"].get("tags", []):
            cell["source"] = "import math\n" + next(answers)
    (told,) = [told for told in executed(made).values() if told]
    assert told == ["compare all of them"]


def test_only_what_is_read_later_is_asked_for_and_nothing_of_the_solution_stays(notebook):
    made = student(notebook)
    text = json.dumps(made)
    assert "largest = ..." in text
    for told in ("doubled", "max(sizes)", "max(values)", "found by looking", "source_hidden", '"solution"'):
        assert told not in text
    nbformat.validate(nbformat.reads(text, as_version=4))


def test_a_check_that_asks_for_the_answer_itself_is_left_as_it_is(notebook):
    asking = "assert largest is not ..., 'which is the largest?'\nassert largest == 7"
    notebook["cells"][5]["source"] = asking
    assert asking in [cell["source"] for cell in student(notebook)["cells"]]


def test_a_function_keeps_its_signature_and_docstring_and_an_import_stays(notebook):
    (asked,) = [cell["source"] for cell in student(notebook)["cells"] if "def spread" in cell["source"]]
    assert asked.splitlines() == [
        "# Your answer, in place of the dots",
        "import math",
        "def spread(values):",
        '    """Largest less smallest."""',
        "    raise NotImplementedError('write your answer here')",
    ]


def test_outputs_of_solution_and_check_are_cleared_and_all_others_stay(notebook):
    outputs = [bool(cell["outputs"]) for cell in student(notebook)["cells"] if cell["cell_type"] == "code"]
    assert outputs == [True, False, False, True, False, False, True]


def test_the_teachers_copy_differs_only_in_showing_the_solutions(notebook):
    made = teacher(notebook)
    assert "source_hidden" not in json.dumps(made)
    for cell, before in zip(made["cells"], notebook["cells"], strict=True):
        assert {**cell, "metadata": None} == {**before, "metadata": None}


def test_the_source_is_left_as_it_was(notebook):
    before = deepcopy(notebook)
    student(notebook)
    teacher(notebook)
    assert notebook == before


def test_a_students_copy_of_a_students_copy_is_the_same(notebook):
    assert student(student(notebook)) == student(notebook)


@pytest.mark.parametrize(
    ("cell", "source", "error"),
    [
        (5, "assert True", "the check reads nothing of the solution"),
        (4, "largest = max(", "not Python near the solution 'largest = max\\('"),
        (9, "print(", "not Python near the solution"),
    ],
)
def test_an_exercise_that_cannot_be_made_is_told(notebook, cell, source, error):
    notebook["cells"][cell]["source"] = source
    with pytest.raises(CourseError, match=f"^ch: {error}"):
        student(notebook, "ch")


def test_a_solution_without_check_is_told(notebook):
    del notebook["cells"][5]
    with pytest.raises(CourseError, match="ch: expected a cell tagged 'check' after the solution 'doubled"):
        student(notebook, "ch")
