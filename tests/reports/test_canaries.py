"""A report of a study whose files, headers and cells are full of names."""

import pydicom
import pytest
from pydicom.data import get_testdata_file

from workbench import privacy
from workbench.experiments import run
from workbench.experiments.chapters import load
from workbench.reports import write_page
from workbench.reports.content.completeness import gaps
from workbench.reports.content.methods import methods
from workbench.reports.content.summary import summary
from workbench.reports.dividing import section

CANARIES = ("Musterfrau", "Annegret", "PX-471199", "20200310", "2020-03-10", "Elsewhere")
CAREFUL = """
from workbench import cohorts, processing, segmentation
study = cohorts.read(cohort)
image = study.image(next(iter(study))).map(processing.median, size=3)
bone = segmentation.threshold(image, low=300)
"""
CARELESS = 'print("Musterfrau", "PX-471199")\nraise KeyError("Musterfrau^Annegret")'


@pytest.fixture
def study(tmp_path):
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    dataset.PatientName, dataset.PatientID = "Musterfrau^Annegret", "PX-471199"
    dataset.StudyDate, dataset.InstitutionName = "20200310", "Saint Elsewhere"
    folder = tmp_path / "study"
    folder.mkdir()
    dataset.save_as(folder / "Musterfrau_PX-471199.dcm")
    return folder


def test_no_canary_reaches_what_is_written_from_the_record(make_study_notebook, study, tmp_path):
    for name, sources in {"careful": [CAREFUL], "careless": [CAREFUL, CARELESS]}.items():
        made = run(make_study_notebook(study, *sources), folder=tmp_path / name)
        notebook = load(made.notebook)
        written = [methods(notebook).text, methods(notebook).html, summary(notebook).html]
        written += [one.html for one in section(notebook, name=name).checklists] + [
            str(gap) for gap in gaps(notebook)
        ]
        page = tmp_path / f"{name}.html"
        page.write_text("\n".join(written), encoding="utf-8")
        assert privacy.scan(page, source=study).empty
        assert not [canary for canary in CANARIES if any(canary in text for text in written)]
        assert "a median filter (window of 3 voxels)" in written[0] and "1 case of 1 patient" in written[0]
        assert made.status == ("leaking" if name == "careless" else "complete"), made.failure
        if made.status == "complete":
            for short in (False, True):
                report = write_page(made.notebook, tmp_path / "report.html", summary=short)
                assert privacy.scan(report, source=study).empty
                assert not [canary for canary in CANARIES if canary in report.read_text(encoding="utf-8")]
