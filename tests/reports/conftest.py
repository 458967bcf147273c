import base64
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.experiments.recording import RESULTS
from workbench.experiments.status import REPLY

PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
    )
).decode()
DONE = {"execution": {REPLY: "2026-01-01T00:00:00"}}


@pytest.fixture
def make_run(tmp_path):
    """A notebook as a run leaves it, written here cell by cell."""

    def make(name: str = "chapter", *, error: bool = False) -> Path:
        table = "<table class='dataframe'><tr><td>1</td></tr></table>"
        cells = [
            new_markdown_cell("# 1 A chapter\n\nSome $x^2$."),
            new_code_cell("size: int = 3  # odd", metadata={"tags": ["parameters"]} | DONE),
            new_code_cell("size = 7", metadata={"tags": ["injected-parameters"]} | DONE),
            new_code_cell(
                "picture(1 < 2)",
                metadata=DONE,
                outputs=[
                    new_output(
                        "execute_result",
                        {
                            "image/png": PIXEL,
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
            new_code_cell("answer = 42", metadata={"tags": ["solution"]} | DONE),
        ]
        if error:
            cells.append(
                new_code_cell(
                    "1 / 0",
                    outputs=[new_output("error", ename="ZeroDivisionError", evalue="by <zero>", traceback=[])],
                )
            )
        results = new_output("display_data", {"text/plain": "dice  0.988"}, metadata={RESULTS: {"dice": 0.98765}})
        cells.append(new_code_cell("record()", metadata={} if error else DONE, outputs=[] if error else [results]))
        run = {
            "parameters": {"size": 7},
            "started": "2026-01-01T00:00:00+00:00",
            "seconds": 1.5,
            "python": "3.11.7",
            "platform": "Linux",
            "versions": {"workbench": "0.1.0", "numpy": "2.0"},
        }
        about = {"title": "1 A chapter", "version": "1.0.0", "run": run}
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=cells, metadata={"workbench": about}), path)
        return path

    return make
