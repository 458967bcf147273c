"""Figures of how masks came about: histograms with thresholds, energies, agreement with the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench.checks import real_array

from .style import COLORS, STYLE, Figure, figure


def show_thresholds(
    image: ArrayLike, thresholds: Mapping[str, float], *, units: str, alt: str, bins: int = 200
) -> Figure:
    """Show the histogram of intensities and where thresholds part it.

    Parameters
    ----------
    image : (...) array_like
        Intensities.
    thresholds : mapping of str to float
        Name to threshold, in the units of `image`.
    units : str
        What the horizontal axis is called.
    alt : str
        One sentence that says what is to be seen.
    bins : int, optional
        Of the histogram.

    Returns
    -------
    Figure
        Counts are on a logarithmic scale, for air outnumbers everything else.

    Examples
    --------
    >>> made = show_thresholds([0, 1, 9], {"Otsu": 1.0}, units="HU", alt="Three intensities.")
    >>> made.axes[0].get_xlabel()
    'HU'
    """
    made, axes = figure(size=(8.5, 2.8), alt=alt)
    with matplotlib.rc_context(STYLE):
        axes.hist(real_array(image).ravel(), bins=bins, log=True, color="#8c8c8c")
        for color, (name, value) in zip(COLORS[1:], thresholds.items(), strict=False):
            axes.axvline(value, color=color, label=f"{name}: {value:.4g}")
        axes.set(xlabel=units, ylabel="voxels")
        axes.margins(x=0)
        if thresholds:
            made.legend(loc="outside upper center", ncols=len(thresholds))
    return made


def show_energies(
    descents: Mapping[str, ArrayLike], *, alt: str, marks: Sequence[int] = (), titles: str = ""
) -> Figure:
    """Show how an energy falls from step to step.

    Parameters
    ----------
    descents : mapping of str to (K,) array_like
        Name to the energy at the start and after each step.
    alt : str
        One sentence that says what is to be seen.
    marks : sequence of int, optional
        Steps to mark with a dot.
    titles : str, optional
        What the legend's entries have in common.

    Returns
    -------
    Figure
        Steps are on a logarithmic scale, with the start at 1, since most falls at first.

    Examples
    --------
    >>> made = show_energies({"disc": [1.0, 0.5, 0.25]}, alt="An energy that halves.")
    >>> made.axes[0].get_ylabel()
    'energy / variance'
    """
    made, axes = figure(size=(8.5, 2.8), alt=alt)
    with matplotlib.rc_context(STYLE):
        for name, energies in descents.items():
            values = np.asarray(energies)
            dots = [step for step in marks if step < len(values)]
            axes.plot(np.arange(len(values)), values, "o-", markevery=dots, label=name, clip_on=False)
        axes.set_xscale("symlog", linthresh=1)
        ticks = [0, *(10**power for power in range(4))]
        axes.set_xticks(ticks, list(map(str, ticks)))
        axes.minorticks_off()
        axes.set(xlabel="step", ylabel="energy / variance")
        axes.set_xlim(0, max(len(np.asarray(energies)) for energies in descents.values()) - 1 or 1)
        if len(descents) > 1:
            axes.legend(title=titles, loc="upper right")
    return made


def show_agreement(scores: pd.DataFrame, *, label: str, alt: str) -> Figure:
    """Show each method's score in each class as a dot.

    Parameters
    ----------
    scores : pandas.DataFrame
        Methods down, classes across.
    label : str
        What the scores are, such as ``"Dice coefficient"``.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        The first method on top.

    Examples
    --------
    >>> made = show_agreement(pd.DataFrame({"grey": {"Otsu": 0.9}}), label="Dice", alt="One dot.")
    >>> [text.get_text() for text in made.axes[0].get_yticklabels()]
    ['Otsu']
    """
    made, axes = figure(size=(8.5, 0.35 * len(scores) + 0.9), alt=alt)
    rows = np.arange(len(scores))
    with matplotlib.rc_context(STYLE):
        for index, name in enumerate(scores):
            axes.plot(
                scores[name], rows, "os^D"[index % 4], color=COLORS[index % len(COLORS)], label=name, markersize=8
            )
        axes.set_yticks(rows, list(scores.index))
        axes.set_ylim(len(scores) - 0.5, -0.5)
        axes.set(xlabel=label)
        made.legend(loc="outside upper right", ncols=len(scores.columns))
    return made
