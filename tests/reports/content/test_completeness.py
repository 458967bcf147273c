import pytest

from workbench.reports.content.completeness import gaps, remarks


def found(notebook):
    return [gap.what for gap in gaps(notebook)]


def test_a_complete_record_has_no_gaps(traced):
    assert gaps(traced()) == ()


@pytest.mark.parametrize(
    ("missing", "what"),
    [
        ("versions", "No versions of the software"),
        ("source", "No fingerprint of the workbench’s source"),
        ("data", "No fingerprint of the data"),
        ("seed", "No seed"),
        ("methods", "No methods"),
    ],
)
def test_what_is_missing_is_named(traced, missing, what):
    notebook = traced()
    del notebook["metadata"]["workbench"]["run"][missing]
    assert found(notebook) == [what]


def test_results_and_parameters(traced):
    notebook = traced()
    notebook["cells"][-1]["outputs"] = []
    assert found(notebook) == ["No recorded results"]
    notebook["cells"][0]["metadata"]["tags"] = []
    notebook["metadata"]["workbench"]["run"]["parameters"] = {}
    assert "No parameters" in found(notebook)


def test_data_of_the_workbench_need_no_fingerprint(traced):
    notebook = traced()
    run = notebook["metadata"]["workbench"]["run"]
    del run["data"]
    for cohort, expected in (("samples", []), ("chest", []), ("study.csv", ["No fingerprint of the data"])):
        run["parameters"]["cohort"] = cohort
        assert found(notebook) == expected


def test_settings_that_were_not_kept(traced):
    notebook = traced()
    notebook["metadata"]["workbench"]["run"]["methods"]["others"] = {"processing.mean": 3}
    assert found(notebook) == ["Not all settings"]


def test_a_missing_or_changed_revision_is_a_remark(traced):
    notebook = traced()
    run = notebook["metadata"]["workbench"]["run"]
    assert remarks(notebook) == ()
    for revision, what in (("a+changes", "Changes that were not committed"), (None, "No revision")):
        run["revision"] = revision
        if revision is None:
            del run["revision"]
        assert [one.what for one in remarks(notebook)] == [what]
        assert gaps(notebook) == ()


def test_what_went_wrong_comes_first(traced):
    notebook = traced()
    notebook["cells"][1]["outputs"] = [{"output_type": "error", "ename": "ValueError", "evalue": "no"}]
    assert found(notebook) == ["The run failed"]
    assert "ValueError: no; what follows" in str(gaps(notebook)[0])
    notebook = traced()
    del notebook["cells"][2]["metadata"]["execution"]
    assert found(notebook)[0] == "The run was interrupted"
    notebook = traced()
    notebook["metadata"]["workbench"]["run"]["leak"] = "tells who the patients are"
    assert found(notebook)[0] == "Patients can be told from it"


def test_a_stored_notebook_is_no_record(traced):
    notebook = traced()
    del notebook["metadata"]["workbench"]["run"]
    for number, cell in enumerate(notebook["cells"], start=1):
        cell["execution_count"] = number
        del cell["metadata"]["execution"]
    assert found(notebook) == ["Not the record of a run"]
