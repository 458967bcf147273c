"""Process and segment in a real JupyterLab: drag, click, paint, run; what is seen is what the functions give."""

import base64
import io

import numpy as np
import pytest
from PIL import Image as Picture
from promises import kept

PROCESS = """
from workbench import processing, samples
from workbench.explorers import process
image = samples.load("head_ct")
explorer = process(image, filter="gaussian")
explorer
"""
SEGMENT = """
import numpy as np
from workbench import samples, segmentation
from workbench.explorers import segment
image = samples.load("head_ct")
explorer = segment(image, image.pixels > 250, low=150)
explorer
"""


def drag(notebook, element, across, down=0):
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    mouse = notebook.page.mouse
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + across, start[1] + down, steps=8)
    mouse.up()


def slider(notebook, label):
    return notebook.page.locator(f".jp-OutputArea input[type=range][aria-label^='{label}']").first


def choose(notebook, label, option):
    notebook.page.locator(".widget-dropdown", has_text=label).locator("select").select_option(option)


def changed(notebook, before):
    notebook.page.wait_for_function(
        "(before) => document.querySelector('.wb-pane canvas').toDataURL() !== before", arg=before
    )
    return notebook.pixels()


def plane(notebook):
    """Return the colours of the first pane, voxel by voxel."""
    address = notebook.page.evaluate(
        "document.querySelector('.wb-canvas').parentElement.wbView.panes[0].plane.toDataURL()"
    )
    return np.asarray(Picture.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB"))


def ask(notebook, code):
    """Evaluate an expression in the notebook's kernel and return its text."""
    return kept(
        notebook.page,
        """async (code) => {
          const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          const future = kernel.requestExecute({code: "", user_expressions: {asked: code}, silent: true}, true);
          const reply = await future.done;
          return reply.content.user_expressions.asked.data?.["text/plain"] ?? JSON.stringify(reply.content);
        }""",
        code,
    )


def wait(notebook, code, told="True"):
    """Wait until an expression is as told; LINE in it is the line of code that the page shows."""
    for _ in range(100):
        line = notebook.page.locator(".wb-copying code").inner_text()
        if ask(notebook, code.replace("LINE", line)) == told:
            return
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"{code} is {ask(notebook, code)}, and not {told}")


def test_process_follows_sliders_swipe_and_ruler(lab):
    notebook = lab([PROCESS])
    seen = notebook.pixels()
    drag(notebook, slider(notebook, "sigma"), 40)
    seen = changed(notebook, seen)
    wait(notebook, "explorer.settings['sigma'].value > 2")
    wait(notebook, "(explorer.after == (LINE).pixels).all().item()")
    before = plane(notebook)
    drag(notebook, notebook.canvas, -90)
    seen = changed(notebook, seen)
    wait(notebook, "explorer.canvas.mix < 0.45")
    assert (plane(notebook) != before).any()
    choose(notebook, "filter", "clahe")
    seen = changed(notebook, seen)
    notebook.page.get_by_text("not defined").wait_for()
    choose(notebook, "filter", "median")
    drag(notebook, slider(notebook, "size"), 30)
    changed(notebook, seen)
    profile = notebook.page.locator(".jp-OutputArea svg[role=img]")
    drawn = profile.inner_html()
    notebook.canvas.focus()
    notebook.canvas.press("r")
    drag(notebook, notebook.canvas, 60, 80)
    notebook.page.wait_for_function(
        "(drawn) => document.querySelector('.jp-OutputArea svg[role=img]').innerHTML !== drawn", arg=drawn
    )


def test_process_copies_its_line(lab):
    notebook = lab([PROCESS])
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook.page.get_by_role("button", name="Copy code").click()
    notebook.page.get_by_text("copied").wait_for()
    assert (
        kept(notebook.page, "() => navigator.clipboard.readText()") == "image.map(processing.gaussian, sigma=1.0)"
    )


def test_process_is_moved_by_keys_and_says_what_is_wrong(lab):
    notebook = lab([PROCESS.replace("head_ct", "retina")])
    seen = notebook.pixels()
    handle = slider(notebook, "sigma")
    handle.focus()
    for _ in range(9):
        handle.press("ArrowRight")
    changed(notebook, seen)
    choose(notebook, "filter", "clahe")
    notebook.page.get_by_role("alert").wait_for()
    assert "grey" in notebook.page.get_by_role("alert").inner_text()
    choose(notebook, "filter", "mean")
    notebook.page.get_by_role("alert").wait_for(state="detached")


def test_segment_follows_slider_brush_and_keys(lab):
    notebook = lab([SEGMENT])
    seen = notebook.pixels()
    drag(notebook, slider(notebook, "range"), 30)
    seen = changed(notebook, seen)
    wait(notebook, "(explorer.mask == LINE).all().item()")
    dice = notebook.page.get_by_text("Dice").inner_text()
    notebook.canvas.focus()
    notebook.canvas.press("p")
    drag(notebook, notebook.canvas, 50, 20)
    seen = changed(notebook, seen)
    wait(notebook, "explorer.drawn.painted > 300")
    notebook.page.wait_for_function(
        "(dice) => !document.querySelector('.jp-OutputArea').innerText.includes(dice)", arg=dice
    )
    notebook.page.get_by_role("button", name="Undo stroke").click()
    wait(notebook, "explorer.drawn.painted", "0")
    notebook.canvas.focus()
    notebook.canvas.press(" ")
    wait(notebook, "explorer.drawn.painted > 10")


@pytest.mark.parametrize("by", ["mouse", "key"])
def test_segment_grows_where_it_is_clicked(lab, by):
    notebook = lab([SEGMENT])
    choose(notebook, "method", "region growing")
    notebook.page.get_by_text("Click into the region").wait_for()
    seen = notebook.pixels()
    if by == "mouse":
        notebook.canvas.click()
    else:
        notebook.canvas.focus()
        notebook.canvas.press("ArrowDown")
        notebook.canvas.press("Enter")
    seen = changed(notebook, seen)
    wait(notebook, "len(explorer.seeds.all)", "1")
    drag(notebook, slider(notebook, "tolerance"), 20)
    changed(notebook, seen)
    wait(notebook, "(explorer.mask == LINE).all().item()")


def test_segment_descends_live(lab):
    notebook = lab([SEGMENT])
    choose(notebook, "method", "Chan and Vese")
    notebook.page.locator(".jp-OutputArea svg[role=img]").wait_for()
    notebook.page.locator(".widget-play button").first.click()
    wait(notebook, "explorer.descending.converged")
    wait(notebook, "explorer.step.value == explorer.descending.last")
    wait(notebook, "(explorer.mask == segmentation.chan_vese(image).mask).all().item()")
    notebook.page.get_by_text("converged after").wait_for()
    assert notebook.page.locator(".jp-OutputArea polyline").get_attribute("points").count(",") > 20


def test_segment_saves(lab):
    notebook = lab([SEGMENT])
    notebook.page.get_by_role("button", name="Save mask").click()
    notebook.page.get_by_text("saved head_ct_mask.png").wait_for()
    saved = np.asarray(Picture.open(notebook.path.parent / "head_ct_mask.png"))
    assert str(int((saved > 0).sum())) == ask(notebook, "int(explorer.mask.sum())")
