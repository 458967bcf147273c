"""A methods paragraph written from the record of a run, each sentence with its sources."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from html import escape
from typing import Any

from workbench.experiments.chapters import source

from .applied import applied
from .concluded import evaluation, outcomes, software, thresholds
from .opened import data, splits
from .record import Record
from .remaining import beginnings
from .trained import models
from .writing import Sentence, numbered

BEFORE = (
    "simulation",
    "geometry",
    "intensities",
    "filtering",
    "responses",
    "registration",
    "synthesis",
    "quality",
)
REGIONS = ("segmentation", "masks", "overlap", "readers", "features")
PARAGRAPHS = {
    "data": "Data",
    "images": "Image processing",
    "regions": "Segmentation and features",
    "partitions": "Partitions",
    "models": "Models",
    "evaluation": "Evaluation",
    "software": "Software",
}
STORED = "This notebook is a stored one: it was cleaned of the record of its run, so no methods can be written."
UNTRACED = (
    "The run was recorded without its calls (by an earlier version, or it was stopped in its first cell), so the "
    "methods that it applied are not known to the record."
)


@dataclass(frozen=True)
class Methods:
    """A methods section.

    Parameters
    ----------
    sentences : tuple of Sentence
        In order; topics are the keys of `PARAGRAPHS`.
    references : tuple of str
        The first has number 1.
    note : str
        What the reader must know about it; empty where there is nothing to say.
    """

    sentences: tuple[Sentence, ...]
    references: tuple[str, ...]
    note: str = ""

    @property
    def text(self) -> str:
        """Plain text, to be copied into a paper."""
        paragraphs = [
            f"{title}. {' '.join(one.text for one in self.sentences if one.topic == topic)}"
            for topic, title in PARAGRAPHS.items()
            if any(one.topic == topic for one in self.sentences)
        ]
        references = [f"{number}. {text}" for number, text in enumerate(self.references, start=1)]
        return "\n\n".join([*paragraphs, "\n".join(references)]).strip()

    @property
    def html(self) -> str:
        """The same as HTML; each sentence shows its sources when pointed at."""
        parts = []
        for topic, title in PARAGRAPHS.items():
            spans = [
                f'<span title="{escape("; ".join(one.sources))}">{escape(one.text)}</span>'
                for one in self.sentences
                if one.topic == topic
            ]
            if spans:
                parts.append(f"<p><strong>{title}.</strong> {' '.join(spans)}</p>")
        if self.references:
            items = "".join(f"<li>{escape(text)}</li>" for text in self.references)
            parts.append(f'<h3>References of Methods</h3>\n<ol class="references">{items}</ol>')
        return "\n".join(parts)


def methods(notebook: dict[str, Any]) -> Methods:
    """Write the methods section of a run.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    methods.Methods
        Without sentences where the notebook holds no record of a run.
    """
    record = Record(notebook)
    if not record.run:
        return Methods((), (), STORED)
    written = {
        "data": [*beginnings(notebook), *data(record)],
        "images": applied(record, BEFORE),
        "regions": applied(record, REGIONS),
        "partitions": splits(record),
        "models": [*models(record), *applied(record, ("training", "networks", "models"))],
        "evaluation": [
            *evaluation(record),
            *thresholds(record),
            *outcomes(record),
            *applied(record, ("metrics", "further")),
        ],
        "software": software(record),
    }
    sentences, references = numbered(
        Sentence(one.text, one.sources, topic) for topic, ones in written.items() for one in _once(ones)
    )
    return Methods(sentences, references, _note(record))


def _once(sentences: list[Sentence]) -> list[Sentence]:
    sources: dict[str, tuple[str, ...]] = {}
    for one in sentences:
        sources[one.text] = tuple(dict.fromkeys((*sources.get(one.text, ()), *one.sources)))
    return [Sentence(text, places) for text, places in sources.items()]


def _note(record: Record) -> str:
    if not record.traced:
        return UNTRACED
    others = _libraries(record.notebook)
    named = f" It also called {', '.join(others)} directly." if others else ""
    return (
        "Written from the record of the run: the functions of the workbench that the notebook called, outside "
        f"exercises. What it computed by itself, with NumPy or pandas, is not described.{named} The author must "
        "add that, and where the data come from."
    )


def _libraries(notebook: dict[str, Any]) -> list[str]:
    known = {"numpy", "pandas", "matplotlib", "workbench", "IPython", "ipywidgets"}
    found = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            try:
                lines = list(ast.walk(ast.parse(source(cell))))
            except SyntaxError:
                continue
            found |= {
                alias.name.split(".")[0] for line in lines if isinstance(line, ast.Import) for alias in line.names
            }
            found |= {
                line.module.split(".")[0] for line in lines if isinstance(line, ast.ImportFrom) and line.module
            }
    return sorted(found - known - set(sys.stdlib_module_names))
