"""Reports as their readers have them: opened from a file, without a network, by eye, ear and keyboard."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from promises import kept

from workbench.experiments.recording import RESULTS
from workbench.experiments.status import REPLY
from workbench.reports import write_page, write_site

CHAPTERS = sorted((Path(__file__).parents[2] / "notebooks").rglob("*.ipynb"))
LARGEST = 5_000_000
# Contrast takes ten times as long as all other rules together: small pages with one of everything stand for all.
EAR = {"resultTypes": ["violations"], "preload": False, "rules": {"color-contrast": {"enabled": False}}}
EYE = {"resultTypes": ["violations"], "preload": False, "runOnly": ["color-contrast"]}
ROWS = ".checklist tbody tr:nth-child(n+12)"  # like those above them


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip("axe_playwright_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return write_site(CHAPTERS, tmp_path_factory.mktemp("report"))


@pytest.fixture
def opened(browser):
    """Open files; when the test ends, nothing may have been asked for and no error may have come."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    requests, errors, addresses = [], [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))

    def show(path, *, width=1280, scheme="light"):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.goto(path.as_uri())
        addresses.append(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        return page

    yield show
    assert [url for url in requests if not url.startswith("data:")] == addresses
    assert errors == []
    context.close()


def grave(page, axe, options):
    page.evaluate(axe)
    run = "async ([options, rows]) => (await axe.run({exclude: [rows]}, options)).violations"
    found = kept(page, run, [options, [ROWS]])
    impacts = ("serious", "critical")
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in impacts]


def blank(page):
    seen = "e => { const box = e.getBoundingClientRect(); return box.height === 0 || box.width === 0; }"
    empty = f"elements => elements.filter({seen}).map(e => e.outerHTML.slice(0, 200))"
    broken = "images => images.filter(e => !e.complete || e.naturalWidth === 0 || !e.alt).map(e => e.alt)"
    formulas = ["a formula is no MathML"] if "$" in page.inner_text("main").replace("$ ", "") else []
    return (
        page.eval_on_selector_all("img, math, table, figure, figcaption, .output", empty)
        + page.eval_on_selector_all("img", broken)
        + formulas
    )


def is_wider_than_its_window(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_chapters_open_offline_with_nothing_blank_and_can_be_read_aloud(opened, site, axe):
    for path in CHAPTERS:
        file = site.parent / f"{path.stem}.html"
        page = opened(file)
        found = blank(page), is_wider_than_its_window(page), grave(page, axe, EAR)
        page.set_viewport_size({"width": 390, "height": 800})
        assert (path.stem, *found, is_wider_than_its_window(page)) == (path.stem, [], False, [], False)
        assert file.stat().st_size < LARGEST


def made(folder, number, size):
    """A run with one of everything, in a few kilobytes."""
    content = io.BytesIO()
    noise = np.random.default_rng(number).integers(0, 255, (40, 60), dtype=np.uint8)
    Picture.fromarray(noise).save(content, "PNG")
    table = "<table><thead><tr><th></th><th>n</th></tr></thead><tr><th>a</th><td>1</td></tr></table>"
    recorded = {"auc": 0.9 + number / 100, "ok": True}
    outputs = [
        {"data": {"image/png": base64.b64encode(content.getvalue()).decode(), "text/plain": "Noise."}},
        {"data": {"text/html": table}},
        {"data": {"text/plain": f"auc 0.9{number}\nok True"}, "metadata": {RESULTS: recorded}},
    ]
    done = {"execution": {REPLY: "2026-01-01T00:00:00"}}
    formula = r"$$\frac{\sum_i w_i x_i}{\sum_i w_i} + \sqrt{a^2 + b^2 + c^2 + d^2 + e^2} + \int_0^1 f(x) g(x) dx$$"
    prose = (
        f"# A study\n\n*Text*, `code`, [a link](https://example.org), $x^2$.\n\n## Why\n\n{formula}\n\n> Quoted."
    )
    folded = "| a | b |\n|---|---|\n| c | d |\n\n<details><summary>Hint</summary>Yes.</details>"
    code = "def f(x: int = 3) -> str:\n    # why\n    return 'a' * x if x is not None else f\"{x}\" @ np.nan"
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": prose},
        {"cell_type": "code", "metadata": {"tags": ["parameters"]} | done, "source": "size: int = 3  # of it"},
        {"cell_type": "code", "metadata": done, "source": code},
        {"cell_type": "code", "metadata": {}, "source": "never()"},
        {"cell_type": "markdown", "metadata": {}, "source": folded},
    ]
    for cell in cells[1:4]:
        cell.update(execution_count=1, outputs=[])
    cells[2]["outputs"] = [{"output_type": "display_data", "metadata": {}} | output for output in outputs]
    cells[2]["outputs"].append({"output_type": "stream", "name": "stdout", "text": f"printed {size}\n"})
    run = {"parameters": {"size": size}, "started": "2026-01-01T00:00:00+00:00", "python": "3.11", "seed": 1}
    about = {"title": "A study", "run": run | {"versions": {"numpy": "2.0", "workbench": "0.1.0"}}}
    content = {"cells": cells, "metadata": {"workbench": about}, "nbformat": 4, "nbformat_minor": 4}
    path = folder / f"{number}" / "study.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content))
    return path


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    return [made(folder, number, 3 + 2 * number) for number in range(12)]


def test_a_sweep_of_twelve_runs_in_one_file(opened, sweep, axe, tmp_path):
    path = write_page(sweep, tmp_path / "sweep.html", code=True)
    assert path.stat().st_size < LARGEST
    page = opened(path)
    assert blank(page) == []
    assert page.locator("section.one").count() == page.locator("figure").count() == 12
    assert grave(page, axe, EAR) == []


def test_everything_can_be_seen_in_light_and_dark(opened, sweep, axe, tmp_path):
    page = write_page(sweep[0], tmp_path / "page.html", code=True)
    summary = write_page(sweep[0], tmp_path / "summary.html", summary=True)
    for path, scheme, width in ((page, "light", 1280), (page, "dark", 390), (summary, "dark", 1280)):
        assert (path.stem, scheme, grave(opened(path, scheme=scheme, width=width), axe, EYE)) == (
            path.stem,
            scheme,
            [],
        )


def test_the_index_finds_words_of_all_pages(opened, site, axe):
    page = opened(site, scheme="dark")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.get_by_label("Search all pages").fill("laplacian of gauss")
    titles = page.locator("#hits a").all_inner_texts()
    assert any(title.startswith("2 Processing › ") for title in titles)
    assert page.inner_text("#found").startswith(f"{len(titles)} place")
    assert grave(page, axe, EAR) == []
    name, _, anchor = page.locator("#hits a").first.get_attribute("href").partition("#")
    assert f'id="{anchor}"' in (site.parent / name).read_text()
    page.get_by_label("Search all pages").fill("no such word anywhere")
    assert page.inner_text("#found") == "0 places"


def test_the_keyboard_skips_to_the_content(opened, site):
    page = opened(site.parent / "10_scaling.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.evaluate("document.activeElement.click()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
