import json

import bs4
import pytest

from workbench.reports import write_site


def parsed(path):
    return bs4.BeautifulSoup(path.read_text(), "html.parser")


def test_the_index_links_pages_in_order_and_shows_results(make_run, tmp_path):
    runs = [make_run("b", title="B"), make_run("a", title="A"), make_run("c", title="C", error=True)]
    index = write_site(runs, tmp_path / "report")
    contents = parsed(index)
    assert [link["href"] for link in contents.select("tbody a")] == ["b.html", "a.html", "c.html"]
    assert "Dice 0.988" in contents.select_one("tbody tr").get_text(" ", strip=True)
    assert "1 not complete" in contents.header.text and "raised ZeroDivisionError" in contents.get_text()
    middle = parsed(tmp_path / "report" / "a.html")
    assert [link["href"] for link in middle.select("nav.around a")] == ["index.html", "b.html", "c.html"]


def test_runs_of_one_chapter_do_not_share_a_page(make_run, tmp_path):
    (tmp_path / "other").mkdir()
    second = make_run(size=5).rename(tmp_path / "other" / "chapter.ipynb")
    index = write_site([make_run(size=3), second], tmp_path / "report")
    assert sorted(path.name for path in index.parent.iterdir()) == [
        "chapter-1.html",
        "chapter-2.html",
        "index.html",
    ]
    assert parsed(index.parent / "chapter-2.html").h1.text == "1 A chapter: size 5"


def test_links_between_notebooks_lead_to_their_pages(make_run, tmp_path):
    text = "[a](a.ipynb#why) and [nowhere](z.ipynb)"
    index = write_site([make_run("a", title="A"), make_run("b", title="B", text=text)], tmp_path / "report")
    assert [link["href"] for link in parsed(index.parent / "b.html").select("main .prose a")] == ["a.html#why"]


def test_the_words_of_a_page_are_found_below_their_heading(make_run, tmp_path):
    runs = [make_run("a", title="A", text="A Gaußian & <b>naïve</b> filter </script>")]
    runs += [make_run(name, title=name) for name in "bcd"]
    index = parsed(write_site(runs, tmp_path / "report"))
    places = json.loads(index.select_one("#places").string)
    (place,) = [place for place in places if "gaußian" in place["words"].split()]
    assert place["href"] == "a.html#deeper" and place["title"] == "A › Deeper"
    assert {"naive", "filter"} <= set(place["words"].split())
    pixel = [place["href"] for place in places if "pixel" in place["words"].split()]
    assert pixel == ["a.html#deeper", "b.html#deeper"]  # c and d say the same as b


def test_a_site_of_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one"):
        write_site([], tmp_path)
