"""The failure gallery: the cases that a model gets most wrong, with their images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib
import pandas as pd

from workbench.evaluation import probability_column
from workbench.images import Window

from .contact_sheet import middle_slice, own_mask
from .pictures import draw, outline
from .style import STYLE, Figure, blank, figure

if TYPE_CHECKING:
    from workbench.cohorts import Cohort

WIDTH = 8.5
#: Of the words above an image that was decided wrongly.
WRONG = "#C00000"
#: Letters of a name that fit above an image.
LONGEST = 14


def show_failures(
    cohort: Cohort,
    predictions: Mapping[str, pd.DataFrame],
    *,
    alt: str,
    columns: int = 5,
    window: Window | tuple[float, float] | None = None,
    masks: bool = True,
    names: bool = False,
    width: float = WIDTH,
) -> Figure:
    """Show the worst cases of each class: those whose own class a model thought least probable.

    Parameters
    ----------
    cohort : Cohort
        The cases; only those shown are read. Of a volume the slice where the mask is largest is shown, or the
        middle one.
    predictions : mapping of str to pandas.DataFrame
        Model to table as for `evaluation.evaluate`, indexed by case. The first model chooses the cases; what the
        others said is written beside it.
    alt : str
        One sentence that says what is to be seen.
    columns : int, optional
        Cases of each class, from different patients as long as there are enough.
    window : Window or (level, width), optional
        For all images.
    masks : bool, optional
        Whether to outline the masks, where the cohort has them.
    names : bool, optional
        Whether to write the name of each case above it; names of files may tell who a patient is.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        A row for each class. Above each image each model's probability of the true class, in red where the
        first decided wrongly.

    Raises
    ------
    ValueError
        If there is no model, or its table lacks a case's class.

    Examples
    --------
    >>> from workbench.samples import lesion_study
    >>> study = lesion_study("nodule", patients=2)
    >>> table = study.table[["patient", "label"]]
    >>> table = table.assign(p_benign=[0.9, 0.8, 0.7, 0.4], p_malignant=[0.1, 0.2, 0.3, 0.6])
    >>> made = show_failures(study, {"CNN": table}, columns=1, alt="Two lesions.")
    >>> [axes.get_title(loc="left") for axes in made.axes]
    ['CNN 0.40', 'CNN 0.10']
    """
    if not predictions:
        raise ValueError("expected the predictions of at least one model, received none")
    own = {name: own_probability(table) for name, table in predictions.items()}
    first = next(iter(own))
    worst = {
        str(label): _worst(own[first][rows.index], rows["patient"], columns)
        for label, rows in _once(predictions[first]).groupby("label")
    }
    across = width / columns
    size = (width, len(worst) * (across + 0.2 + 0.15 * (len(own) + names)))
    made, grid = figure(len(worst), columns, size=size, alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for row, (label, cases) in zip(grid, worst.items(), strict=True):
            for axes, case in zip(row, cases, strict=False):
                blank(axes)
                picture, mask = middle_slice(cohort.image(case), own_mask(cohort, case) if masks else None)
                draw(axes, picture, window=window)
                if mask is not None and mask.any() and not mask.all():
                    outline(axes, mask, shape=mask.shape)
                wrong = decided_wrongly(predictions[first], case)
                said = "\n".join(f"{name} {values[case]:.2f}" for name, values in own.items())
                title = f"{_short(str(case))}\n{said}" if names else said
                axes.set_title(title, fontsize=9, color=WRONG if wrong else "black")
            row[0].set_ylabel(f"truth: {label}", visible=True, fontsize=10)
            for axes in row[len(cases) :]:
                axes.remove()
    return made


def own_probability(table: pd.DataFrame) -> pd.Series:
    """Return the probability that a model gave to the true class of each case, the mean over repeats.

    Parameters
    ----------
    table : pandas.DataFrame
        As for `evaluation.evaluate`, indexed by case.

    Returns
    -------
    pandas.Series
        Indexed by case.

    Examples
    --------
    >>> own_probability(pd.DataFrame({"label": ["a"], "p_a": [0.2], "p_b": [0.8]}, index=["x"])).to_dict()
    {'x': 0.2}
    """
    own = pd.Series(0.0, table.index)
    for label, rows in table.groupby("label"):
        column = probability_column(label)
        if column not in table:
            raise ValueError(f"the table has cases of class {label!r}, but no column {column!r}")
        own[table["label"] == label] = rows[column].to_numpy()
    return own.groupby(level=0, sort=False).mean()


def decided_wrongly(table: pd.DataFrame, case: str) -> bool:
    """Tell whether another class than the true one was the most probable.

    Parameters
    ----------
    table : pandas.DataFrame
        As for `evaluation.evaluate`, indexed by case.
    case : str
        Its name.

    Returns
    -------
    bool
        Of several repeats, by their mean.

    Examples
    --------
    >>> decided_wrongly(pd.DataFrame({"label": ["a"], "p_a": [0.2], "p_b": [0.8]}, index=["x"]), "x")
    True
    """
    rows = table.loc[[case]]
    said = rows[[name for name in rows if str(name).startswith("p_")]].mean()
    return said.idxmax() != probability_column(rows["label"].iloc[0])


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else "…" + name[1 - LONGEST :]


def _once(table: pd.DataFrame) -> pd.DataFrame:
    return table[~table.index.duplicated()]


def _worst(own: pd.Series, patients: pd.Series, count: int) -> list[str]:
    ranked = own.sort_values(kind="stable")
    others = patients[ranked.index].duplicated().to_numpy()
    # Of each patient the worst image first; a second one only where patients are few.
    return [*ranked.index[~others], *ranked.index[others]][:count]
