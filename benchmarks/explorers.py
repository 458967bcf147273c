"""Explorers in a real browser: from a finger's move to the picture, beside what people use in notebooks today.

A JupyterLab server and Chromium are started; a 512 x 512 CT slice and a volume of 128 slices, both with a mask
laid over, are windowed, scrolled and faded 60 times by mouse or key. A time goes from the browser's event to the
pixels that follow it (one pixel is read back, so that drawing is done and not only asked for). Peers live in a
folder of their own, given to ``pip install --prefix`` and named in WORKBENCH_PEERS; else: "not installed".
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from timing import machine, print_table, table_lines, write_section

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from jupyter import Notebook, serving  # noqa: E402 (the helpers of the tests)

MOVES = 60
# Without a graphics card, WebGL is computed; pages without WebGL are drawn faster without it.
WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
SLIDERS = {"opacity": "mask opacity", "slices": "axis 0 slice"}
# What our explorers compute in the kernel is moved by the arrow keys of a slider, which it names.
COMPUTED = {"round trip": "move", "gaussian": "move", "process": "sigma", "segment": "range"}
ACTIONS = ("window", "slices", "wheel", "opacity", "features", "classify", *COMPUTED)
DATA = """
import numpy as np, ipywidgets
from workbench import samples
from scipy import ndimage
image = samples.load("head_ct")
slices, mask = image.pixels, image.pixels > 300
volume = np.stack([np.roll(slices, 2 * step, axis=1) for step in range(128)])
volume_mask = volume > 300
"""
OURS = {
    "window": "from workbench.explorers import view\nview(image, mask)",
    "slices": "from workbench.explorers import view\nview(volume, volume_mask, window=(40, 400))",
    "wheel": "from workbench.explorers import view\nview(volume, volume_mask, window=(40, 400))",
    "opacity": "from workbench.explorers import view\nview(image, mask)",
    "features": """
import pandas as pd
from workbench.cohorts import Cohort
from workbench.explorers import features
from workbench.images import Image
rng = np.random.default_rng(0)
names = [f"c{number:03}" for number in range(100)]
images = pd.Series({name: Image(rng.normal(size=(256, 256))) for name in names})
cohort = Cohort(pd.DataFrame({"image": images, "patient": names, "label": ["ill", "well"] * 50}))
table = pd.DataFrame(rng.normal(size=(100, 2)), index=pd.Index(names, name="case"), columns=list("uv"))
features(table, cohort)""",
    "classify": """
import pandas as pd
from workbench.explorers import classify
rng = np.random.default_rng(0)
labels = np.where(rng.random(400) < 0.4, "ill", "well")
said = np.clip(rng.normal(np.where(labels == "ill", 0.6, 0.4), 0.2), 0, 1)
classify(pd.DataFrame({"label": labels, "p_well": 1 - said, "p_ill": said}), positive="ill")""",
    "round trip": """
from workbench.explorers import Canvas, controls
canvas, slider = Canvas(np.zeros((8, 8), np.uint8)), controls.slider("move", 1, 1, 100)
slider.observe(lambda change: canvas.show(np.full((8, 8), change["new"], np.uint8)), "value")
ipywidgets.VBox([slider, canvas])""",
    "gaussian": """
from workbench.explorers import Canvas, controls
from workbench import processing
canvas, slider = Canvas(image, mask), controls.slider("move", 1, 1, 100)
slider.observe(lambda change: canvas.show(processing.gaussian(image, sigma=0.5 + change["new"] / 50)), "value")
ipywidgets.VBox([slider, canvas])""",
    "process": "from workbench.explorers import process\nprocess(image, filter='gaussian', sigma=0.5)",
    "segment": "from workbench.explorers import segment\nsegment(image, mask, low=100)",
}
SHOWN = {
    "window": "slices, mask, level=move * 5, opacity=0.35",
    "slices": "volume[move], volume_mask[move], level=40, opacity=0.35",
    "opacity": "slices, mask, level=40, opacity=move / 100",
    "gaussian": "ndimage.gaussian_filter(slices, 0.5 + move / 50), mask, level=40, opacity=0.35",
}
NAIVE = """
import matplotlib.pyplot as plt
def show(picture, labels, level, opacity):
    plt.figure(figsize=(5, 5))
    plt.imshow(picture, cmap="gray", vmin=level - 200, vmax=level + 200)
    plt.imshow(np.ma.masked_where(~labels, labels), alpha=opacity, cmap="autumn")
    plt.show()
ipywidgets.interact(lambda move: show({shown}), move=ipywidgets.IntSlider(value=1, min=1, max=100))
None"""
IPYMPL = """
%matplotlib widget
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(5, 5))
below = axes.imshow(slices, cmap="gray")
above = axes.imshow(np.ma.masked_where(~mask, mask), cmap="autumn")
def show(picture, labels, level, opacity):
    below.set_data(picture); below.set_clim(level - 200, level + 200)
    above.set_data(np.ma.masked_where(~labels, labels)); above.set_alpha(opacity)
    figure.canvas.draw_idle()
slider = ipywidgets.IntSlider(value=1, min=1, max=100, description="move")
def moved(change):
    move = change["new"]
    show({shown})
slider.observe(moved, "value")
display(slider)
plt.show()"""
NIIVUE = """
from workbench import images
from ipyniivue import NiiVue
images.write(images.Image(volume, affine=images.affine_from_spacing((1, 1, 1))), "volume.nii.gz")
images.write(images.Image(volume_mask.astype("u1"), affine=images.affine_from_spacing((1, 1, 1))), "mask.nii.gz")
viewer = NiiVue(height=500)
viewer.load_volumes([{{"path": "volume.nii.gz"}}, {{"path": "mask.nii.gz", "colormap": "red", "opacity": 0.35}}])
slider = ipywidgets.IntSlider(value=1, min=1, max=100, description="move")
def moved(change):
    {body}
slider.observe(moved, "value")
ipywidgets.VBox([slider, viewer])"""
NIIVUE_BODY = {
    "window": 'viewer.volumes[0].cal_max = 100 + change["new"] * 5',
    "slices": None,
    "opacity": 'viewer.volumes[1].opacity = change["new"] / 100',
}
# Times from the first event since the last picture to that picture.
WATCH = """(kinds) => {
  window.times = []; window.frames = 0; window.asked = null;
  const ask = () => { window.asked ??= performance.now(); };
  for (const kind of kinds) window.addEventListener(kind, ask, {capture: true});
  window.answered = () => {
    window.frames++;
    if (window.asked !== null) window.times.push(performance.now() - window.asked);
    window.asked = null;
  };
}"""
WATCH_OURS = """(everyDraw) => {
  const view = document.querySelector(".wb-canvas").parentElement.wbView;
  const draw = view.draw.bind(view);
  let revision = view.layers.revision;
  view.draw = () => {
    draw();
    for (const pane of view.panes) pane.context.getImageData(0, 0, 1, 1);
    if (everyDraw || view.layers.revision !== revision) window.answered();
    revision = view.layers.revision;
  };
}"""
WATCH_POINTS = """() => {
  const scatter = document.querySelector(".wb-figure").wbScatter;
  const mark = scatter.mark.bind(scatter);
  scatter.mark = () => {
    mark();
    if (!scatter.preview.hidden) { scatter.preview.getBoundingClientRect(); window.answered(); }
  };
  const box = scatter.svg.getBoundingClientRect();
  return Array.from(scatter.at, (place, at) => place + (at % 2 ? box.top : box.left));
}"""
WATCH_THRESHOLD = """() => {
  const figure = document.querySelector(".wb-figure");
  new MutationObserver(() => { figure.getBoundingClientRect(); window.answered(); })
    .observe(figure, {attributes: true, attributeFilter: ["data-drawn"]});
}"""
WATCH_PICTURES = """() => new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes)
    for (const image of node.querySelectorAll?.("img") ?? []) image.decode().then(window.answered);
}).observe(document.body, {childList: true, subtree: true})"""
WATCH_CANVAS = """() => {
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...given) {
    draw.apply(this, given);
    if (this.canvas.closest(".jupyter-matplotlib")) window.answered();
  };
}"""
WATCH_GL = """() => {
  for (const name of ["drawArrays", "drawElements"]) {
    const draw = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...given) {
      draw.apply(this, given);
      clearTimeout(window.drawn);
      const now = performance.now();
      window.drawn = setTimeout(() => {
        if (window.asked !== null) window.times.push(now - window.asked);
        window.asked = null; window.frames++;
      });
    };
  }
}"""


@dataclass
class Measured:
    """Milliseconds from event to picture, and pictures for a second while dragging."""

    times: list[float]
    rate: float | None = None

    def __str__(self) -> str:
        ordered = sorted(self.times)
        rate = "" if self.rate is None else f", {self.rate:.0f} fps"
        return f"{statistics.median(ordered):.1f} / {ordered[int(0.95 * (len(ordered) - 1))]:.1f} ms{rate}"


def drag(notebook: Notebook, place: tuple[float, float], *, button: str = "left", reach: int = 120) -> float:
    """Move the mouse there and back with a button held, and return the seconds that it took."""
    mouse = notebook.page.mouse
    mouse.move(*place)
    mouse.down(button=button)
    start = time.perf_counter()
    for move in range(MOVES * 2):
        across = reach * (1 - abs(1 - move / MOVES))
        mouse.move(place[0] + across, place[1] + across / 3)
        time.sleep(max(0.0, start + (move + 1) / 120 - time.perf_counter()))
    taken = time.perf_counter() - start
    mouse.up(button=button)
    return taken


def middle(element: Any) -> tuple[float, float]:
    """Return the middle of an element on the page."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def by_finger(notebook: Notebook, action: str) -> Measured:
    """Drag, turn the wheel or pull the slider of our own view."""
    notebook.page.evaluate(WATCH_OURS, True)
    if action in SLIDERS:
        # A mouse may move less than a step: only what moves the number is asked for.
        notebook.page.evaluate(WATCH, ["input"])
    if action == "window":
        taken = drag(notebook, middle(notebook.canvas), button="right")
    elif action in SLIDERS:
        slider = notebook.page.get_by_label(SLIDERS[action], exact=True)
        taken = drag(notebook, middle(slider), reach=60 if action == "opacity" else 300)
    else:
        notebook.page.mouse.move(*middle(notebook.canvas))
        start = time.perf_counter()
        for move in range(MOVES * 2):
            notebook.page.mouse.wheel(0, 40 if move < MOVES else -40)
            time.sleep(max(0.0, start + (move + 1) / 120 - time.perf_counter()))
        taken = time.perf_counter() - start
    frames = notebook.page.evaluate("window.frames")
    return Measured(notebook.page.evaluate("window.times"), frames / taken)


def by_pointing(notebook: Notebook) -> Measured:
    """Point at case after case of the scatter, or drag the threshold along the curve."""
    page = notebook.page
    if page.locator(".wb-thresholds").count():
        page.evaluate(WATCH_THRESHOLD)
        box = page.locator(".wb-thresholds svg").first.bounding_box()
        taken = drag(notebook, (box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4), reach=120)
        return Measured(page.evaluate("window.times"), page.evaluate("window.frames") / taken)
    page.wait_for_function("document.querySelector('.wb-figure').dataset.pictures >= 100", timeout=30_000)
    places = page.evaluate(WATCH_POINTS)
    for across, down in zip(places[: 2 * MOVES : 2], places[1 : 2 * MOVES : 2], strict=True):
        page.mouse.move(across, down)
        time.sleep(0.05)
    return Measured(page.evaluate("window.times"))


def by_key(notebook: Notebook, watch: str, *given: Any, label: str = "move", peer: bool = True) -> Measured:
    """Press an arrow key on the slider, wait for the picture, and again."""
    notebook.page.evaluate(watch, *given)
    slider = handle(notebook, label, peer)
    slider.focus()
    for move in range(MOVES):
        before = notebook.page.evaluate("window.times.length")
        slider.press("ArrowRight")
        notebook.page.wait_for_function("(before) => window.times.length > before", arg=before, polling=5)
        if move == 0:
            time.sleep(0.3)
    return Measured(notebook.page.evaluate("window.times")[2:])


def by_wheel(notebook: Notebook, watch: str) -> Measured:
    """Turn the wheel over a peer's own canvas."""
    notebook.page.evaluate(watch)
    notebook.page.mouse.move(*middle(notebook.page.locator("canvas").last))
    start = time.perf_counter()
    for move in range(MOVES * 2):
        notebook.page.mouse.wheel(0, 40 if move < MOVES else -40)
        time.sleep(max(0.0, start + (move + 1) / 120 - time.perf_counter()))
    return Measured(
        notebook.page.evaluate("window.times"),
        notebook.page.evaluate("window.frames") / (time.perf_counter() - start),
    )


def handle(notebook: Notebook, label: str, peer: bool = False) -> Any:
    """Return what moves a slider: our own input, or the handle of a widget of ipywidgets."""
    if peer:
        return notebook.page.locator(".widget-slider", has_text=label).locator(".noUi-handle").first
    return notebook.page.locator(f"input[type=range][aria-label^='{label}']").first


class Bench:
    """A browser and a server, and a fresh notebook for each cell that is measured."""

    def __init__(self, browser: Any, server: Any) -> None:
        self.browser, self.server, self.count = browser, server, 0

    def measure(self, code: str, ready: str, measure: Callable[[Notebook], Measured]) -> Measured | str:
        """Run a cell, wait for what it shows, and measure."""
        self.count += 1
        path = self.server.write([DATA, code], f"bench-{self.count}")
        context = self.browser.new_context(viewport={"width": 1100, "height": 1000})
        notebook = Notebook(context.new_page(), f"{self.server.address}/doc/tree/{path.name}?reset").ready()
        from playwright.sync_api import Error

        failure = notebook.page.locator("[data-mime-type='application/vnd.jupyter.error']")
        try:
            notebook.command("notebook:run-all-cells")
            notebook.page.locator(ready).first.or_(failure.first).first.wait_for(timeout=40_000)
            if failure.count():
                text = failure.first.inner_text()
                absent = any(sign in text for sign in ("ModuleNotFoundError", "not a valid", "Unknown"))
                return "not installed" if absent else text.splitlines()[-1]
            time.sleep(3)
            notebook.page.evaluate(WATCH, ["pointermove", "wheel", "keydown"])
            return measure(notebook)
        except Error as error:
            return "no picture in 40 s" if "Timeout" in error.message else error.message.splitlines()[0]
        finally:
            context.close()

    def opening(self) -> Measured:
        """Measure from running a cell to the first picture of a volume of 512 x 512 x 300 voxels."""
        times = []
        for _ in range(3):
            self.count += 1
            cells = ["import numpy as np\nfrom workbench.explorers import view\nvolume = np.random.default_rng(0)"
                     ".integers(-1000, 2000, (300, 512, 512), dtype=np.int16)", "view(volume)"]  # fmt: skip
            path = self.server.write(cells, f"bench-{self.count}")
            context = self.browser.new_context(viewport={"width": 1100, "height": 1000})
            notebook = Notebook(context.new_page(), f"{self.server.address}/doc/tree/{path.name}?reset").ready()
            notebook.page.evaluate("jupyterapp.commands.execute('notebook:run-cell-and-select-next')")
            time.sleep(3)
            times.append(
                notebook.page.evaluate("""async () => {
              const start = performance.now();
              jupyterapp.commands.execute('notebook:run-cell');
              while (!document.querySelector('.wb-canvas[data-drawn]')) await new Promise(requestAnimationFrame);
              return performance.now() - start;
            }""")
            )
            context.close()
        return Measured(times)


def cells(bench: Bench, webgl: Bench, action: str) -> dict[str, Callable[[], Measured | str]]:
    """Return who can do an action, and how it is measured."""

    def by_hand(notebook: Notebook) -> Measured:
        if action in COMPUTED:
            return by_key(notebook, WATCH_OURS, False, label=COMPUTED[action], peer=False)
        return by_pointing(notebook) if action in {"features", "classify"} else by_finger(notebook, action)

    ours = {"ours": lambda: bench.measure(OURS[action], ".wb-canvas[data-drawn], .wb-figure[data-drawn]", by_hand)}
    if action not in SHOWN:
        return ours
    return ours | {
        "interact + imshow": lambda: bench.measure(
            NAIVE.format(shown=SHOWN[action]),
            ".widget-interact img",
            lambda notebook: by_key(notebook, WATCH_PICTURES),
        ),
        "ipympl": lambda: bench.measure(
            IPYMPL.format(shown=SHOWN[action]),
            ".jupyter-matplotlib canvas",
            lambda notebook: by_key(notebook, WATCH_CANVAS),
        ),
        "ipyniivue": lambda: niivue(webgl, action),
    }


def niivue(bench: Bench, action: str) -> Measured | str:
    """Measure ipyniivue, whose wheel needs no kernel."""
    if action not in NIIVUE_BODY:
        return ""
    body = NIIVUE_BODY[action]
    measure = (
        (lambda notebook: by_wheel(notebook, WATCH_GL))
        if body is None
        else (lambda notebook: by_key(notebook, WATCH_GL))
    )
    return bench.measure(NIIVUE.format(body=body or "pass"), "canvas", measure)


def rows(bench: Bench, webgl: Bench, words: list[str]) -> list[list[str]]:
    """Measure all (or what is named), one line for each action."""
    lines = []
    silent: set[str] = set()
    for action in ACTIONS:
        line = [action]
        for name, measure in cells(bench, webgl, action).items():
            wanted = name not in silent and (not words or name in words or action in words)
            line.append(str(measure()) if wanted else "")
            # Who showed nothing in the first row shows nothing in the others.
            if line[-1].startswith("no picture"):
                silent.add(name)
        line += [""] * (5 - len(line))
        lines.append(line)
        print(line, file=sys.stderr, flush=True)
    lines.append(
        ["open 512 x 512 x 300", str(bench.opening()) if not words or "open" in words else "", "", "", ""]
    )
    return lines


def main() -> None:
    """Start server and browser, measure, print the table and write it into benchmarks/README.md."""
    from playwright.sync_api import sync_playwright

    peers = os.environ.get("WORKBENCH_PEERS")
    if peers:
        packages = next(Path(peers).glob("lib/python*/site-packages"))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(packages)]))
        os.environ["JUPYTER_PATH"] = str(Path(peers) / "share" / "jupyter")
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, serving(Path(folder)) as server:
        launch = partial(playwright.chromium.launch, executable_path=executable)
        plain, webgl = launch(args=["--no-sandbox"]), launch(args=["--no-sandbox", *WEBGL])
        lines = rows(Bench(plain, server), Bench(webgl, server), sys.argv[1:])
        plain.close()
        webgl.close()
    header = ["action", "ours", "interact + imshow", "ipympl", "ipyniivue"]
    print_table(header, lines)
    note = (
        "Median / 95th percentile from the browser's event to the pixels; frames drawn in a second while dragging."
    )
    if len(sys.argv) == 1:
        write_section("explorers", "\n".join([machine(), "", note, "", *table_lines(header, lines)]))


if __name__ == "__main__":
    main()
