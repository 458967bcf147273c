"""The chapter standard: what each stored notebook must be, beside what nbval executes."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from workbench.experiments import check_notebook, parameters, recorded
from workbench.experiments.storing import clean

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = sorted(NOTEBOOKS.glob("*.ipynb"))
EXPECTED = (
    "01_images 02_processing 03_segmentation 04_features 05_recognition "
    "06_cnn_classification 07_cnn_segmentation 08_detection 09_synthesis 10_scaling"
).split()


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


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


def test_it_has_title_version_parameters_results_and_an_exercise(chapter, notebook):
    assert set(notebook.metadata.workbench) == {"title", "version"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", notebook.metadata.workbench.version)
    assert notebook.cells[0].source.startswith(f"# {int(chapter.stem[:2])} ")
    assert "cohort" in parameters(chapter)
    assert all(parameter.help for parameter in parameters(chapter).values())
    assert len(tagged(notebook, "parameters")) == 1
    assert tagged(notebook, "solution")
    (results,) = tagged(notebook, "results")
    assert "nbval-check-output" in results.metadata.tags
    assert recorded(json.loads(chapter.read_text()))


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
