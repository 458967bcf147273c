import base64
import io
import json
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image as Picture

from workbench.experiments.chapters import OPENING
from workbench.experiments.recording import RESULTS
from workbench.experiments.status import REPLY
from workbench.images import Image, write
from workbench.studies import start
from workbench.studies.notebook import opening_of


def png(color):
    content = io.BytesIO()
    Picture.new("RGB", (1, 1), color).save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


PIXELS = [png("red"), png("green")]
DONE = {"execution": {REPLY: "2026-01-01T00:00:00"}}


@pytest.fixture
def make_run(tmp_path):
    """A notebook as a run leaves it, written here cell by cell."""

    def make(
        name="chapter", *, error=False, size=7, dice=0.988, title="1 A chapter", text="Some text.", pixel=0
    ) -> Path:
        table = "<table class='dataframe'><tr><td>1</td></tr></table>"
        cells = [
            new_markdown_cell(f"# {title}\n\nSome $x^2$.\n\n## Why $x^2$"),
            new_code_cell("size: int = 3  # odd", metadata={"tags": ["parameters"]} | DONE),
            new_code_cell(f"size = {size}", metadata={"tags": ["injected-parameters"]} | DONE),
            new_markdown_cell(f"Some prose.\n\n#### Deeper\n\n{text}"),
            new_code_cell(
                "picture(1 < 2)",
                metadata=DONE,
                outputs=[
                    new_output(
                        "execute_result",
                        {
                            "image/png": PIXELS[pixel],
                            "text/plain": "A <b>red</b> pixel.",
                            "application/vnd.jupyter.widget-view+json": {"model_id": "1"},
                        },
                    ),
                    new_output("display_data", {"text/html": table, "text/plain": "1"}),
                    new_output("stream", name="stdout", text="a < b\n"),
                    new_output("stream", name="stderr", text="noise"),
                    new_output(
                        "display_data",
                        {"text/plain": "noise", "application/vnd.jupyter.widget-view+json": {"model_id": "2"}},
                    ),
                ],
            ),
            new_markdown_cell("## Why"),
            new_code_cell("answer = 42", metadata={"tags": ["solution"]} | DONE),
        ]
        if error:
            cells.append(
                new_code_cell(
                    "1 / 0",
                    outputs=[new_output("error", ename="ZeroDivisionError", evalue="by <zero>", traceback=[])],
                )
            )
        values = {"dice": dice, "dice_low": 0.9, "dice_high": 1.0, "alike": True}
        lines = f"dice  {dice}\ndice_low  0.9\ndice_high  1\nalike  True"
        results = new_output("display_data", {"text/plain": lines}, metadata={RESULTS: values})
        cells.append(new_code_cell("record()", metadata={} if error else DONE, outputs=[] if error else [results]))
        run = {
            "parameters": {"size": size},
            "started": "2026-01-01T00:00:00+00:00",
            "seconds": 1.5,
            "python": "3.11.7",
            "platform": "Linux",
            "versions": {"workbench": "0.1.0", "numpy": "2.0"},
        }
        about = {"title": title, "version": "1.0.0", "run": run}
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=cells, metadata={"workbench": about}), path)
        return path

    return make


def _call(function, options=None, found=None, **more):
    return (
        {"function": function, "options": options or {}, "calls": 1, "cells": [2]}
        | ({"found": found} if found else {})
        | more
    )


METRICS = {
    "auc": [0.9137, 0.871, 0.952],
    "recall": [0.8801, 0.79, 0.94],
    "specificity": [0.9102, 0.85, 0.96],
    "brier": [0.1, None, None],
}
JUDGED = {"cases": 240, "patients": 80, "grouped": True, "metrics": METRICS, "one_class": True, "share": 0.4}
CALLS = [
    _call("cohorts.read", found=[{"cases": 240, "patients": 80, "labels": [140, 100]}], withheld=["source"]),
    _call("samples.load", {"name": "head_ct"}),
    _call("processing.median", {"size": 5}),
    _call("processing.median", {"size": 7}),
    _call("processing.gaussian", {"sigma": 1.5, "spacing": [1, 1]}),
    _call("processing.convolve", withheld=["kernel"]),
    _call("segmentation.otsu", defaults={"bins": 256}),
    _call("segmentation.opening", {"radius": 2.0, "element": "ball"}),
    _call("features.extract", {"families": "all", "aggregation": "3d_merged"}),
    _call("recognition.models", {"inner": 3}, [{"models": ["logistic", "forest"]}]),
    _call(
        "recognition.cross_validate",
        {"outer": 5},
        [
            {
                "models": ["logistic", "forest"],
                "cases": 240,
                "patients": 80,
                "grouped": True,
                "folds": 5,
                "repeats": 1,
            }
        ],
    ),
    _call(
        "cohorts.Cohort.split",
        {"test": 0.2},
        [{"split": {"train": 180, "test": 60}, "split_patients": {"train": 60, "test": 20}}],
    ),
    _call("cnn.classifier", {"width": 8, "shape": [32, 32]}, [{"weights": 19036}]),
    _call("cnn.Augmentation", {"flip": [0, 1], "rotation": 15}, defaults={"noise": 0.05, "bias": 0.0}),
    _call(
        "cnn.fit",
        {"epochs": 12, "batch_size": 16, "learning_rate": 0.005},
        [{"epochs": 12, "best_epoch": 9, "validated": True, "of_pixels": False}],
    ),
    _call("cnn.grad_cam", {"layer": 3}),
    _call("evaluation.evaluate", {"resamples": 500}, [JUDGED], defaults={"level": 0.95}),
    _call("evaluation.compare_predictions", {"resamples": 500}, defaults={"level": 0.95}),
    _call("evaluation.roc_curve", {"resamples": 500}),
]
REFERENCES = {
    "processing.median": ["Huang T. A median filter. IEEE 27 (1979) 13-18."],
    "segmentation.otsu": ["Otsu N. A threshold. IEEE 9 (1979) 62-66."],
    "recognition.models": [
        "Pedregosa F. Scikit-learn. JMLR 12 (2011).",
        "Breiman L. Random forests (2001).",
        "Cover T (1967).",
    ],
    "recognition.cross_validate": ["Stone M. Cross-validation (1974)."],
    "cnn.fit": ["Kingma DP, Ba J. Adam (2015)."],
}


@pytest.fixture
def traced():
    """The record of a run that did a little of everything, as a dict made anew at each call."""

    def make():
        functions = {
            call["function"]: {"summary": "Do something.", "references": REFERENCES.get(call["function"], [])}
            for call in CALLS
        }
        run = {
            "digest": "d" * 64,
            "parameters": {"positive": "ill", "case": "c1", "cohort": "study", "seed": 7},
            "seed": 7,
            "data": "0123456789abcdef",
            "source": "s" * 16,
            "revision": "a" * 40,
            "threads": 2,
            "started": "2026-01-01T00:00:00+00:00",
            "python": "3.11.7",
            "versions": {"workbench": "0.1.0", "numpy": "2.0", "keras": "3.0"},
            "methods": {"calls": CALLS, "functions": functions},
        }
        results = {"auc": 0.9137, "rounds": 3}
        outputs = [
            {"output_type": "display_data", "data": {"text/plain": "auc 0.914"}, "metadata": {RESULTS: results}}
        ]
        figure = {
            "output_type": "execute_result",
            "data": {"image/png": "iVBORw0KGgo=", "text/plain": "A <red> pixel."},
            "metadata": {},
        }
        cells = [
            ("size: int = 3", ["parameters"], []),
            ("work()", [], [figure]),
            ("record()", ["results"], outputs),
        ]
        return json.loads(
            json.dumps(
                {
                    "cells": [
                        {"cell_type": "code", "source": text, "metadata": {"tags": tags} | DONE, "outputs": out}
                        for text, tags, out in cells
                    ],
                    "metadata": {"workbench": {"title": "A study", "run": run}},
                }
            )
        )

    return make


@pytest.fixture
def make_study_notebook(tmp_path):
    """A notebook on a study of the user's own."""

    def make(study, *sources):
        first = new_code_cell(f'cohort: str = "{study}"', metadata={"tags": ["parameters"]})
        notebook = new_notebook(cells=[first, *map(new_code_cell, sources)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = tmp_path / "work.ipynb"
        nbformat.write(notebook, path)
        return path

    return make


@pytest.fixture
def opening(tmp_path):
    """The first cell of a started study: two images of each of eight patients, and copies or further ones."""

    def make(*, copies=(), more=(), patient=None):
        for number, name in enumerate([*(f"IM-{n}{n}-{i}" for n in range(8) for i in (1, 2)), *more, *copies]):
            path = tmp_path / "images" / ("ill" if name[-3] in "0123" else "well") / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.random.default_rng(0 if name in copies else number).integers(0, 255, (24, 24))
            write(Image(pixels.astype(np.uint8)), path)
        started = start(tmp_path / "study", tmp_path / "images", positive="ill", patient=patient)
        return {"cell_type": "markdown", "source": opening_of(started), "metadata": {"tags": [OPENING]}}

    return make
