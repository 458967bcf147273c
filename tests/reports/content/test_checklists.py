import re
import tomllib
from pathlib import Path

import bs4
import pytest

from workbench.reports.content import checklists as module
from workbench.reports.content.applied import table
from workbench.reports.content.checklists import checklists
from workbench.reports.dividing import section

FOLDER = Path(module.__file__).parent


def items(notebook):
    return {one.name: {item.number: item for item in one.items} for one in section(notebook, name="x").checklists}


@pytest.fixture
def filled(traced):
    return items(traced())


def test_all_items_of_both_checklists_are_there(filled):
    assert list(filled["CLAIM"]) == [str(number) for number in range(1, 45)]
    numbers = [re.match(r"\d+", number)[0] for number in filled["TRIPOD+AI"]]
    assert list(dict.fromkeys(numbers)) == [str(number) for number in range(1, 28)]
    assert len(filled["TRIPOD+AI"]) == 52


def test_known_items_are_answered_and_unknown_ones_left_to_the_author(filled):
    claim = filled["CLAIM"]
    assert claim["23"].status == "reported" and "workbench 0.1.0" in claim["23"].text
    assert claim["9"].status == "reported" and "median filter" in claim["9"].text
    origin, funding = claim["7"], claim["44"]
    assert origin.status == "part"
    assert "240 cases" in origin.text and "must add places and dates" in origin.text
    assert (funding.status, funding.where) == ("author", ())
    assert funding.text == "Not known to the record: the author must state funding, and the role of the funders."
    assert (
        claim["38"].where == (("Recorded results", "recorded-results"),)
        and "AUC 0.914 (0.871 to 0.952)" in claim["38"].text
    )


def test_no_answer_without_a_record(traced):
    notebook = traced()
    del notebook["metadata"]["workbench"]["run"]
    notebook["cells"] = []
    assert all(one.reported == 0 for one in checklists(notebook, {}, anchor="x"))


def test_the_table_is_escaped_and_has_headings(traced):
    notebook = traced()
    notebook["metadata"]["workbench"]["run"]["parameters"]["positive"] = "<b>ill</b>"
    for one in section(notebook, name="x").checklists:
        soup = bs4.BeautifulSoup(one.html, "html.parser")
        assert soup.caption and len(soup.select("thead th[scope=col]")) == 6
        assert len(soup.select("tbody th[scope=row]")) == one.total
        assert not soup.find("b")
        assert f"{one.reported} of {one.total}" in soup.caption.text


@pytest.mark.parametrize("name", module.FILES)
def test_what_items_ask_the_record_for_exists(name):
    functions, leads = table()["functions"], table()["leads"]
    of_run = {"run.data", "run.digest", "run.revision", "run.seed", "run.versions"}
    known = of_run | {"intervals", "results", "parameters.case", "parameters.positive"} | set(functions)
    groups = {"data", "networks built", "preparation", "splits", "thresholds"} | set(leads)
    for *_, author, evidence in tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["items"]:
        assert author or evidence
        for one in evidence:
            kind, _, of_kind = one.removeprefix("external:").rpartition(":")
            assert of_kind in {"group": groups, "section": set(module.SECTIONS), "": known}[kind], one


@pytest.mark.parametrize(
    ("heading", "name", "number"),
    [
        ("Limitations", "CLAIM", "40"),
        ("Limits and references", "TRIPOD+AI", "26"),
        ("Failure gallery", "CLAIM", "39"),
        ("Cohort and audit", "CLAIM", "35"),
        ("Cohort", "TRIPOD+AI", "20a"),
    ],
)
def test_what_the_page_itself_describes_is_named_and_linked(traced, heading, name, number):
    notebook = traced()
    notebook["cells"].insert(1, {"cell_type": "markdown", "source": f"## {heading}\n\nWords.", "metadata": {}})
    lists = section(notebook, name="x").checklists
    item = items(notebook)[name][number]
    assert item.status == "part" and f"Described in the section “{heading}” of this page." in item.text
    anchor = heading.lower().replace(" ", "-")
    assert (heading, anchor) in item.where
    assert f'<a href="#{anchor}">{heading}</a>' in "".join(one.html for one in lists if one.name == name)


def test_what_an_earlier_item_says_is_named_and_linked_and_not_said_again(traced, filled):
    claim = filled["CLAIM"]
    assert claim["20"].text == claim["32"].text == "See item 19." and len(claim["19"].text) > module.SHORT
    assert claim["20"].where == (("item 19", "top-claim-19"),)
    found = bs4.BeautifulSoup("".join(one.html for one in section(traced(), name="x").checklists), "html.parser")
    ids = [row["id"] for row in found.select("tr[id]")]
    assert len(ids) == len(set(ids)) == 96
    assert {link["href"][1:] for link in found.select("a[href*='-claim-']")} <= set(ids)


def test_answers_hold_no_raw_names(traced):
    notebook = traced()
    (values,) = notebook["cells"][-1]["outputs"][0]["metadata"].values()
    values["set_aside_cnn_auc"] = 0.9
    for one in section(notebook, name="x").checklists:
        said = " ".join(item.text for item in one.items)
        assert not re.search(r"\w_\w", said.replace("head_ct", ""))  # the name of a sample


def test_what_does_not_answer_is_left_to_the_author(traced):
    notebook = traced()
    calls = notebook["metadata"]["workbench"]["run"]["methods"]["calls"]
    first = next(call for call in calls if call["function"] == "evaluation.evaluate")
    first["defaults"]["threshold"] = 0.5
    first["found"].append(first["found"][0] | {"cases": 120, "patients": 40})
    opened = {"function": "cohorts.internal_and_external", "options": {"size": 48, "margin": 10}}
    calls += [opened, {"function": "evaluation.external_validation", "options": {}}]
    calls += [{"function": "cnn.fit_temperature", "options": {}}]
    where = {"cell_type": "markdown", "source": "## Validation on other patients\n\n## Processing, and folds"}
    notebook["cells"].insert(1, where | {"metadata": {}})

    filled = items(notebook)
    for number in ("12f", "12g", "18e"):
        assert filled["TRIPOD+AI"][number].status == "author"
    assert "a probability of at least 0.5" in filled["TRIPOD+AI"]["15"].text
    prepared = filled["CLAIM"]["9"].text
    assert "Images were brought to 48 pixels along each side, after 10 % had been cut" in prepared
    assert "“Processing, and folds”" in prepared and "ugment" not in prepared
    assert filled["CLAIM"]["33"].status == "author"
    notebook["metadata"]["workbench"]["run"]["parameters"]["external_cohort"] = "other/cases.csv"
    assert items(notebook)["CLAIM"]["33"].status == "part"
