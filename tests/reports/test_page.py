import re
from itertools import pairwise

import bs4
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.privacy import PrivacyError
from workbench.reports import write_page
from workbench.reports.markdown import to_html


def page_of(notebooks, tmp_path, **options):
    return bs4.BeautifulSoup(write_page(notebooks, tmp_path / "page.html", **options).read_text(), "html.parser")


def test_no_code_unless_asked(make_run, tmp_path):
    page = page_of(make_run(), tmp_path)
    assert not page.select("details.code, .highlight")
    assert "picture(" not in page.get_text() and "size = 7" not in page.get_text()
    asked = page_of(make_run(), tmp_path, code=True)
    assert [block.has_attr("open") for block in asked.select("details.code")] == [True, True, True]
    assert "answer = 42" in asked.select_one("details.solution:not([open])").text
    assert "picture(1 < 2)" in asked.get_text()


def test_hints_and_solutions_are_folded(tmp_path):
    hint = "<details><summary>Hint</summary>\n\nThink *twice*.\n\n</details>\n\nAfter it."
    printed = new_output("stream", name="stdout", text="The answer is 42.")
    cells = [
        new_markdown_cell(hint),
        new_markdown_cell("Because of that:", metadata={"tags": ["solution"]}),
        new_code_cell("answer()", metadata={"tags": ["solution"]}, outputs=[printed]),
        new_code_cell("check()", outputs=[new_output("stream", name="stdout", text="Right.")]),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    page = page_of(tmp_path / "n.ipynb", tmp_path)
    folded = [block.get_text(" ", strip=True) for block in page.select("details:not([open])")]
    assert folded == ["Hint Think twice .", "Solution Because of that: The answer is 42."]
    for block in page.select("details"):
        block.decompose()
    assert page.main.get_text(" ", strip=True) == "After it. Right."


def test_outputs_are_shown(make_run, tmp_path):
    page = page_of(make_run(), tmp_path)
    assert [table.text for table in page.select(".table:not(:has(caption)) td")] == ["1"]
    assert page.select_one(".said p").text == "a < b"


def test_what_is_laid_out_with_spaces_stays_so(tmp_path):
    texts = ("One line.\n\nAnother.", "name    value\nsize        3", "  deeper", "\x1b[31mred\x1b[0m")
    outputs = [[new_output("stream", name="stdout", text=text)] for text in texts]
    nbformat.write(new_notebook(cells=[new_code_cell(outputs=one) for one in outputs]), tmp_path / "n.ipynb")
    page = page_of(tmp_path / "n.ipynb", tmp_path)
    assert [line.text for line in page.select(".said p")] == ["One line.", "Another."]
    assert len(page.select(".output pre")) == 3


def test_figures_are_inside_numbered_with_captions_and_alternative_text(make_run, tmp_path):
    figure = page_of(make_run(), tmp_path).find("figure")
    assert figure.img["src"].startswith("data:image/png;base64,iVBOR")
    assert figure.img["alt"] == "A <b>red</b> pixel."
    assert (figure.img["width"], figure.img["height"]) == ("1", "1")
    assert figure.figcaption.text == "Figure 1. A <b>red</b> pixel."


def test_parameters_results_and_environment_are_tables(make_run, tmp_path):
    page = page_of(make_run(), tmp_path)
    assert page.select_one("table.parameters tbody tr").get_text(" ", strip=True) == "size 7 (changed) odd"
    rows = [row.get_text(" ", strip=True) for row in page.select("table.results tr")]
    assert rows == ["result value interval", "Dice 0.988 0.900 to 1.000", "alike yes"]
    facts = page.select_one("table.facts").get_text(" ", strip=True)
    assert "2026-01-01 00:00:00 UTC" in facts and "Python 3.11.7, numpy 2.0, workbench 0.1.0" in facts


def test_nothing_can_be_requested_and_noise_is_gone(make_run, tmp_path):
    text = write_page(make_run(), tmp_path / "page.html").read_text()
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|@import|url\(", text)
    assert "noise" not in text
    assert "for research and teaching; not a medical device" in text


def test_an_incomplete_run_says_so_at_the_top(make_run, tmp_path):
    page = page_of(make_run(error=True), tmp_path)
    assert "This run is failed. code cell" in page.select_one("header .notice.bad").text
    assert "ZeroDivisionError: by <zero>" in page.main.get_text()


def test_headings_skip_no_level_and_are_listed(make_run, tmp_path):
    page = page_of(make_run(), tmp_path)
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    assert page.find(id="deeper").name == "h3"
    assert page.h1.text == page.title.text == "1 A chapter"
    entries = [(link["href"], link.text) for link in page.select(".toc a")]
    assert entries[:4] == [
        ("#why", "Why x2"),
        ("#parameters", "Parameters"),
        ("#deeper", "Deeper"),
        ("#why-2", "Why"),
    ]
    assert all(page.select_one(f"[id='{href[1:]}']") for href, _ in entries)


def test_what_other_people_write_neither_runs_nor_asks_nor_leads_astray(tmp_path):
    table = "<style>td {color: red}</style><table onclick='f()'><tr><td style='color: url(http://a)'>1</td></tr></table>"
    chart = "<div id='chart'></div><script src='https://example.org/chart.js'></script>"
    cells = [
        new_markdown_cell(
            "# T\n\n![seen](attachment:p.png) ![a sketch](https://example.org/p.png) ![lost](attachment:no.png) "
            "[here](other.ipynb) [there](https://example.org) <script>run()</script>",
            attachments={"p.png": {"image/png": "iVBORw0KGgo="}},
        ),
        new_code_cell(
            outputs=[
                new_output("display_data", {"text/html": table}),
                new_output("display_data", {"text/html": chart, "text/plain": "a chart"}),
                new_output("display_data", {"image/svg+xml": "<svg><script>f()</script></svg>"}),
                new_output("display_data", {"text/latex": "$$x^2$$"}),
                new_output("display_data", {"application/json": {"a": 1}}),
            ]
        ),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    page = page_of(tmp_path / "n.ipynb", tmp_path)
    assert not page.select("script, [onclick], main style, main [style], iframe")
    assert [image["alt"] for image in page.select("img")] == ["seen", "Figure without a description"]
    assert [text.text for text in page.select(".left-out")] == [
        "[not in this file: a sketch]",
        "[not in this file: lost]",
    ]
    assert [link["href"] for link in page.select("main a")] == ["https://example.org"]
    outputs = [block.get_text(strip=True) for block in page.select("main .table, main .output")]
    assert outputs == ["1", "a chart", "x2", '{"a": 1}']


def test_a_report_of_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one"):
        write_page([], tmp_path / "page.html")


def test_a_page_that_leaks_says_so_and_is_not_handed_out_silently(make_run, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "workbench.reports.page.leak", lambda written, notebook: "tells who the patients are: name"
    )
    with pytest.raises(PrivacyError, match=r"page\.html tells who the patients are"):
        write_page(make_run(), tmp_path / "page.html")
    page = bs4.BeautifulSoup((tmp_path / "page.html").read_text(), "html.parser")
    assert page.select_one("header .notice.bad").text.strip().startswith("Do not pass this page on.")
    with pytest.raises(PrivacyError):
        write_page([make_run("a"), make_run("b", size=3)], tmp_path / "page.html")
    page = bs4.BeautifulSoup((tmp_path / "page.html").read_text(), "html.parser")
    assert page.select_one("header .notice.bad strong").text == "Do not pass this page on."


def test_short_code_is_not_broken_at_the_dash_of_an_option():
    assert '<code class="short">-p epochs=60</code>' in to_html("`-p epochs=60`")
    assert "short" not in to_html(f"`{'long ' * 10}`")


def test_what_a_user_typed_is_shown_as_typed(make_run, tmp_path):
    expression = "(?:.*[ _.-])?(p[0-9]+|IM-[0-9]+)_.*$<b>"
    paths = [make_run(str(n), text=f"By `{expression}`.", size=f"*<b>_{n}_ `$x$`") for n in (1, 2)]
    for notebooks in (paths[0], paths):
        page = bs4.BeautifulSoup(write_page(notebooks, tmp_path / "page.html").read_text(), "html.parser")
        assert page.find("code", string=expression)
        assert "*<b>_1_ `$x$`" in page.select_one(".parameters").text and not page.find("b")
    assert "*<b>_2_ `$x$`" in page.select_one(".overview").text
