import subprocess
import sys

import pydicom
import pytest
from pydicom.data import get_testdata_file

from workbench import privacy
from workbench.experiments import failure, results, run, status
from workbench.experiments.chapters import load
from workbench.reports import write_site

KEY = b"a key of the tests alone"
CAREFUL = """
from workbench import cohorts
study = cohorts.read(cohort)
study.table.drop(columns="image").to_csv(f"{folder}/cases.csv")
study.describe()
"""
CARELESS = """
import pathlib, pydicom
first = pydicom.dcmread(next(path for path in sorted(pathlib.Path(cohort).rglob("*")) if path.is_file()))
print("Case of", first.PatientName, first.get("StudyDate"))
"""


@pytest.fixture
def study(tmp_path):
    for number in range(2):
        dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
        dataset.PatientName, dataset.PatientID = "Musterfrau^Annegret", "PX-471199"
        dataset.StudyDate, dataset.InstitutionName = "20200310", "Saint Elsewhere"
        dataset.SOPInstanceUID = f"1.2.3.{number}"
        dataset.ImagePositionPatient[2] += 5 * number
        path = tmp_path / "study" / f"{number}.dcm"
        path.parent.mkdir(exist_ok=True)
        dataset.save_as(path)
    return tmp_path / "study"


def notebook(make_notebook, cohort, folder, *sources):
    folder.mkdir()
    return make_notebook(*sources, parameters=f'cohort: str = "{cohort}"\nfolder: str = "{folder}"')


def test_a_careful_notebook_on_the_original_study_leaks_nothing(make_notebook, study, tmp_path):
    made = run(notebook(make_notebook, study, tmp_path / "out", CAREFUL), folder=tmp_path / "runs")
    assert made.status == "complete", made.failure
    write_site([made.notebook], tmp_path / "runs")
    for written in ("out", "runs"):
        assert privacy.scan(tmp_path / written, source=study).empty
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_careless_notebook_on_the_original_study_is_stopped(make_notebook, study, tmp_path):
    made = run(notebook(make_notebook, study, tmp_path / "out", CARELESS), folder=tmp_path / "runs")
    assert made.status == "leaking"
    assert "tells who the patients are: name (PatientName) in cell 3, output" in made.failure
    assert "Musterfrau" not in made.failure
    content = load(made.notebook)
    assert (status(content), failure(content)) == ("leaking", made.failure)
    assert results(tmp_path / "runs").status[0] == "leaking"
    with pytest.raises(privacy.PrivacyError, match="tells who the patients are"):
        write_site([made.notebook], tmp_path / "runs")
    index = (tmp_path / "runs" / "index.html").read_text()
    assert "1 not complete" in index and "Musterfrau" not in index
    assert (tmp_path / "runs" / "chapter.html").exists()


def test_a_careless_notebook_on_the_de_identified_study_leaks_nothing(make_notebook, study, tmp_path):
    privacy.deidentify(study, tmp_path / "clean", key=KEY, progress=False)
    source = notebook(make_notebook, tmp_path / "clean", tmp_path / "out", CARELESS, CAREFUL)
    made = run(source, folder=tmp_path / "runs")
    assert made.status == "complete", made.failure
    write_site([made.notebook], tmp_path / "runs")
    for written in ("clean", "out", "runs"):
        assert privacy.scan(tmp_path / written, source=study).empty


def test_the_command_says_so_and_fails(make_notebook, study, tmp_path):
    source = notebook(make_notebook, study, tmp_path / "out", CARELESS)
    command = [sys.executable, "-m", "workbench", "run", str(source), "-o", str(tmp_path / "runs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "leaking: tells who the patients are" in done.stderr
    assert "Traceback" not in done.stderr and "Musterfrau" not in done.stderr + done.stdout
    assert len(list((tmp_path / "runs").rglob("chapter.ipynb"))) == 1
