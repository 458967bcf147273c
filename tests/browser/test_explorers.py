"""Explorers in JupyterLab, Notebook 7 and Voila; saved and opened again, with and without their kernel."""

import json
import re
import subprocess
import sys

import pytest
from promises import kept

from workbench.explorers.showing import VIEW

VIEWER = """
from workbench import samples
from workbench.explorers import compare, view
image = samples.load("head_ct")
viewer = view(image, image.pixels > 300)
viewer
"""
VOLUME = """
from workbench import samples
from workbench.explorers import view
view(samples.load("mni152_t1"))
"""
COMPARE = """
import numpy as np
from workbench import samples
from workbench.explorers import compare
image = samples.load("head_ct")
compare(image, image.replace(pixels=np.roll(image.pixels, 9, axis=1)), transform="translation")
"""

POINTS = """
import pandas as pd
from workbench import explorers
table = pd.DataFrame({"area": [1.0, 2.0], "length": [3.0, 1.0], "label": ["ill", "well"]}, index=["a", "b"])
explorers.features(table)
"""


def drag(notebook, element, across, down=0, *, button="left"):
    box = element.bounding_box()
    mouse = notebook.page.mouse
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(*start)
    mouse.down(button=button)
    mouse.move(start[0] + across, start[1] + down, steps=6)
    mouse.up(button=button)


def slider(notebook, label):
    return notebook.page.get_by_label(label, exact=True)


def changed(notebook, before, at=0):
    notebook.page.wait_for_function(
        "([at, before]) => document.querySelectorAll('.wb-pane canvas')[at].toDataURL() !== before",
        arg=[at, before],
    )
    return notebook.pixels(at)


def outputs(path):
    return [output for cell in json.loads(path.read_text())["cells"] for output in cell["outputs"]]


def test_view_follows_sliders_and_fingers(lab):
    notebook = lab([VIEWER])
    seen = notebook.pixels()
    for label in ("level", "width", "mask opacity"):
        drag(notebook, slider(notebook, label), 40)
        seen = changed(notebook, seen)
    drag(notebook, notebook.canvas, 80, 60, button="right")
    seen = changed(notebook, seen)
    notebook.page.get_by_label("Window", exact=True).select_option("bone")
    changed(notebook, seen)


def test_keys_in_the_canvas_do_not_reach_the_notebook(lab):
    notebook = lab([VOLUME])
    seen = notebook.pixels(1)
    notebook.canvas.focus()
    for key in ("ArrowDown", "PageUp", "d", "d", "a", "x", "0", "0"):
        notebook.canvas.press(key)
    changed(notebook, seen, 1)
    cells = "jupyterapp.shell.currentWidget.content.model.cells.length"
    assert notebook.page.evaluate(cells) == 1
    assert notebook.page.locator(".jp-Dialog").count() == 0


def test_planes_are_linked_by_the_crosshair(lab):
    notebook = lab([VOLUME])
    seen = [notebook.pixels(at) for at in range(3)]
    drag(notebook, notebook.canvas, 30, 20)
    for at in range(3):
        changed(notebook, seen[at], at)


def test_compare_swipes_and_aligns(lab):
    notebook = lab([COMPARE])
    seen = notebook.pixels()
    drag(notebook, notebook.canvas, 90)
    seen = changed(notebook, seen)
    drag(notebook, slider(notebook, "first | second"), -30)
    seen = changed(notebook, seen)
    notebook.page.get_by_label("show as").select_option("checkerboard")
    seen = changed(notebook, seen)
    notebook.page.locator(".widget-dropdown", has_text="align by").locator("select").select_option("nothing")
    changed(notebook, seen)
    assert "own geometry" in notebook.page.inner_text(".jp-OutputArea")


def test_a_cohort_is_turned_over_in_the_browser(lab):
    notebook = lab(
        ["from workbench import samples, explorers\nexplorers.view(samples.study('chest', patients=3, size=64))"]
    )
    seen = notebook.pixels()
    notebook.page.get_by_role("button", name="next").click()
    changed(notebook, seen)


def test_running_a_cell_again_shows_it_again(lab):
    notebook = lab([VIEWER])
    notebook.page.evaluate("document.querySelector('.wb-canvas').dataset.old = 'yes'")
    notebook.command("notebook:run-all-cells")
    notebook.page.wait_for_selector(".wb-canvas[data-drawn]:not([data-old])")
    assert notebook.page.locator(".wb-canvas").count() == 1


def test_it_outlives_its_kernel_as_a_picture_and_with_it_alive(lab):
    notebook = lab([VIEWER])
    notebook.command("docmanager:save")
    notebook.page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    (output,) = outputs(notebook.path)
    assert set(output["data"]) == {"image/png", "text/plain"}
    assert len(notebook.path.read_text()) < 100_000
    # Opened again while the kernel lives, the explorer is there; when it has died, the still.
    notebook.reload().drawn()
    kept(notebook.page, "() => jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    notebook.page.wait_for_function(
        "jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    assert notebook.page.locator(".wb-canvas").count() == 1
    seen = notebook.pixels()
    drag(notebook, notebook.canvas, 80, 60, button="right")
    changed(notebook, seen)
    notebook.reload()
    still = notebook.page.locator(".jp-OutputArea-output img")
    still.wait_for()
    assert still.evaluate("image => image.naturalWidth") > 200
    assert "model not found" not in notebook.page.inner_text("body")
    notebook.run()


def test_notebook_7_opens_them(lab):
    notebook = lab([VIEWER, COMPARE], at="notebooks").drawn(2)
    seen = notebook.pixels()
    drag(notebook, slider(notebook, "level"), 40)
    changed(notebook, seen)
    seen = notebook.pixels(1)
    notebook.page.get_by_label("show as").select_option("checkerboard")
    changed(notebook, seen, 1)


def test_voila_opens_them(browser, server):
    path = server.write([VIEWER, POINTS], "voila")
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server.address}/voila/render/{path.name}")
    page.wait_for_selector(".wb-canvas[data-drawn]", timeout=90_000)
    before = page.evaluate("document.querySelector('.wb-pane canvas').toDataURL()")
    page.get_by_label("Window", exact=True).select_option("bone")
    page.wait_for_function(
        "(before) => document.querySelector('.wb-pane canvas').toDataURL() !== before", arg=before
    )
    page.wait_for_selector(".wb-figure[data-drawn='2']")
    page.get_by_role("button", name="ill (1)").click()
    page.get_by_text("1 case selected").wait_for()
    assert errors == []
    page.close()


@pytest.mark.parametrize("program", ["nbconvert", "papermill"])
def test_without_a_browser_there_is_a_still_alone(server, tmp_path, program):
    path = server.write([VIEWER, COMPARE], f"headless-{program}")
    target = tmp_path / "done.ipynb"
    command = {
        "nbconvert": ["nbconvert", "--to", "notebook", "--execute", str(path), "--output", str(target)],
        "papermill": ["papermill", str(path), str(target)],
    }[program]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, env=server.environment)
    for output in outputs(target):
        assert set(output["data"]) == {"image/png", "text/plain"}
    notebook = json.loads(target.read_text())
    assert "widgets" not in notebook["metadata"]
    assert len(target.read_text()) - len(path.read_text()) < 2 * 100_000
    assert VIEW not in target.read_text()
    assert not re.search(r"_esm|_colortables", target.read_text())


def test_linked_canvases_move_together_without_the_kernel(lab):
    code = """
import ipywidgets
from workbench import samples
from workbench.explorers import Canvas, controls
volume = samples.load("mni152_t1")
pair = [Canvas(volume, height=250, show_crosshair=True) for _ in range(2)]
for trait in ("crosshair", "zoom", "center", "level", "width"):
    controls.link((pair[0], trait), (pair[1], trait), live=True)
ipywidgets.VBox(pair)
"""
    notebook = lab([code], run=False)
    notebook.command("notebook:run-all-cells")
    notebook.drawn(2)
    seen = notebook.pixels(1)
    drag(notebook, notebook.canvas, 20, 10)
    seen = changed(notebook, seen, 1)
    notebook.canvas.press("PageDown")
    changed(notebook, seen, 1)
    assert notebook.pixels(0) == notebook.pixels(1)
