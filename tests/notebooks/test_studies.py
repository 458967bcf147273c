"""The standard of a study: what each stored notebook of `studies` must be, beside what nbval executes."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from workbench.experiments import check_notebook, parameters, recorded
from workbench.experiments.storing import clean

FOLDER = Path(__file__).parents[2] / "notebooks" / "studies"
STUDIES = sorted(FOLDER.glob("*.ipynb"))
#: Small papers about a clinical question; the others are studies of another kind.
CLINICAL = [path for path in STUDIES if path.stem in {"bone", "breast", "chest", "head"}]
SECTIONS = ("Question", "Cohort", "Limitations", "Conclusion", "References")
#: Each step of a study, by the call that does it.
STEPS = {
    "data characterisation": "cohorts.characterize(",
    "audit": ".audit(",
    "segmentation or features": "recognition.",
    "both kinds of model on the same folds": "cnn.contest(",
    "intervals": "evaluation.evaluate(",
    "paired comparison": "evaluation.compare_predictions(",
    "calibration": "plots.show_reliability(",
    "external validation": "evaluation.external_validation(",
    "explanation": "plots.show_explanations(",
    "failure gallery": "plots.show_failures(",
}

each_study = pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
each_clinical = pytest.mark.parametrize("study", CLINICAL, ids=lambda path: path.stem)


def read(study):
    return nbformat.read(study, as_version=4)


def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def test_the_four_clinical_studies_are_here():
    assert len(CLINICAL) == 4


@each_study
def test_it_is_valid_stored_clean_and_small(study):
    notebook = read(study)
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info", "workbench"}
    assert set(notebook.metadata.workbench) == {"title", "version"}
    text = study.read_text()
    assert len(text) < 600_000
    assert not re.search(r"(?<![\w.])/(home|root|Users|work|tmp|usr)/", text)
    assert check_notebook(study) == []


@each_study
def test_its_parameters_explain_themselves_and_its_results_are_recorded(study):
    notebook = read(study)
    assert "cohort" in parameters(study)
    assert all(parameter.help for parameter in parameters(study).values())
    assert len(tagged(notebook, "parameters")) == 1
    assert tagged(notebook, "results")
    assert recorded(json.loads(study.read_text()))


@each_study
def test_it_was_executed_in_order_and_without_noise(study):
    notebook = read(study)
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    for output in (output for cell in code(notebook) for output in cell.outputs):
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        if "image/png" in output.get("data", {}):
            assert len(output.data["text/plain"]) > 15
    notebook.cells[-1].metadata.pop("execution", None)
    with pytest.raises(Exception, match="executed to its end"):
        clean(notebook)


@each_clinical
def test_its_first_paragraph_says_that_the_default_is_simulated(study):
    paragraphs = read(study).cells[0].source.split("\n\n")
    assert paragraphs[0].startswith("# ")
    assert "simulated" in paragraphs[1]


@each_clinical
def test_it_has_the_sections_of_a_paper_in_their_order(study):
    headings = re.findall(r"^## (.+)$", "\n".join(prose(read(study))), re.MULTILINE)
    places = [next((n for n, heading in enumerate(headings) if heading.startswith(s)), None) for s in SECTIONS]
    assert None not in places, f"expected {SECTIONS}, found {headings}"
    assert places == sorted(places)
    assert "not a medical device" in prose(read(study))[-1]


@each_clinical
def test_it_takes_every_step_of_a_study(study):
    called = "\n".join(cell.source for cell in code(read(study)))
    assert not [step for step, call in STEPS.items() if call not in called]
    assert {"cohort", "external_cohort", "seed"} <= set(parameters(study))


@each_clinical
def test_its_cells_are_short_and_its_results_hold_elsewhere_too(study):
    notebook = read(study)
    for cell in code(notebook):
        if "parameters" not in cell.metadata.get("tags", []):
            assert len(cell.source.splitlines()) <= 22, cell.id
    (results,) = tagged(notebook, "results")
    assert "nbval-check-output" in results.metadata.tags
