"""A notebook as a section of a report: headings, prose, figures, tables and, where asked, code."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from workbench.experiments import failure, status
from workbench.experiments.places import standing
from workbench.experiments.status import under_way

from .content import facts
from .content.checklists import Checklist, checklists
from .content.completeness import Gap, gaps, remarks
from .content.methods import Methods, methods
from .content.results import Result
from .content.results import results as recorded_results
from .content.summary import Summary, summary
from .outline import Heading, plain


@dataclass(frozen=True)
class Block:
    """A piece of a section.

    Parameters
    ----------
    kind : str
        ``"heading"``, ``"prose"``, ``"code"``, ``"parameters"`` or a kind of output.
    html : str
        Its content; of code, the code.
    caption : str, optional
        Of a figure, in plain text.
    number : str, optional
        Of a figure.
    heading : Heading, optional
        Of a heading.
    folded : bool, optional
        Whether it belongs to the solution of an exercise.
    """

    kind: str
    html: str
    caption: str = ""
    number: str = ""
    heading: Heading | None = None
    folded: bool = False

    @property
    def colored(self) -> str:
        """Of code, with the colours of the page's style sheet."""
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        return highlight(self.html, PythonLexer(), HtmlFormatter())

    @cached_property
    def digest(self) -> str:
        """Equal for blocks that say the same."""
        return hashlib.sha256(f"{self.kind} {self.html}".encode()).hexdigest()


@dataclass(frozen=True)
class Section:
    """A notebook, ready for a page.

    Parameters
    ----------
    title, anchor : str
        Plain text, and its address.
    notebook : dict
        Content of the notebook, from which the rest is told.
    blocks : list of Block
        In reading order.
    folder : Path, optional
        Where the notebook lies.
    leak : str, optional
        What in it tells who the patients are.
    repeats : bool, optional
        Whether blocks that an earlier section holds were left out.
    again : bool, optional
        Whether an earlier section is a run of the same notebook.
    label : str, optional
        Its title beside other sections.
    """

    title: str
    anchor: str
    notebook: dict[str, Any]
    blocks: list[Block]
    folder: Path = Path()
    leak: str = ""
    repeats: bool = False
    again: bool = False
    label: str = ""

    def groups(self, *, code: bool) -> list[tuple[bool, list[Block]]]:
        """Group the blocks that are shown.

        Parameters
        ----------
        code : bool
            Whether code is.

        Returns
        -------
        list of tuple of bool and list of Block
            Neighbours that are folded, or not.
        """
        blocks = [block for block in self.blocks if code or block.kind != "code"]
        return [(folded, list(group)) for folded, group in groupby(blocks, key=attrgetter("folded"))]

    @property
    def about(self) -> dict[str, Any]:
        """What the notebook's metadata says of it."""
        return self.notebook.get("metadata", {}).get("workbench", {})

    @cached_property
    def status(self) -> str:
        """As of the record, or that it leaks, or is still running."""
        return "leaking" if self.leak else standing(status(self.notebook), self.folder)

    @property
    def wrong(self) -> bool:
        """Whether it is no whole record that may be passed on."""
        return self.status in {"failed", "interrupted", "leaking", "running"}

    @property
    def failure(self) -> str:
        """Why it is not complete."""
        if self.status == "running":
            return f"still running: {under_way(self.notebook) or 'it has just begun'}"
        return self.leak or failure(self.notebook)

    @cached_property
    def settings(self) -> list[facts.Setting]:
        """Its parameters."""
        return facts.settings(self.notebook)

    @cached_property
    def results(self) -> dict[str, Result]:
        """What it recorded."""
        return recorded_results(self.notebook)

    @property
    def environment(self) -> list[tuple[str, str]]:
        """Where, when and with what it was made."""
        return facts.environment(self.notebook)

    @property
    def of(self) -> str:
        """Which run it is of: study, day and hour, digest."""
        return facts.identity(self.notebook)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What the record lacks, beside what stopped it."""
        return () if self.wrong else gaps(self.notebook)

    @cached_property
    def remarks(self) -> tuple[Gap, ...]:
        """What else a reader may want to know of the record."""
        return remarks(self.notebook) if self.environment else ()

    @cached_property
    def methods(self) -> Methods | None:
        """The methods paragraph of a run."""
        return methods(self.notebook) if self.environment else None

    @cached_property
    def checklists(self) -> tuple[Checklist, ...]:
        """The reporting checklists of a run, once for all runs of a notebook."""
        if not self.environment or self.again:
            return ()
        return checklists(self.notebook, self.places, anchor=self.anchor)

    @property
    def places(self) -> dict[str, str]:
        """Its headings, in plain text, and their addresses."""
        found = {"Methods": f"{self.anchor}-methods"}
        for block in self.blocks:
            if block.heading:
                found.setdefault(plain(block.heading.text), block.heading.anchor)
        return found

    @cached_property
    def summary(self) -> Summary:
        """The page in plain words."""
        return summary(self.notebook)

    def without(self, known: Collection[str], *, again: bool) -> Section:
        """Leave out what was said before, and headings that then head nothing.

        Parameters
        ----------
        known : collection of str
            Digests of blocks.
        again : bool
            Whether an earlier section is a run of the same notebook.

        Returns
        -------
        Section
            Parameters, results and errors are always kept.
        """
        always = ("heading", "parameters", "results", "error")
        kept = [block for block in self.blocks if block.kind in always or block.digest not in known]
        headed: list[Block] = []
        level = 0  # of the nearest heading below which something stands
        for block in reversed(kept):
            if block.heading is None:
                headed.append(block)
                level = 7
            elif block.heading.level < level:
                headed.append(block)
                level = block.heading.level
        return replace(self, blocks=headed[::-1], repeats=len(headed) < len(self.blocks), again=again)
