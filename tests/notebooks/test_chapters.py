"""The chapter standard: what each stored notebook must be, beside what nbval executes."""

import ast
import builtins
import json
import re
from pathlib import Path
from unittest.mock import MagicMock

import nbformat
import pytest

from workbench.experiments import check_notebook, parameters, recorded
from workbench.experiments.storing import clean

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = sorted(NOTEBOOKS.glob("*.ipynb"))
EXPECTED = (
    "00_start_here 01_images 02_processing 03_segmentation 04_features 05_recognition "
    "06_cnn_classification 07_cnn_segmentation 08_detection 09_synthesis 10_scaling"
).split()


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def names(source, context):
    return {
        node.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def exercises(notebook):
    """Each exercise's task with the two cells after it."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and cell.source.startswith("**Exercise "):
            yield cell.source, *notebook.cells[index + 1 : index + 3]


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    return request.param


@pytest.fixture
def notebook(chapter):
    return nbformat.read(chapter, as_version=4)


def test_all_chapters_are_here():
    assert [path.stem for path in CHAPTERS] == EXPECTED


def test_it_is_valid_and_stored_clean(chapter, notebook):
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info", "workbench"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "jupyter"}


def test_it_has_title_version_parameters_and_results(chapter, notebook):
    assert set(notebook.metadata.workbench) == {"title", "version"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", notebook.metadata.workbench.version)
    assert notebook.cells[0].source.startswith(f"# {int(chapter.stem[:2])} ")
    assert "cohort" in parameters(chapter)
    assert all(parameter.help for parameter in parameters(chapter).values())
    assert len(tagged(notebook, "parameters")) == 1
    (results,) = tagged(notebook, "results")
    assert "nbval-check-output" in results.metadata.tags
    assert recorded(json.loads(chapter.read_text()))


def test_its_title_cell_says_what_for_what_before_how_long_and_where_the_words_are(chapter, notebook):
    title, for_what, objectives, before = notebook.cells[0].source.split("\n\n")
    assert re.fullmatch(rf"# {int(chapter.stem[:2])} [A-Z][\w -]+", title)
    assert for_what == "Afterwards you can"
    assert 2 <= len(re.findall(r"^- ", objectives, re.M)) <= 4
    asked, minutes = re.fullmatch(
        r"\*Before this:\* (.+)\. \*Time:\* (\d+) minutes\. \*Words:\* \[glossary\]\(\.\./docs/glossary\.md\)\.",
        before.replace("\n", " "),
    ).groups()
    assert 5 <= int(minutes) <= 90
    links = re.findall(r"\[(\d\d) [^]]+\]\((\S+)\)", asked)
    assert links or chapter == CHAPTERS[0]
    assert all((NOTEBOOKS / name).is_file() and name.startswith(number) for number, name in links)


def test_it_says_what_to_look_for_what_goes_wrong_and_when_to_use_what(chapter, notebook):
    text = "\n".join(prose(notebook))
    least = 1 if chapter == CHAPTERS[0] else 3
    assert len(re.findall(r"\*\*Look for\b", text)) >= least
    assert len(re.findall(r"\*\*What goes wrong\b", text)) >= least
    assert re.search(r"^\|(?:---\|)+$", text, re.M)


def test_it_ends_with_limits_and_references(chapter, notebook):
    last = notebook.cells[-1].source
    assert last.startswith("## Limits and references\n")
    assert "For research and teaching; not a medical device." in " ".join(last.split())
    items = [" ".join(item.split()) for item in re.findall(r"^- (.+(?:\n  .+)*)", last, re.M)]
    references = [item for item in items if re.search(r"\*[^*]+\*.*\((?:1[789]|20)\d\d\)", item)]
    assert len(references) >= (1 if chapter == CHAPTERS[0] else 3)


def test_its_exercises_have_hint_solution_and_check(chapter, notebook):
    found = list(exercises(notebook))
    assert 2 <= len(found) <= 4
    for number, (task, solution, check) in enumerate(found, start=1):
        assert task.startswith(f"**Exercise {int(chapter.stem[:2])}.{number}.** ")
        assert re.search(r"<details><summary>Hint</summary>\n\n.+\n\n</details>", task, re.S)
        assert solution.cell_type == check.cell_type == "code"
        assert solution.metadata.tags == ["solution"]
        assert solution.metadata.jupyter.source_hidden
        assert check.metadata.tags == ["check"]
        asked = names(solution.source, ast.Store) & names(check.source, ast.Load)
        assert any(f"`{name}`" in task for name in asked)
    with_code = [cell for cell in tagged(notebook, "solution") if cell.cell_type == "code"]
    assert len(found) == len(with_code) == len(tagged(notebook, "check"))


def test_its_checks_fail_until_there_is_an_answer_and_can_fail_after(notebook):
    for _, solution, check in exercises(notebook):
        answers = names(solution.source, ast.Store)
        asked = answers & names(check.source, ast.Load)
        asserts = [node for node in ast.walk(ast.parse(check.source)) if isinstance(node, ast.Assert)]
        assert all(node.msg and any(name in ast.unparse(node.msg) for name in asked) for node in asserts)
        assert any(
            " is not ..." not in ast.unparse(node.test) or " and " in ast.unparse(node.test) for node in asserts
        )
        others = names(check.source, ast.Load) - set(dir(builtins))
        known = {name: MagicMock() for name in others} | dict.fromkeys(answers, ...)
        with pytest.raises(AssertionError, match="|".join(asked)):
            exec(check.source, known)  # noqa: S102 (a cell of our own)


def test_it_was_executed_in_order_and_without_noise(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for output in (output for cell in code for output in cell.outputs):
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})


def test_it_passes_workbench_check(chapter):
    assert check_notebook(chapter) == []


def test_it_names_no_machine_and_is_small(chapter):
    text = chapter.read_text()
    assert not re.search(r"(?<![\w.])/(home|root|Users|work|tmp|usr)/", text)
    assert len(text) < 600_000


def test_every_picture_says_what_is_to_be_seen(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                assert len(output.data["text/plain"]) > 15, cell.id


def test_cells_are_short(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            assert len(cell.source.splitlines()) <= 22, cell.id


def test_only_a_complete_notebook_can_be_stored(notebook):
    notebook.cells[-1].metadata.pop("execution", None)
    with pytest.raises(Exception, match="executed to its end"):
        clean(notebook)
