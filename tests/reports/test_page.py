import re
from xml.sax.saxutils import escape

import bs4
import pandas as pd
import pytest

from workbench.reports import write_page, write_report
from workbench.reports.tables import align_numbers


def page_of(notebook, tmp_path):
    return bs4.BeautifulSoup(write_page(notebook, tmp_path / "page.html").read_text(), "html.parser")


def test_code_is_folded_and_outputs_are_shown(make_run, tmp_path):
    page = page_of(make_run(), tmp_path)
    assert all(
        details.get("open") is None
        for details in page.select("details.code")
        if not details.find_parent("details")
    )
    assert page.select_one("details.code").get_text().strip().endswith("picture(1 < 2)")
    assert page.select_one("table.dataframe td").text == "1"
    assert "a < b" in page.get_text()
    assert page.select_one("details.solution summary").text == "Solution"


def test_figures_are_inside_and_have_alternative_text(make_run, tmp_path):
    image = page_of(make_run(), tmp_path).find("img")
    assert image["src"].startswith("data:image/png;base64,iVBOR")
    assert image["alt"] == "A <b>red</b> pixel."


def test_parameters_and_results_are_tables(make_run, tmp_path):
    page = page_of(make_run(), tmp_path)
    assert page.select_one("table.parameters tbody tr").get_text(" ", strip=True) == "size 7 (changed) odd"
    assert page.select_one("table.results tr").get_text(" ", strip=True) == "dice 0.988"


def test_nothing_can_be_requested_and_noise_is_gone(make_run, tmp_path):
    text = write_page(make_run(), tmp_path / "page.html").read_text()
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|@import|url\(", text)
    assert "noise" not in text
    assert "not a medical device" in text


def test_an_incomplete_run_says_so_at_the_top(make_run, tmp_path):
    page = page_of(make_run(error=True), tmp_path)
    assert "This run is failed. code cell" in page.select_one("main > p.failed").text
    assert "by <zero>" in page.get_text()


def test_the_index_links_pages_in_order_and_shows_results(make_run, tmp_path):
    runs = [make_run("b"), make_run("a"), make_run("c", error=True)]
    index = write_report(runs, tmp_path / "report")
    contents = bs4.BeautifulSoup(index.read_text(), "html.parser")
    assert [link["href"] for link in contents.select("tbody a")] == ["b.html", "a.html", "c.html"]
    assert "dice 0.9877" in contents.select_one("tbody tr").get_text(" ", strip=True)
    assert "size = 7" in contents.get_text()
    assert escape("failed") in contents.get_text()
    middle = bs4.BeautifulSoup((tmp_path / "report" / "a.html").read_text(), "html.parser")
    assert [link["href"] for link in middle.select("nav a")] == ["index.html", "b.html", "c.html"]


def test_runs_of_one_chapter_do_not_share_a_page(make_run, tmp_path):
    (tmp_path / "other").mkdir()
    first = make_run()
    second = first.rename(tmp_path / "other" / first.name)
    first = make_run()
    write_report([first, second], tmp_path / "report")
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == [
        "chapter-1.html",
        "chapter-2.html",
        "index.html",
    ]


def test_a_report_of_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one"):
        write_report([], tmp_path)


def test_only_columns_of_numbers_are_aligned_and_values_stay():
    table = pd.DataFrame({"units": ["HU", "5"], "mean": [1.5, float("nan")], "n": [1, -2]}, index=["a", "b"])
    html = align_numbers(table.to_html())
    soup = bs4.BeautifulSoup(html, "html.parser")
    assert [cell.text for cell in soup.select("td.number")] == ["1.5", "1", "NaN", "-2"]
    assert [cell.text for cell in soup.select("th.number")] == ["mean", "n"]
    assert soup.get_text() == bs4.BeautifulSoup(table.to_html(), "html.parser").get_text()
