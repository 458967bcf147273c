import numpy as np
import pandas as pd
import pytest

from workbench import cohorts, samples
from workbench.cohorts import Cohort, CohortError
from workbench.explorers import audit
from workbench.explorers.auditor import PAGE
from workbench.images import Image


@pytest.fixture(scope="module")
def auditor(tmp_path_factory):
    flawed = samples.write_flawed_study(tmp_path_factory.mktemp("study") / "flawed")
    return audit(cohorts.read(flawed))


def small(cases):
    pictures = {f"c{number:02}": Image(np.eye(8) * number) for number in range(1, cases + 1)}
    table = pd.DataFrame({"image": pd.Series(pictures, dtype=object), "patient": "Miller, John"})
    return Cohort(table)


def test_findings_are_those_of_the_cohort(auditor):
    pd.testing.assert_frame_equal(auditor.findings, auditor.cohort.audit())
    assert len(auditor.finding.options) == len(auditor.findings) + 1
    assert "5 errors, 2 warnings" in auditor.alt
    assert len(auditor.still()) < 100_000


def test_a_finding_leaves_its_cases_and_a_case_is_shown_as_the_canvas_shows_it(auditor):
    for number, row in auditor.findings.iterrows():
        auditor.finding.value = number
        assert tuple(auditor.cases) == row["cases"]
        assert [caption.partition("\n")[0] for caption in auditor.sheet.captions] == list(row["cases"])
        assert row["kind"] in auditor.facts.value
    auditor.finding.value = -1
    auditor.choose("02-2")
    image, mask = auditor.cohort.image("02-2"), auditor.cohort.mask("02-2")
    np.testing.assert_array_equal(auditor.canvas.mask, np.asarray(mask))
    auditor.canvas.set_mask(None)
    np.testing.assert_array_equal(auditor.canvas.picture()[..., 0].shape, image.shape)
    assert len(auditor.canvas.boxes) == len(auditor.cohort.boxes("02-2"))


def test_what_cannot_be_read_says_so_without_a_path(auditor):
    auditor.finding.value = -1
    auditor.choose("04-2")
    assert "cannot be read" in auditor.message.value
    assert "images" not in auditor.message.value.replace("its image", "")
    auditor.choose("05-2")
    assert auditor.message.value == ""


def test_pages_and_keyboard_order():
    auditor = audit(small(PAGE + 3))
    assert len(auditor.sheet.captions) == PAGE
    auditor.choose(f"c{PAGE + 2:02}")
    assert auditor.page == 1
    assert auditor.case == f"c{PAGE + 2:02}"
    assert auditor.pages.value == "page 2 of 2"


def test_no_patient_is_named_and_burned_in_text_stays_covered():
    cohort = small(3)
    findings = pd.DataFrame(
        {
            "severity": ["error", "warning"],
            "kind": ["patient in two splits", "burned-in annotation"],
            "cases": [("c01", "c02"), ("c03",)],
            "detail": ["1 patient: Miller, John (train, test)", "its tags say that it shows burned-in text"],
        }
    )
    auditor = audit(cohort, findings)
    covered = np.asarray(auditor.sheet.pictures[2])
    auditor.choose("c03")
    assert "tick the box" in auditor.message.value
    assert auditor.canvas.picture().max() == 0
    auditor.unveil.value = True
    auditor.choose("c03")
    assert auditor.message.value == ""
    assert not np.array_equal(np.asarray(auditor.sheet.pictures[2]), covered)
    shown = auditor.still()
    auditor.unveil.value = False
    assert auditor.still() == shown
    auditor.finding.value = 0
    said = repr([widget.get_state() for widget in (auditor.told, auditor.facts, auditor.message, auditor.sheet)])
    assert "Miller" not in said + auditor.alt


def test_bad_input():
    with pytest.raises(CohortError, match="empty one"):
        audit(small(0))
    with pytest.raises(ValueError, match="missing: severity"):
        audit(small(1), pd.DataFrame())
    with pytest.raises(CohortError, match="no case 'x'"):
        audit(small(1)).choose("x")
