import re
import shutil
import sys
from pathlib import Path

import pytest

# The helpers beside this file are no package, as no folder of tests is.
sys.path.insert(0, str(Path(__file__).parent))

from bare import Bare
from jupyter import Notebook, serving

# What JupyterLab and Notebook say to the console by themselves, without any explorer.
THEIRS = re.compile("Canceled future|debugger state|reading 'schema'|not registered")


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, driven by Playwright."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("no Chromium on this machine; install it to test what a reader sees")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def bare(browser):
    """Show a canvas alone in a page: ``bare(canvas)``; no console error may have come when the test ends."""
    shown = []

    def show(canvas, *, scale=1, **options):
        context = browser.new_context(viewport={"width": 1000, "height": 700}, device_scale_factor=scale)
        shown.append((context, Bare(context.new_page(), canvas, **options)))
        return shown[-1][1]

    yield show
    for context, one in shown:
        assert one.errors == []
        context.close()


@pytest.fixture(scope="session")
def server(browser, tmp_path_factory):
    """A Jupyter server for all tests of this session."""
    with serving(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture
def lab(browser, server, request):
    """Open cells in JupyterLab: ``lab(["code", ...])`` runs them and waits for the canvas.

    When the test ends, no console error may have come, and all that can be reached must have a name.
    """
    opened = []

    def show(cells, *, run=True, at="doc/tree"):
        path = server.write(cells, f"{request.node.name.partition('[')[0]}-{len(opened)}")
        context = browser.new_context(viewport={"width": 1100, "height": 900})
        notebook = Notebook(context.new_page(), f"{server.address}/{at}/{path.name}?reset")
        opened.append((context, notebook))
        notebook.path = path
        notebook.ready()
        return notebook.run() if run else notebook

    yield show
    for context, notebook in opened:
        assert [error for error in notebook.errors if not THEIRS.search(error)] == [], notebook.errors
        assert notebook.unnamed() == []
        context.close()
