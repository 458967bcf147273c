import json
import shutil

import pytest

from workbench.reports import PrintingError, write_page, write_pdf
from workbench.reports.pdf import BROWSERS


@pytest.fixture(scope="module")
def pdfium():
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip("no Chromium on this machine; install it to test printing")
    return pytest.importorskip("pypdfium2")


def test_a_pdf_has_bookmarks_page_numbers_and_what_is_folded(make_run, tmp_path, pdfium):
    text = "<details><summary>Hint</summary>Unfolded.</details>"
    page = write_page([make_run("a", text=text), make_run("b", size=5)], tmp_path / "a page.html")
    document = pdfium.PdfDocument(write_pdf(page, tmp_path / "out" / "a page.pdf"))
    bookmarks = [(mark.level, mark.get_title()) for mark in document.get_toc()]
    assert bookmarks[0] == (0, "1 A chapter: 2 runs")
    assert {(1, "Overview"), (1, "Run 1: size 7"), (2, "Parameters")} <= set(bookmarks)
    texts = [document[place].get_textpage().get_text_bounded() for place in range(len(document))]
    assert len(texts) >= 3  # each run begins a page
    for number, printed in enumerate(texts, start=1):
        assert f"{number} / {len(texts)}" in printed
        assert "not a medical device" in printed
    assert "Unfolded." in "".join(texts)
    document.close()


def test_the_page_in_plain_words_fits_one_sheet(traced, tmp_path, pdfium):
    notebook = traced()
    run = notebook["metadata"]["workbench"]["run"]
    first = next(call for call in run["methods"]["calls"] if call["function"] == "evaluation.evaluate")
    away = {"recall": [0.85, 0.75, 0.9], "specificity": [0.7, 0.6, 0.8], "auc": [0.8, 0.7, 0.9]}
    models = {"CNN": first["found"][0]["metrics"], "logistic": {**away, "auc": [0.95, 0.9, 0.97]}}
    elsewhere = [first["found"][0] | {"cases": 120, "patients": 40, "metrics": away}] * 2
    first["found"] = [first["found"][0], first["found"][0] | {"metrics": models["logistic"]}, *elsewhere]
    run["methods"]["calls"] += [
        {"function": "recognition.CrossValidation.summary", "options": {}, "found": [{"models": models}]},
        {"function": "cohorts.internal_and_external", "options": {}},
        {"function": "evaluation.external_validation", "options": {}, "calls": 2},
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}))
    page = write_page(tmp_path / "n.ipynb", tmp_path / "page.html", summary=True)
    document = pdfium.PdfDocument(write_pdf(page, tmp_path / "page.pdf"))
    assert len(document) == 1
    assert "What it cannot do" in document[0].get_textpage().get_text_bounded()
    document.close()


def test_without_a_browser_the_error_says_what_to_do(make_run, tmp_path, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "nowhere"))
    page = write_page(make_run(), tmp_path / "page.html")
    with pytest.raises(PrintingError, match=r"no browser at BROWSER_PATH=.*apt install chromium"):
        write_pdf(page, tmp_path / "page.pdf")
    assert not (tmp_path / "page.pdf").exists()


def test_a_browser_that_fails_leaves_nothing(make_run, tmp_path, monkeypatch):
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\necho 'out of paper' >&2\nexit 3\n")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(browser))
    page = write_page(make_run(), tmp_path / "page.html")
    with pytest.raises(PrintingError, match=r"exit 3\): out of paper"):
        write_pdf(page, tmp_path / "page.pdf")
    assert not (tmp_path / "page.pdf").exists()


def test_the_browser_stays_off_the_network(make_run, tmp_path, monkeypatch):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path / "asked"}\nexit 3\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(browser))
    with pytest.raises(PrintingError):
        write_pdf(write_page(make_run(), tmp_path / "page.html"), tmp_path / "page.pdf")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert {"--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"} <= set(asked)
