"""Several runs in one file."""

import json
from itertools import pairwise

import bs4
import pytest

from workbench.reports import write_page
from workbench.reports.overview import in_order, labels, overview
from workbench.reports.page import read


def page_of(notebooks, tmp_path):
    return bs4.BeautifulSoup(write_page(notebooks, tmp_path / "page.html").read_text(), "html.parser")


@pytest.fixture
def sweep(make_run):
    return [make_run(f"run{size}", size=size, dice=dice) for size, dice in ((3, 0.9), (5, 0.8), (7, 0.95))]


def test_runs_of_a_sweep_are_compared_by_what_differs(sweep):
    table = overview(read(sweep), ["a", "b", "c"])
    assert [(column.name, column.number) for column in table.columns] == [
        ("run", False),
        ("size", True),
        ("Dice", False),
    ]
    assert [row.cells for row in table.rows][1] == ["5", "0.80 (0.90 to 1.00)"]
    assert table.same == {"state": "complete", "alike": "yes"}


def test_runs_are_told_apart_by_their_settings(sweep, make_run):
    assert labels(read(sweep)) == [f"1 A chapter: size {size}" for size in (3, 5, 7)]
    assert labels(read([sweep[0], make_run("twin", size=3)])) == ["1 A chapter (1)", "1 A chapter (2)"]


def test_what_an_earlier_run_says_is_not_repeated(sweep, tmp_path):
    page = page_of(sweep, tmp_path)
    first, second, third = page.select("section.one")
    assert "Some" in first.text and "Some" not in second.text
    assert [len(one.find_all("figure")) for one in (first, second, third)] == [1, 0, 0]
    assert first.figcaption.strong.text == "Figure 1.1."
    assert (
        second.select_one("table.results")
        .get_text(" ", strip=True)
        .startswith("Recorded results result value interval Dice 0.80 0.90 to 1.00")
    )
    assert "not repeated" in second.text and "not repeated" not in first.text
    assert not [heading for heading in second.find_all(["h3", "h4"]) if heading.text == "Deeper"]


def test_a_figure_that_differs_is_shown_below_its_heading(make_run, tmp_path):
    page = page_of([make_run("a"), make_run("b", pixel=1)], tmp_path)
    second = page.select("section.one")[1]
    assert second.find("figure").find_previous(["h3", "h4"]).text == "Deeper"


def test_a_page_of_several_is_in_order_and_its_addresses_differ(sweep, make_run, tmp_path):
    page = page_of([*sweep, make_run("other", title="2 Another")], tmp_path)
    assert page.h1.text == page.title.text == "Report of 4 notebooks"
    identifiers = [element["id"] for element in page.select("[id]")]
    assert len(identifiers) == len(set(identifiers))
    for link in page.select("a[href^='#']"):
        assert link["href"][1:] in identifiers
    levels = [int(heading.name[1]) for heading in page.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_runs_found_in_folders_stand_in_the_order_of_their_settings(make_run):
    runs = [make_run("chapter", size=size).rename(make_run(f"run{size}")) for size in (11, 3, 5)]
    folders = []
    for run in runs:
        folder = run.with_suffix("")
        folder.mkdir()
        folders.append(run.rename(folder / "chapter.ipynb"))
    assert [path.parent.name for path in in_order(folders)] == ["run3", "run5", "run11"]


def test_an_incomplete_run_among_several_is_told_at_the_top(make_run, tmp_path):
    page = page_of([make_run("a"), make_run("b", error=True, size=3)], tmp_path)
    assert page.select_one("header .notice.bad").get_text(" ", strip=True) == (
        "Not all runs are complete. Run 2: size 3 : failed"
    )
    assert page.select_one("header .notice.bad a")["href"] == "#run-2"


def test_runs_are_told_apart_by_data_and_hour_and_the_newest_is_marked(make_run):
    paths = [make_run("a"), make_run("b")]
    for number, path in enumerate(paths, start=1):
        notebook = json.loads(path.read_text())
        run = notebook["metadata"]["workbench"]["run"]
        run |= {"data": str(number) * 16, "started": f"2026-01-0{number}T08:00:00"}
        path.write_text(json.dumps(notebook))
    assert labels(read(paths)) == [
        "1 A chapter: data 11111111, 2026-01-01 08:00",
        "1 A chapter: data 22222222, 2026-01-02 08:00, the newest",
    ]
    table = overview(read(paths), ["a", "b"])
    assert [column.name for column in table.columns] == ["run", "data", "started"]
    assert [row.label for row in table.rows] == ["Run 1", "Run 2, the newest"]


def test_of_many_results_none_is_cut_off(make_run):
    paths = [make_run(f"run{size}", size=size) for size in range(12)]
    for number, path in enumerate(paths):
        notebook = json.loads(path.read_text())
        (values,) = notebook["cells"][-1]["outputs"][0]["metadata"].values()
        values |= {f"recall_{one}": (number + one) / 100 for one in range(9)}
        path.write_text(json.dumps(notebook))
    table = overview(read(paths), [""] * 12)
    assert [column.name for column in table.columns] == ["run", "size", "recorded results"]
    assert len(table.rows[3].cells[-1]) == 9
