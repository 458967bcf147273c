"""Audit: what is wrong with a study, and the cases that it is wrong with."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets
import matplotlib
import numpy as np
import pandas as pd
from PIL import Image as Picture

from workbench.cohorts import Cohort, CohortError, listed
from workbench.images import Image
from workbench.plots import STYLE, blank, figure

from . import controls
from .canvas import Canvas
from .cases import Shown
from .computing import Computing
from .encoding import figure_png
from .sheet import COLUMNS_DRAWN, Sheet, draw_sheet, tile

PAGE = 24
ALL = -1
BURNED_IN = "burned-in annotation"
#: Their details quote paths or patients, which may be names.
QUOTING = {
    "patient in two splits",
    "unreadable file",
    "reading problem",
    "mask of other geometry",
    "malformed boxes",
}
COLUMNS = ("severity", "kind", "cases", "detail")
MOST_LISTED = 12


class Auditor(Computing):
    """A study's cases in small, the findings of its audit, and the case that was chosen.

    Parameters
    ----------
    cohort : Cohort
        The study.
    findings : pandas.DataFrame, optional
        As `Cohort.audit` returns them; made where not given.

    Attributes
    ----------
    findings : pandas.DataFrame
        One row per finding.
    finding : ipywidgets.Select
        Which of them is looked at; -1 for all cases.
    sheet : Sheet
        The cases of that finding in small, a page of them.
    canvas : Canvas
        The chosen case.
    """

    def __init__(self, cohort: Cohort, findings: pd.DataFrame | None = None, *, live: bool | None = None) -> None:
        if not len(cohort):
            raise CohortError("expected a cohort with at least one case, received an empty one")
        self.cohort, self._cases = cohort, Shown(cohort)
        self.findings = cohort.audit() if findings is None else findings
        missing = [name for name in COLUMNS if name not in self.findings]
        if missing:
            raise ValueError(f"findings must have the columns {', '.join(COLUMNS)}, missing: {', '.join(missing)}")
        kinds = self.findings["kind"] == BURNED_IN
        self.veiled = {case for cases in self.findings.loc[kinds, "cases"] for case in cases}
        super().__init__(live=live)

    def build(self) -> ipywidgets.Widget:
        """Make the list of findings, the sheet and the canvas."""
        self.message, self.told, self.facts = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        options = [("all cases", ALL)] + [
            (f"{row.severity}: {row.kind} ({_count(row.cases)})", number)
            for number, row in enumerate(self.findings.itertuples())
        ]
        self.finding = ipywidgets.Select(
            options=options, value=ALL, rows=min(len(options), 9), description="findings",
            style=controls.DESCRIBED, layout=ipywidgets.Layout(width="100%", max_width="520px"),
        )  # fmt: skip
        self.unveil = controls.switch("show cases with burned-in text", False)
        self.page, self.pages = 0, ipywidgets.Label()
        self.sheet = Sheet(label="cases")
        self.canvas = Canvas(Image(np.zeros((8, 8))), height=380, controls=controls.OVERLAY)
        self.finding.observe(lambda _: self._turn(0), "value")
        self.unveil.observe(lambda _: self._turn(self.page), "value")
        self.sheet.observe(self._choose, "chosen")
        self.turning = controls.row(self._button("previous", -1), self.pages, self._button("next", 1))
        self._turn(0)
        left = ipywidgets.VBox(
            [self.turning, self.sheet], layout=ipywidgets.Layout(flex="1 1 380px", min_width="260px")
        )
        right = ipywidgets.VBox(
            [self.canvas, self.facts], layout=ipywidgets.Layout(flex="1 1 340px", min_width="260px")
        )
        both = ipywidgets.HBox([left, right], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="8px 12px"))
        veil = [self.unveil] if self.veiled else []
        return ipywidgets.VBox(
            [ipywidgets.HTML(self._summary()), self.finding, self.told, *veil, self.message, both]
        )

    @property
    def cases(self) -> list[Any]:
        """The cases of the finding that is looked at."""
        if self.finding.value == ALL:
            return list(self.cohort)
        known = set(self.cohort)
        return [case for case in self.findings["cases"].iloc[self.finding.value] if case in known]

    @property
    def shown(self) -> list[Any]:
        """The cases on this page."""
        return self.cases[self.page * PAGE : (self.page + 1) * PAGE]

    @property
    def case(self) -> Any:
        """The chosen case, or None."""
        return self.shown[self.sheet.chosen] if 0 <= self.sheet.chosen < len(self.shown) else None

    def choose(self, case: Any) -> None:
        """Look at a case of the finding.

        Parameters
        ----------
        case
            Its name.

        Raises
        ------
        CohortError
            If it is not among them.
        """
        if case not in self.cases:
            raise CohortError(
                f"no case {case!r} in this finding; there are {listed([str(one) for one in self.cases])}"
            )
        at = self.cases.index(case)
        if at // PAGE != self.page:
            self._turn(at // PAGE)
        self.sheet.chosen = at % PAGE

    def still(self) -> bytes:
        """Draw the cases in small beside the findings; burned-in text is never drawn."""
        shown = self.shown[:18]
        rows = -(-max(len(shown), 1) // COLUMNS_DRAWN)
        made, grid = figure(1, 2, size=(8.5, max(0.4 + rows * 1.02, 2.0)), alt=self.alt, width_ratios=(3, 2))
        for axes in grid:
            blank(axes)
        with matplotlib.rc_context(STYLE):
            pictures = [self._picture(case, veil=True) for case in shown]
            draw_sheet(grid[0], pictures, [str(case) for case in shown], marks=self._marks(shown))
            grid[0].set_title(f"{len(shown)} of {len(self.cohort)} cases")
            grid[1].set_title(self._count_findings())
            for number, row in enumerate(self.findings.head(MOST_LISTED).itertuples()):
                color = "#b3261e" if row.severity == "error" else "#8a5300"
                grid[1].text(
                    0, 0.98 - number * 0.16 * 2 / made.get_figheight(), f"{row.kind} ({_count(row.cases)})",
                    transform=grid[1].transAxes, va="top", fontsize=8.5, color=color,
                )  # fmt: skip
        return figure_png(made)

    @property
    def alt(self) -> str:
        """What is to be seen, in one sentence."""
        return f"{len(self.cohort)} cases of a study in small; its audit: {self._count_findings()}."

    def _count_findings(self) -> str:
        counts = self.findings["severity"].value_counts()
        errors, warnings = (int(counts.get(name, 0)) for name in ("error", "warning"))
        if not errors + warnings:
            return "nothing found"
        return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"

    def _summary(self) -> str:
        table = self.cohort.table
        patients = f" of {table['patient'].nunique()} patients" if "patient" in table else ""
        return f"<b>{len(table)} cases{patients}: {self._count_findings()}</b>"

    def _turn(self, page: int) -> None:
        self.page, last = page, self._pages()
        self.pages.value = f"page {page + 1} of {last}"
        self.turning.layout.display = None if last > 1 else "none"
        shown = self.shown
        self.sheet.show([self._picture(case) for case in shown], [self._caption(case) for case in shown],
                        marks=self._marks(shown))  # fmt: skip
        self.told.value = "" if self.finding.value == ALL else self._detail(self.finding.value)
        if shown:
            self.sheet.chosen = 0

    def _pages(self) -> int:
        return max(-(-len(self.cases) // PAGE), 1)

    def _button(self, label: str, by: int) -> ipywidgets.Button:
        return controls.button(label, lambda: self._turn((self.page + by) % self._pages()))

    def _choose(self, _: Any) -> None:
        case = self.case
        if case is None:
            return
        image, mask = Image(np.zeros((8, 8)), name=str(case)), None
        with self.in_words(str(case)):
            if case in self.veiled and not self.unveil.value:
                raise CohortError("it may show a patient's name in its pixels; tick the box above to see it")
            image, mask = self._cases.read(case)
        self.canvas.change(image)
        if mask is not None:
            self.canvas.set_mask(mask)
        if self.message.value:
            self.canvas.level = self.canvas.width = 1.0
        if image.ndim == 2:
            self.canvas.boxes = self._cases.boxes(case)
        self.facts.value = self._facts(case)

    def _picture(self, case: Any, *, veil: bool | None = None) -> Picture.Image:
        if case in self.veiled and (veil or not self.unveil.value):
            return tile("burned-in text")
        return self._cases.picture(case, boxes=True)

    def _caption(self, case: Any) -> str:
        row = self.cohort.table.loc[case]
        told = [str(row[name]) for name in ("label", "split") if name in row and pd.notna(row[name])]
        return "\n".join([str(case), ", ".join(told)]).strip()

    def _of(self, case: Any) -> pd.DataFrame:
        concerned = np.array([case in cases for cases in self.findings["cases"]], dtype=bool)
        return self.findings[concerned]

    def _marks(self, cases: list[Any]) -> list[str]:
        severities = [set(self._of(case)["severity"]) for case in cases]
        return ["error" if "error" in one else "warning" if one else "" for one in severities]

    def _detail(self, number: int) -> str:
        row = self.findings.iloc[number]
        if row["kind"] in QUOTING:
            return "<em>The table <code>findings</code> says more; it may name patients and files.</em>"
        return html.escape(str(row["detail"]))

    def _facts(self, case: Any) -> str:
        found = self._of(case)
        told = "; ".join(f"{row.severity}: {row.kind}" for row in found.itertuples()) or "nothing found"
        return f"<b>{html.escape(self._caption(case)).replace(chr(10), ' · ')}</b><br>{html.escape(told)}"


def audit(cohort: Cohort, findings: pd.DataFrame | None = None) -> Auditor:
    """Look through a study's cases and at what its audit finds.

    A finding chosen in the list leaves its cases in the sheet; a case chosen there is shown with its mask and
    boxes. Arrow keys move in both. Nothing of the table but case names, labels and splits is shown, and images
    whose tags tell of burned-in text stay covered until asked for.

    Parameters
    ----------
    cohort : Cohort
        The study; each image is read once for the audit, and once more when it is shown.
    findings : pandas.DataFrame, optional
        What `Cohort.audit` returned before.

    Returns
    -------
    Auditor
        Shows itself; without a browser as a still. Its `findings` is the table.

    Raises
    ------
    CohortError
        If the cohort is empty.
    ValueError
        If `findings` is another table.

    Examples
    --------
    >>> from workbench import cohorts
    >>> audit(cohorts.read("samples").select(["cell"])).alt
    '1 cases of a study in small; its audit: nothing found.'
    """
    return Auditor(cohort, findings)


def _count(cases: Any) -> str:
    return f"{len(cases)} case{'s' * (len(cases) != 1)}" if cases else "study"
