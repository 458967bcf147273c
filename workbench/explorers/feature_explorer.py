"""Features: a table as points in a plane, each with its image."""

from __future__ import annotations

from abc import ABCMeta
from typing import Any

import ipywidgets
import matplotlib
import numpy as np
import pandas as pd
import traitlets
from ipywidgets import Layout
from numpy.typing import NDArray
from PIL import Image as Picture

from workbench.checks import one_of
from workbench.cohorts import Cohort
from workbench.images import Image
from workbench.plots import COLORS, STYLE, figure

from . import controls
from .canvas import Canvas
from .cases import Shown, change_to
from .components import principal_components
from .computing import Computing
from .encoding import figure_png
from .scatter import Scatter
from .sheet import Sheet, draw_sheet

MOST_GROUPS = 12
MOST_SHOWN = 12
DRAWN = 9
MARKERS = "o^sDvP"


class _Kind(ABCMeta, traitlets.MetaHasTraits):
    """An explorer's kind, and that of what has traits."""


class FeatureExplorer(Computing, traitlets.HasTraits, metaclass=_Kind):
    """Cases as points over two features, coloured by a column, with the image of the one that is pointed at.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per case or region.
    cohort : Cohort, optional
        Reads the images.
    label : str, optional
        The column that gives the colours first.
    x, y : str, optional
        Features or components that come first.

    Attributes
    ----------
    selected : list
        The cases that were caught, a trait that can be observed.
    scatter : Scatter
        The points.
    canvas : Canvas
        The image.
    """

    selected: traitlets.List = traitlets.List()

    def __init__(
        self,
        table: pd.DataFrame,
        cohort: Cohort | None = None,
        *,
        label: str = "label",
        x: str | None = None,
        y: str | None = None,
        live: bool | None = None,
    ) -> None:
        if not isinstance(table, pd.DataFrame) or not len(table):
            raise ValueError(
                f"expected a table with at least one row, received {type(table).__name__} of {len(table)}"
            )
        self.cohort, self._cases = cohort, None if cohort is None else Shown(cohort)
        level = "case" if "case" in table.index.names else table.index.names[0]
        self.cases: list[Any] = table.index.get_level_values(str(level) if level else 0).tolist()
        self.names = [" ".join(map(str, np.atleast_1d(name))) for name in table.index.tolist()]
        self.groupings = _groupings(table, cohort, self.cases)
        numbers = table.select_dtypes("number").drop(columns=list(self.groupings), errors="ignore")
        numbers = numbers.loc[:, numbers.notna().any(axis=0)]
        if not numbers.shape[1]:
            raise ValueError(
                f"expected a table with columns of numbers, received {', '.join(map(str, table.columns))}"
            )
        self.components = principal_components(numbers)
        self.values = pd.concat([numbers.rename(columns=str), self.components.scores], axis=1).astype(float)
        known = [str(name) for name in self.values]
        first = ["component 1", "component 2"] if "component 2" in self.values else known[:2] * 2
        self._first = [one_of(one or first[at], known, name="xy"[at]) for at, one in enumerate((x, y))]
        self._last = Image(np.zeros((8, 8)))
        self._label = label if label in self.groupings else next(iter(self.groupings))
        self.rows: NDArray[np.intp] = np.arange(len(table))
        super().__init__(live=live)

    def build(self) -> ipywidgets.Widget:
        """Make the scatter, the canvas and the sheet of selected cases."""
        self.message, self.missing, self.said = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        named = [(self._titled(name), name) for name in map(str, self.values)]
        self.x, self.y = (
            controls.choice(axis, named, first) for axis, first in zip("xy", self._first, strict=True)
        )
        for choice in (self.x, self.y):
            choice.layout = Layout(width="320px", max_width="100%")
        self.label = controls.choice("colour", self.groupings, self._label)
        self.scatter = Scatter(None if self._cases is None else self._pictured)
        self.canvas = Canvas(self._last, height=300, controls=controls.OVERLAY)
        self.sheet = Sheet(label="selected cases", size=72)
        for choice in (self.x, self.y, self.label):
            choice.observe(lambda _: self._draw(), "value")
        self.scatter.observe(self._hover, "hovered")
        self.scatter.observe(self._select, "selected")
        self.sheet.observe(self._choose, "chosen")
        self._draw()
        right = ipywidgets.VBox([self.canvas], layout=Layout(flex="1 1 260px", min_width="220px"))
        left = ipywidgets.VBox([self.scatter], layout=Layout(flex="2 1 420px", min_width="260px"))
        both = [left] if self.cohort is None else [left, right]
        if self.cohort is not None:
            self._show(int(self.rows[0]) if len(self.rows) else 0)
        return ipywidgets.VBox([
            controls.row(self.x, self.y, self.label), self.missing, self.message,
            ipywidgets.HBox(both, layout=Layout(flex_flow="row wrap", grid_gap="8px 12px")), self.said, self.sheet,
        ])  # fmt: skip

    def still(self) -> bytes:
        """Draw the points, and images of the selected ones, or of some along the horizontal axis."""
        picked = self._picked()
        ratios = (5, 3.4) if picked else (1,)
        made, grid = figure(1, len(ratios), size=(8.5, 3.8), alt=self.alt, squeeze=False, width_ratios=ratios)
        axes = grid[0, 0]
        x, y = (self.values[choice.value].to_numpy() for choice in (self.x, self.y))
        groups, names = self.groupings[self.label.value]
        chosen = np.isin(np.arange(len(x)), [int(self.rows[at]) for at in self.scatter.selected])
        with matplotlib.rc_context(STYLE):
            for group, name in enumerate(names):
                of = groups == group
                look = {"color": COLORS[group % len(COLORS)], "marker": MARKERS[group % len(MARKERS)]}
                for some, alpha in ((of & ~chosen, 0.25 if chosen.any() else 0.6), (of & chosen, 0.9)):
                    axes.scatter(x[some], y[some], 14, alpha=alpha, linewidths=0, **look)
                axes.scatter([], [], 20, label=f"{name} ({of.sum()})", **look)
            axes.set(xlabel=self._titled(self.x.value), ylabel=self._titled(self.y.value))
            axes.set_title(f"{chosen.sum()} of {len(x)} cases selected" if chosen.any() else f"{len(x)} cases")
            axes.legend(loc="best", fontsize=8)
            for number, at in enumerate(picked, start=1):
                axes.annotate(
                    str(number), (x[at], y[at]), (3, 3), textcoords="offset points", fontsize=8, weight="bold"
                )
            if picked and self._cases is not None:
                grid[0, 1].axis("off")
                cases = [self.cases[at] for at in picked]
                draw_sheet(
                    grid[0, 1], self._cases.pictures(cases), list(map(str, cases)), columns=3, numbered=True
                )
        return figure_png(made)

    @property
    def alt(self) -> str:
        """What is to be seen, in one sentence."""
        return (
            f"{len(self.rows)} cases as points, {self._titled(self.y.value)} against "
            f"{self._titled(self.x.value)}, coloured by {self.label.value}."
        )

    def _titled(self, name: str) -> str:
        if name not in self.components.scores:
            return name
        share = self.components.shares[list(self.components.scores).index(name)]
        return f"{name} ({100 * share:.0f} % of variance)"

    def _draw(self) -> None:
        x, y = (self.values[choice.value].to_numpy() for choice in (self.x, self.y))
        before = {int(self.rows[at]) for at in self.scatter.selected}
        self.rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        groups, names = self.groupings[self.label.value]
        self.scatter.show(
            x[self.rows], y[self.rows], groups=groups[self.rows], group_names=names,
            names=[self.names[at] for at in self.rows], hovered=-1,
            selected=[number for number, at in enumerate(self.rows) if int(at) in before],
            across=self._titled(self.x.value), up=self._titled(self.y.value),
        )  # fmt: skip
        left = len(x) - len(self.rows)
        self.missing.value = (
            f"<em>{left} of {len(x)} cases are not drawn: one of the two features is not known of them.</em>"
            if left
            else ""
        )

    def _pictured(self, point: int) -> Picture.Image:
        assert self._cases is not None  # noqa: S101 (tells the type checker)
        return self._cases.picture(self.cases[int(self.rows[point])])

    def _hover(self, change: Any) -> None:
        if self.cohort is not None and 0 <= change["new"] < len(self.rows):
            self._show(int(self.rows[change["new"]]))

    def _select(self, change: Any) -> None:
        rows = [int(self.rows[at]) for at in change["new"] if 0 <= at < len(self.rows)]
        self.selected = list(dict.fromkeys(self.cases[row] for row in rows))
        count = f"{len(self.selected)} case{'s' * (len(self.selected) != 1)}"
        self.said.value = f"{count} selected; <code>.selected</code> lists them" if rows else ""
        if self.cohort is not None:
            self.soon(self._fill)

    def _fill(self) -> None:
        shown = self.selected[:MOST_SHOWN]
        assert self._cases is not None  # noqa: S101 (tells the type checker)
        self.sheet.show(self._cases.pictures(shown), [str(case) for case in shown])

    def _choose(self, change: Any) -> None:
        if 0 <= change["new"] < len(self.selected):
            self._show(self.cases.index(self.selected[change["new"]]))

    def _show(self, row: int) -> None:
        case = self.cases[row]
        assert self._cases is not None  # noqa: S101 (tells the type checker)
        with self.in_words("image"):
            image, mask = self._cases.read(case)
            change_to(self.canvas, self._last, image)
            self._last = image
            if mask is not None or self.canvas.mask is not None:
                self.canvas.set_mask(mask)

    def _picked(self) -> list[int]:
        if self.cohort is None:
            return []
        if self.scatter.selected:
            return [int(self.rows[at]) for at in self.scatter.selected[:DRAWN]]
        order = self.rows[np.argsort(self.values[self.x.value].to_numpy()[self.rows], kind="stable")]
        spread = np.linspace(0, len(order) - 1, min(DRAWN, len(order))).round().astype(int)
        return [int(order[at]) for at in spread]


def features(
    table: pd.DataFrame,
    cohort: Cohort | None = None,
    *,
    label: str = "label",
    x: str | None = None,
    y: str | None = None,
) -> FeatureExplorer:
    """Look at a table of features: any two of them, or principal components, and the image behind each point.

    Point at a case to see its image; drag around cases to select them, with Shift to add; a name in the legend
    selects its cases. Keys: arrows move from point to point, Enter selects, Escape clears.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per case or region, indexed by case (and region); columns of numbers are features.
    cohort : Cohort, optional
        Reads the images, and gives labels where the table has none.
    label : str, optional
        The column that gives the colours.
    x, y : str, optional
        Features, or ``"component 1"`` and so on; the first two components where not given.

    Returns
    -------
    FeatureExplorer
        Shows itself; without a browser as a still. Its trait `selected` lists the cases that were selected.

    Raises
    ------
    ValueError
        If there is no row or no feature, or `x` or `y` is none of them.

    Examples
    --------
    >>> table = pd.DataFrame({"area": [1.0, 2.0], "label": ["ill", "well"]}, index=["a", "b"])
    >>> explorer = features(table, x="area", y="area")
    >>> explorer.scatter.selected = [1]
    >>> explorer.selected
    ['b']
    """
    return FeatureExplorer(table, cohort, label=label, x=x, y=y)


def _groupings(
    table: pd.DataFrame, cohort: Cohort | None, cases: list[Any]
) -> dict[str, tuple[NDArray[np.uint8], list[str]]]:
    """Columns that give colours: texts of few values, of the table or of the cohort."""
    columns: dict[str, Any] = {
        str(name): table[name].to_numpy()
        for name in table
        if name in {"label", "split"} or not pd.api.types.is_numeric_dtype(table[name])
    }
    if cohort is not None:
        for name in ("label", "split"):
            if name in cohort.table and name not in columns:
                columns[name] = cohort.table[name].reindex(cases).to_numpy()
    made = {}
    for name, values in columns.items():
        codes, uniques = pd.factorize(pd.Series(values, dtype=object).fillna("not known").astype(str), sort=True)
        if name != "patient" and len(uniques) <= MOST_GROUPS:
            made[name] = codes.astype(np.uint8), [str(one) for one in uniques]
    return made or {"nothing": (np.zeros(len(cases), np.uint8), ["all"])}
