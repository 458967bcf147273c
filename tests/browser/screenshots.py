"""Screenshots of the explorers in both themes of JupyterLab: ``python tests/browser/screenshots.py``."""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from jupyter import ROOT, Notebook, serving
from PIL import Image as Picture

FOLDER = ROOT / "docs" / "images"
LARGEST = 60_000
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
#: What stands in the last cell's output is shown; add one for each explorer.
CELLS = {
    "view": """
from workbench import samples
from workbench.explorers import view
white = samples.load("mni152_white")
names = {"1": "white matter"}
view(samples.load("mni152_t1"), white.pixels > 0.6, label_names=names, opacity=0.25, height=360)""",
    "compare": """
from workbench import samples
from workbench.explorers import compare
t1, grey = samples.load("mni152_t1"), samples.load("mni152_grey")
compare(t1, grey, mode="blend", mix=0.45, other_colormap="hot", height=360)""",
}


def small(data):
    """Return a PNG of 256 colours, and of fewer pixels where that is not enough."""
    picture = Picture.open(io.BytesIO(data)).convert("RGB")
    for colors in (256, 128, 64, 48, 32):
        buffer = io.BytesIO()
        picture.quantize(colors, dither=Picture.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() < LARGEST:
            break
    return buffer.getvalue()


def take(page, address, name):
    """Show a notebook in both themes and write its output's picture."""
    notebook = Notebook(page, address).ready().run()
    for theme, title in THEMES.items():
        notebook.command("apputils:change-theme", theme=title)
        page.wait_for_timeout(2500)
        page.mouse.move(1, 1)
        data = small(page.locator(".jp-OutputArea-output").last.screenshot())
        (FOLDER / f"{name}-{theme}.png").write_bytes(data)
        print(f"{name}-{theme}.png", len(data))


def main():
    """Take all, or those that are named."""
    from playwright.sync_api import sync_playwright

    wanted = sys.argv[1:] or list(CELLS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, serving(Path(folder)) as server:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in wanted:
            path = server.write([CELLS[name]], name)
            page = browser.new_page(viewport={"width": 1060, "height": 900})
            take(page, f"{server.address}/doc/tree/{path.name}?reset", name)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
