"""Screenshots of the explorers in both themes of JupyterLab: ``python tests/browser/screenshots.py``."""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from jupyter import ROOT, Notebook, serving
from PIL import Image as Picture

from workbench.explorers.encoding import picture_png

FOLDER = ROOT / "docs" / "images"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
#: What stands in the last cell's output is shown, one cell for each explorer.
CELLS = {
    "view": """
from workbench import samples
from workbench.explorers import view
white = samples.load("mni152_white")
names = {"1": "white matter"}
view(samples.load("mni152_t1"), white.pixels > 0.6, label_names=names, opacity=0.25, height=360)""",
    "process": """
from workbench import processing, samples
from workbench.explorers import process
image = samples.load("head_ct")
noisy = image.map(processing.add_noise, noise=40.0, seed=0)
process(noisy, filter="non_local_means", reference=image, noise=40.0)""",
    "segment": """
from workbench import samples, segmentation
from workbench.explorers import segment
image = samples.load("head_ct")
bone = segmentation.largest_region(image.pixels > 250)
segment(image, bone, low=150)""",
    "features": """
from workbench import explorers, features, samples
study = samples.study("head", patients=30, images_per_patient=2, size=128).cached()
table, _ = features.extract_cohort(study, families=["intensity_statistics", "morphology"], progress=False)
explorer = explorers.features(table, study)
explorer.scatter.selected = list(range(12))
explorer""",
    "classify": """
import numpy as np
from workbench import cnn, explorers
study = cnn.classification_study("candidates", labels=("vessel", "nodule"), patients=60, size=32)
images = np.stack([np.asarray(study.image(case)) for case in study])
targets = (study.table["label"] == "nodule").astype(int).to_numpy()
train = (study.table["split"] == "train").to_numpy()
model = cnn.classifier((32, 32), 2, width=8, depth=3)
cnn.fit(model, images[train], targets[train], epochs=8, progress=False)
test = study.select(study.table.index[~train])
said = cnn.prediction_table(test, cnn.predict(model, images[~train]), classes=["vessel", "nodule"])
explorers.classify(said, test, model, positive="nodule")""",
    "train": """
from workbench import cnn, explorers
study = cnn.classification_study("candidates", labels=("vessel", "nodule"), patients=60, size=32)
explorers.train(cnn.classifier((32, 32), 2, width=8, depth=3), study, epochs=12)""",
    "compare": """
from workbench import samples
from workbench.explorers import compare
t1, grey = samples.load("mni152_t1"), samples.load("mni152_grey")
compare(t1, grey, mode="blend", mix=0.45, other_colormap="hot", height=360)""",
    "audit": """
import tempfile
from pathlib import Path
from workbench import cohorts, samples
from workbench.explorers import audit
audit(cohorts.read(samples.write_flawed_study(Path(tempfile.mkdtemp()) / "flawed")))""",
}
READY = {
    name: "() => document.querySelector('.wb-canvas[data-drawn]')"
    for name in ("view", "process", "segment", "compare", "audit")
}
READY |= {
    "features": "() => document.querySelector('.wb-figure[data-pictures]')",
    "classify": "() => document.querySelector('.wb-sheet img')",
    "train": "() => document.querySelector('.wb-explorer')?.innerText.includes('finished')",
}


def take(page, address, name, folder):
    """Show a notebook in both themes and write its output's picture."""
    notebook = Notebook(page, address).ready().command("notebook:run-all-cells")
    page.wait_for_function(READY[name], timeout=240_000)
    page.wait_for_timeout(3000)
    print(name, "without a name:", notebook.unnamed(), "said:", notebook.errors)
    for theme, title in THEMES.items():
        notebook.command("apputils:change-theme", theme=title)
        page.wait_for_timeout(2500)
        page.mouse.move(1, 1)
        data = picture_png(Picture.open(io.BytesIO(page.locator(".jp-OutputArea-output").last.screenshot())))
        (folder / f"{name}-{theme}.png").write_bytes(data)
        print(f"{name}-{theme}.png", len(data))


def main():
    """Take all, or those that are named, into docs/images or another folder that is named."""
    from playwright.sync_api import sync_playwright

    wanted = [name for name in sys.argv[1:] if name in CELLS] or list(CELLS)
    target = next((Path(name) for name in sys.argv[1:] if name not in CELLS), FOLDER)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, serving(Path(folder)) as server:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in wanted:
            path = server.write([CELLS[name]], name)
            page = browser.new_page(viewport={"width": 1100, "height": 1600})
            take(page, f"{server.address}/doc/tree/{path.name}?reset", name, target)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
