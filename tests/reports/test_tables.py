import bs4
import pandas as pd
import pytest

from workbench.reports.tables import tidy


def tidied(table):
    soup = bs4.BeautifulSoup(table.to_html(), "html.parser")
    tidy(soup.table)
    return soup


@pytest.fixture
def table():
    return pd.DataFrame({"units": ["HU", "5"], "mean": [1.5, float("nan")], "n": [1, -2]}, index=["a", "b"])


def test_only_columns_of_numbers_are_aligned_and_values_stay(table):
    soup = tidied(table)
    assert [cell.text for cell in soup.select("td.number")] == ["1.5", "1", "NaN", "-2"]
    assert [cell.text for cell in soup.select("th.number")] == ["mean", "n"]
    assert soup.get_text() == bs4.BeautifulSoup(table.to_html(), "html.parser").get_text()


def test_headings_say_what_they_head_and_empty_ones_are_none(table):
    soup = tidied(table)
    assert [cell.text for cell in soup.select("th[scope=col]")] == ["units", "mean", "n"]
    assert [cell.text for cell in soup.select("th[scope=row]")] == ["a", "b"]
    assert all(cell.get_text(strip=True) for cell in soup.select("th"))


def test_numbers_beside_cells_that_span_rows_are_aligned_too(table):
    index = pd.MultiIndex.from_product([["CNN", "logistic"], ["auc", "recall"]], names=["model", "metric"])
    soup = tidied(pd.DataFrame({"held out": ["0.97", "0.9"] * 2, "of": ["a"] * 4}, index=index))
    assert [cell.text for cell in soup.select("td.number")] == ["0.97", "0.9"] * 2
    assert [cell.text for cell in soup.select("th.number")] == ["held out"]


def test_a_number_with_its_interval_is_not_broken_where_there_is_room(table):
    sure = pd.DataFrame({"auc": ["0.97 (0.95 to 1.00)"], "n": ["1 (of 3)"]}, index=["a heading of many words"])
    assert [cell.text for cell in tidied(sure).select("td.whole")] == ["0.97 (0.95 to 1.00)"]
    assert [cell.text for cell in tidied(sure).select("th.long")] == ["a heading of many words"]
    assert not tidied(pd.concat([sure] * 3, axis=1)).select("td.whole")


def test_the_name_of_an_index_stands_beside_the_columns(table):
    (head,) = tidied(table.rename_axis("case")).select("thead tr")
    assert [cell.text for cell in head.find_all("th")] == ["case", "units", "mean", "n"]
    both = tidied(table.rename_axis(index="case", columns="feature")).select("thead tr")
    assert len(both) == 2  # where both have names, a line each


def test_the_cells_of_a_wide_table_know_their_headings(table):
    columns = pd.MultiIndex.from_product([["inside", "outside"], ["ill", "well", "all"]])
    wide = pd.DataFrame([range(6)], index=["patients"], columns=columns)
    cells = tidied(wide).select("table.wide td.number")
    assert [cell["data-head"] for cell in cells][1:4] == ["inside, well", "inside, all", "outside, ill"]
    assert not tidied(wide.iloc[:, :5]).select(".wide, [data-head]")
    two = pd.MultiIndex.from_product([["CNN", "logistic"], ["auc", "recall"]])
    assert not tidied(pd.DataFrame([range(6)] * 4, index=two, columns=columns)).select(".wide, [data-head]")
