"""A chapter's page as its reader has it: opened from a file, without a network."""

from pathlib import Path

import pytest

from workbench.reports import write_report

CHAPTERS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return write_report(CHAPTERS, tmp_path_factory.mktemp("report"))


@pytest.mark.parametrize("name", ["index", *(path.stem for path in CHAPTERS)])
def test_a_page_opens_offline_with_nothing_blank_and_no_request(browser, report, name):
    context = browser.new_context(offline=True)
    page = context.new_page()
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    address = (report.parent / f"{name}.html").as_uri()
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert [url for url in requests if not url.startswith("data:")] == [address]
    assert errors == []
    blank = "elements => elements.filter(e => e.offsetHeight === 0 || e.offsetWidth === 0).length"
    assert page.eval_on_selector_all("img, math, table, .output > *", blank) == 0
    broken = "images => images.filter(image => !image.complete || image.naturalWidth === 0).length"
    assert page.eval_on_selector_all("img", broken) == 0
    assert "$" not in page.inner_text("main").replace("$ ", "")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
