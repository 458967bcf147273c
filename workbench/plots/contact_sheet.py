"""A contact sheet: many cases of a cohort at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle
from typing import TYPE_CHECKING

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from workbench.cohorts import CohortError
from workbench.images import Image, ImageReadError

from .pictures import GREY_PANEL_WIDTH, draw, outline
from .style import COLORS, STYLE, Figure, blank, figure

if TYPE_CHECKING:
    from workbench.cohorts import Cohort

TITLE = 22


def contact_sheet(
    cohort: Cohort,
    *,
    cases: Iterable[str] | None = None,
    columns: int = 6,
    most: int = 24,
    masks: bool = True,
    boxes: bool = True,
    width: float = GREY_PANEL_WIDTH,
    alt: str = "",
) -> Figure:
    """Show the images of a cohort in small, with label, split, masks and boxes.

    Parameters
    ----------
    cohort : Cohort
        Only the images shown are read.
    cases : iterable of str, optional
        Which; by default `most` cases, evenly through the table, so that a table in order of classes shows them
        all.
    columns : int, optional
        Pictures in a row.
    most : int, optional
        Pictures at most.
    masks, boxes : bool, optional
        Whether to draw them where there are any.
    width : float, optional
        Of the figure, in inches.
    alt : str, optional
        One sentence that says what is to be seen; by default how many of the cases.

    Returns
    -------
    Figure
        A panel for each case: of a volume the middle slice, or the one where the mask is largest. An image that
        cannot be read leaves its panel empty but for its name.

    Raises
    ------
    ValueError
        If there is no case to show.
    CohortError
        If there is no such case.

    Examples
    --------
    >>> from workbench import cohorts
    >>> made = contact_sheet(cohorts.read("samples"), cases=["cell", "head_ct"])
    >>> [axes.get_title(loc="left") for axes in made.axes]
    ['cell', 'head_ct']
    """
    every = list(cohort)
    spread: NDArray = np.linspace(0, len(every) - 1, min(most, len(every))).round().astype(int)
    chosen = [every[index] for index in spread] if cases is None else list(cohort.select(cases))[:most]
    if not chosen:
        raise ValueError("expected at least one case to show, received none")
    columns = min(columns, len(chosen))
    rows = -(-len(chosen) // columns)
    size = (width, rows * (width / columns + 0.4))
    alt = alt or f"{len(chosen)} of {len(every)} cases in small."
    made, grid = figure(rows, columns, size=size, alt=alt, squeeze=False)
    around = {case: cohort.boxes(case) for case in chosen} if boxes and "boxes" in cohort.table else {}
    colors = _colors(around.values())
    with matplotlib.rc_context(STYLE):
        for axes in grid.flat[len(chosen) :]:
            axes.remove()
        for axes, case in zip(grid.flat, chosen, strict=False):
            blank(axes)
            axes.set_anchor("N")
            axes.set_title(_title(cohort, case), fontsize=7)
            try:
                image = cohort.image(case)
            except ImageReadError:
                axes.text(0.5, 0.5, "unreadable", transform=axes.transAxes, ha="center", color=COLORS[1])
                continue
            picture, marked = middle_slice(image, own_mask(cohort, case) if masks else None)
            draw(axes, picture)
            # The outline of a mask without a border is nothing.
            if marked is not None and marked.any() and not marked.all():
                outline(axes, marked, shape=marked.shape)
            if image.ndim == 2 and case in around:
                _draw_boxes(axes, around[case], colors)
        if len(colors) > 1:
            shown = [Patch(edgecolor=color, facecolor="none", label=label) for label, color in colors.items()]
            made.legend(handles=shown, loc="outside lower center", ncols=len(shown), fontsize=8)
    return made


def _title(cohort: Cohort, case: str) -> str:
    row = cohort.table.loc[case]
    told = [str(row[name]) for name in ("label", "split") if name in row and pd.notna(row[name])]
    name = str(case) if len(str(case)) <= TITLE else f"…{str(case)[1 - TITLE :]}"
    return "\n".join([name, ", ".join(told)]) if told else name


def own_mask(cohort: Cohort, case: str) -> Image | None:
    """Read a case's mask, if it has one that can be read.

    Parameters
    ----------
    cohort : Cohort
        The study.
    case : str
        Its name.

    Returns
    -------
    Image or None
    """
    try:
        return cohort.mask(case)
    except (CohortError, ImageReadError):
        # A sheet is for looking; what is wrong with a mask, the audit tells.
        return None


def middle_slice(image: Image, mask: Image | None) -> tuple[Image, NDArray | None]:
    """Choose the slice of a volume to look at: where the mask is largest, else the middle one.

    Parameters
    ----------
    image : Image
        Slice or volume.
    mask : Image or None
        On the same grid.

    Returns
    -------
    image : Image
        The slice; a slice as it is.
    mask : (M, N) ndarray or None
        There.

    Examples
    --------
    >>> middle_slice(Image(np.arange(12).reshape(3, 2, 2)), None)[0].pixels
    array([[4, 5],
           [6, 7]])
    """
    if image.ndim == 2:
        return image, None if mask is None else mask.pixels
    if image.affine is not None:
        image, mask = image.oriented("SPL"), mask if mask is None or mask.affine is None else mask.oriented("SPL")
    areas = np.zeros(image.shape[0]) if mask is None else np.count_nonzero(mask.pixels, axis=(1, 2))
    index = int(areas.argmax()) if areas.any() else image.shape[0] // 2
    chosen = Image(
        image.pixels[index],
        spacing=None if image.spacing is None else image.spacing[1:],
        modality=image.modality,
        units=image.units,
        channel_axis=None if image.channel_axis is None else image.channel_axis - 1,
    )
    return chosen, None if mask is None else mask.pixels[index]


def _colors(boxes: Iterable[pd.DataFrame]) -> dict[str, str]:
    labels = sorted({label for table in boxes for label in table["label"]})
    return dict(zip(labels, cycle(COLORS[1:]), strict=False))


def _draw_boxes(axes: Axes, boxes: pd.DataFrame, colors: dict[str, str]) -> None:
    for _, box in boxes.iterrows():
        # Pixel centres are at whole numbers, edges of boxes between them.
        corner = (box["left"] - 0.5, box["top"] - 0.5)
        size = (box["right"] - box["left"], box["bottom"] - box["top"])
        axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=colors[box["label"]], linewidth=0.8))
