"""Classify: what a classifier said, its threshold, its calibration and its worst cases."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets
import matplotlib
import numpy as np
import pandas as pd
from ipywidgets import Layout
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike, NDArray

from workbench import evaluation, processing
from workbench.checks import one_of
from workbench.cohorts import Cohort
from workbench.evaluation import probability_column
from workbench.evaluation.cases import PREFIX
from workbench.images import Image
from workbench.plots import COLORS, STYLE, figure

from . import controls
from .canvas import Canvas
from .cases import Shown
from .computing import Computing
from .curves import curves
from .encoding import figure_png
from .sheet import Sheet, draw_sheet
from .threshold import Threshold

WORST = 12
DRAWN = 6
ORDERS = ("most wrong", "missed", "false alarms", "least sure")
PALE = LinearSegmentedColormap.from_list("pale", ["#ffffff", "#9ec9ea"])


class Classified(Computing):
    """The predictions of a classifier, judged at a threshold that moves.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Label and one column ``p_<class>`` each, indexed by case.
    cohort : Cohort, optional
        Reads the images.
    model : keras.Model, optional
        Says where it looked.
    positive : optional
        The class to be found first.
    prepare : callable, optional
        From an Image to what the model takes.

    Attributes
    ----------
    threshold : Threshold
        ROC curve, scores, confusion matrix and rates.
    order : ipywidgets.Dropdown
        Which cases are in the sheet.
    sheet : Sheet
        Those cases in small.
    canvas : Canvas
        The chosen one, where a model is given with its Grad-CAM.
    """

    def __init__(
        self,
        predictions: pd.DataFrame,
        cohort: Cohort | None = None,
        model: Any = None,
        *,
        positive: Any = None,
        prepare: Callable[[Image], ArrayLike] | None = None,
        live: bool | None = None,
    ) -> None:
        self.predictions = _checked(predictions)
        self.classes = [
            str(name).removeprefix(PREFIX) for name in self.predictions if str(name).startswith(PREFIX)
        ]
        self.labels = self.predictions["label"].astype(str)
        self._first = one_of(
            str(self.classes[-1] if positive is None else positive), self.classes, name="positive"
        )
        self.cohort, self._cases = cohort, None if cohort is None else Shown(cohort)
        self.model, self.prepare = getattr(model, "model", model), prepare
        self._heats: dict[tuple[Any, str], NDArray] = {}
        super().__init__(live=live)

    def build(self) -> ipywidgets.Widget:
        """Make the threshold, the calibration, the sheet and the canvas."""
        self.message, self.about, self.calibration = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.positive = controls.choice("class to be found", self.classes, self._first)
        self.order = controls.choice("cases", ORDERS)
        self.threshold, self.sheet = Threshold(), Sheet(label="cases", size=84)
        heat = {"mix": controls.moving("Grad-CAM", 0, 1, step=0.05, needs="other")}
        self.canvas = Canvas(Image(np.zeros((8, 8))), height=300, mix=0.4, controls=heat | controls.OVERLAY)
        self.positive.observe(lambda _: self._choose_class(), "value")
        self.order.observe(lambda _: self._list(), "value")
        self.threshold.observe(lambda _: self.soon(self._relist), "threshold")
        self.sheet.observe(lambda _: self._show(), "chosen")
        self._choose_class()
        parts: list[ipywidgets.Widget] = [self.threshold]
        several = [self.positive] if len(self.classes) > 2 else []
        head = controls.row(*several, self.about)
        if self.cohort is None:
            return ipywidgets.VBox([head, *parts, self.message, self.calibration])
        above = controls.row(self.order)
        left = ipywidgets.VBox([above, self.sheet], layout=Layout(flex="1 1 360px", min_width="240px"))
        right = ipywidgets.VBox([self.canvas], layout=Layout(flex="1 1 300px", min_width="220px"))
        both = ipywidgets.HBox([left, right], layout=Layout(flex_flow="row wrap", grid_gap="8px 12px"))
        return ipywidgets.VBox([head, *parts, self.message, both, self.calibration])

    @property
    def probability(self) -> pd.Series:
        """Of the class to be found, for each row of the predictions."""
        return self.predictions[probability_column(self.positive.value)]

    @property
    def shown(self) -> list[Any]:
        """The cases in the sheet, worst first."""
        said = self.probability.to_numpy()
        is_ill = (self.labels == self.positive.value).to_numpy()
        alarm = said >= self.threshold.threshold
        wrong = np.where(is_ill, 1 - said, said)
        worth = {
            "most wrong": (np.ones(len(said), bool), wrong),
            "missed": (is_ill & ~alarm, wrong),
            "false alarms": (~is_ill & alarm, wrong),
            "least sure": (np.ones(len(said), bool), -np.abs(said - self.threshold.threshold)),
        }
        chosen, value = worth[self.order.value]
        order = np.argsort(-value, kind="stable")
        return list(dict.fromkeys(self.predictions.index[order[chosen[order]]]))[:WORST]

    def explained(self, case: Any) -> NDArray:
        """Return the Grad-CAM of the class to be found, on the image's grid.

        Parameters
        ----------
        case
            Its name.

        Returns
        -------
        (M, N) ndarray
            0 or more.
        """
        from workbench.cnn import grad_cam

        assert self._cases is not None  # noqa: S101 (tells the type checker)
        key = case, self.positive.value
        if key not in self._heats:
            image, _ = self._cases.read(case)
            ready = np.asarray(image if self.prepare is None else self.prepare(image), np.float32)
            at = self.classes.index(self.positive.value)
            (heat,) = grad_cam(self.model, ready[np.newaxis], classes=at)
            shape = image.spatial_shape
            self._heats[key] = heat if heat.shape == shape else np.asarray(processing.resize(heat, shape=shape))
        return self._heats[key]

    def still(self) -> bytes:
        """Draw ROC curve, confusion matrix, calibration and the worst cases."""
        positive = self.positive.value
        cases = self.shown[:DRAWN] if self._cases is not None else []
        made, grid = figure(
            1 + bool(cases), 1, size=(8.5, 2.9 + 1.75 * bool(cases)), alt=self.alt, squeeze=False,
            height_ratios=(3, 1.75)[: 1 + bool(cases)],
        )  # fmt: skip
        with matplotlib.rc_context(STYLE):
            place = grid[0, 0].get_subplotspec()
            grid[0, 0].remove()
            roc, matrix, reliability = place.subgridspec(1, 3).subplots()
            curve = self._roc()
            table = self.threshold.table.to_numpy()
            roc.plot(curve["false_positive_rate"], curve["recall"], color=COLORS[0])
            roc.plot([0, 1], [0, 1], ":", color="black", linewidth=1)
            (found, missed), (alarms, peace) = table
            roc.plot(alarms / (alarms + peace), found / (found + missed), "o", color=COLORS[1], markersize=8)
            roc.set(
                title=f"ROC, AUC {self._auc():.3f}", xlabel="false positive rate", ylabel="recall", box_aspect=1
            )
            matrix.imshow(table, cmap=PALE)
            for row, column in np.ndindex(2, 2):
                matrix.text(column, row, f"{table[row, column]}", ha="center", va="center", fontsize=13)
            names = [self.threshold.positive, self.threshold.negative]
            matrix.set_xticks([0, 1], names, fontsize=8)
            matrix.set_yticks([0, 1], names, fontsize=8, rotation=90, va="center")
            matrix.grid(visible=False)
            matrix.set(title=f"At threshold {self.threshold.threshold:.2f}", xlabel="called", ylabel="is")
            filled = self._calibration().dropna(subset=["predicted", "observed"])
            reliability.plot([0, 1], [0, 1], ":", color="black", linewidth=1)
            reliability.plot(filled["predicted"], filled["observed"], "o-", color=COLORS[0], markersize=4)
            reliability.set(title="Calibration", xlabel=f"probability of {positive}", ylabel="observed share")
            reliability.set_box_aspect(1)
            if cases and self._cases is not None:
                captions = [f"{case}" for case in cases]
                draw_sheet(grid[1, 0], self._cases.pictures(cases), captions)
                grid[1, 0].set_title(f"{self.order.value.capitalize()}: {self._told(cases)}", fontsize=9)
        return figure_png(made)

    @property
    def alt(self) -> str:
        """What is to be seen, in one sentence."""
        return (
            f"{len(self.predictions)} predictions of {self.positive.value}: ROC curve with AUC {self._auc():.3f}, "
            f"threshold {self.threshold.threshold:.2f}, confusion matrix and calibration."
        )

    def _told(self, cases: list[Any]) -> str:
        said = self.probability.groupby(level=0, sort=False).first()
        return f"probability {', '.join(f'{said[case]:.2f}' for case in cases)}"

    def _roc(self) -> pd.DataFrame:
        return evaluation.roc_curve(
            self.labels, self.probability, positive=self.positive.value, groups=None, resamples=1
        )

    def _auc(self) -> float:
        return evaluation.auc(self.labels, self.probability, positive=self.positive.value)

    def _calibration(self) -> pd.DataFrame:
        return evaluation.calibration_curve(
            self.labels, self.probability, positive=self.positive.value, groups=None, resamples=1
        )

    def _choose_class(self) -> None:
        positive = self.positive.value
        others = [name for name in self.classes if name != positive]
        rival = others[0] if len(others) == 1 else f"not {positive}"
        self.threshold.show(self.labels, self.probability, positive=positive, negative=rival)
        self.about.value = (
            f"<b>{html.escape(positive)}</b>: {len(self.labels)} predictions, AUC {self._auc():.3f}. "
            "<em>A threshold chosen on these cases flatters them: choose it on others.</em>"
        )
        filled = self._calibration().dropna(subset=["predicted", "observed"])
        self.calibration.value = curves(
            {"perfect": ([0.0, 1.0], [0.0, 1.0]), "observed": (filled["predicted"], filled["observed"])},
            across=f"probability of {positive}", up=f"share that is {positive}", width=560, height=220,
            title=f"Calibration of the probability of {positive}.",
        )  # fmt: skip
        self._list()

    def _relist(self) -> None:
        if self.order.value != "most wrong":
            self._list()

    def _list(self) -> None:
        if self._cases is None:
            return
        shown = self.shown
        said = self.probability.groupby(level=0, sort=False).first()
        truth = self.labels.groupby(level=0, sort=False).first()
        captions = [f"{case}\n{said[case]:.2f}, is {truth[case]}" for case in shown]
        self.sheet.show(self._cases.pictures(shown), captions)
        if shown:
            self.sheet.chosen = 0

    def _show(self) -> None:
        shown = self.shown
        if self._cases is None or not 0 <= self.sheet.chosen < len(shown):
            return
        case = shown[self.sheet.chosen]
        with self.in_words(str(case)):
            image, mask = self._cases.read(case)
            self.canvas.change(image)
            if self.model is None:
                if mask is not None:
                    self.canvas.set_mask(mask)
                return
            heat = self.explained(case)
            window = float(heat.max()) / 2, float(heat.max()) or 1.0
            placed = Image(heat, affine=image.affine, spacing=image.spacing)
            self.canvas.show_second(placed, mode="blend", window=window)
            self.canvas.other_colormap = "hot"


def classify(
    predictions: pd.DataFrame,
    cohort: Cohort | None = None,
    model: Any = None,
    *,
    positive: Any = None,
    prepare: Callable[[Image], ArrayLike] | None = None,
) -> Classified:
    """Judge a classifier: drag the threshold along its ROC curve, and look at the cases that it gets wrong.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row per prediction, indexed by case: label and one column ``p_<class>`` for each class, as recognition
        and cnn make them.
    cohort : Cohort, optional
        Reads the images of the worst cases.
    model : keras.Model, optional
        A network whose Grad-CAM is laid over them; its outputs in the order of the columns.
    positive : optional
        The class to be found; the last one where not given.
    prepare : callable, optional
        Makes of an Image what the model takes; not needed where images fit it.

    Returns
    -------
    Classified
        Shows itself; without a browser as a still.

    Raises
    ------
    ValueError
        If the table has no labels or probabilities, several models, or only one class; or there is no such class.

    Examples
    --------
    >>> said = {"label": ["ill", "well", "ill"], "p_well": [0.1, 0.8, 0.6], "p_ill": [0.9, 0.2, 0.4]}
    >>> judged = classify(pd.DataFrame(said, index=["a", "b", "c"]))
    >>> judged.shown[0], judged.threshold.table.loc["ill", "ill"]
    ('c', np.int64(1))
    """
    return Classified(predictions, cohort, model, positive=positive, prepare=prepare)


def _checked(predictions: pd.DataFrame) -> pd.DataFrame:
    columns = [str(name) for name in getattr(predictions, "columns", [])]
    probabilities = [name for name in columns if name.startswith(PREFIX)]
    if "label" not in columns or len(probabilities) < 2:
        raise ValueError(
            f"expected a table with label and p_<class> of at least two classes, received "
            f"{', '.join(columns) or type(predictions).__name__}"
        )
    if "model" in columns and predictions["model"].nunique() > 1:
        raise ValueError("expected the predictions of one model, received several; choose one: result.of(name)")
    known = predictions.dropna(subset=["label", *probabilities])
    if known["label"].nunique() < 2:
        raise ValueError(f"expected labels of at least two classes, received {known['label'].unique().tolist()}")
    return known
