"""Controls in one style, and links that need no kernel."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import ipywidgets
import traitlets
from ipywidgets import Layout

DESCRIBED = {"description_width": "initial"}


def slider(label: str, value: float, low: float, high: float, *, step: float | None = None) -> ipywidgets.Widget:
    """Return a slider for a number.

    Parameters
    ----------
    label : str
        What screen readers and eyes read.
    value, low, high : float
        Where it stands and how far it goes; whole numbers give a slider of whole numbers.
    step : float, optional
        A two hundredth of the way where not given, or 1 for whole numbers.

    Returns
    -------
    ipywidgets.Widget
        Its `value` follows the finger.

    Examples
    --------
    >>> slider("size", 3, 1, 9, step=2).value
    3
    """
    whole = all(isinstance(number, int) for number in (value, low, high))
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    step = step or (1 if whole else (high - low) / 200)
    options = {} if whole else {"readout_format": f".{digits(step)}f"}
    return kind(
        value=value, min=low, max=high, step=step, description=label, style=DESCRIBED,
        layout=Layout(width="250px", max_width="100%"), **options,
    )  # fmt: skip


def digits(step: float) -> int:
    """Return how many decimals a number deserves that moves in such steps.

    Parameters
    ----------
    step : float
        Above 0.

    Returns
    -------
    int

    Examples
    --------
    >>> digits(5), digits(0.05)
    (0, 2)
    """
    return min(max(-math.floor(math.log10(step)), 0), 12)


def step_of(length: float) -> float:
    """Return a round step for a range: a thousandth or a little less.

    Parameters
    ----------
    length : float
        Of the range.

    Returns
    -------
    float
        A power of ten.

    Examples
    --------
    >>> step_of(2.0)
    0.001
    """
    return float(10.0 ** math.floor(math.log10(length / 1000))) if length > 0 else 1.0


def choice(label: str, options: Iterable[Any], value: Any = None) -> ipywidgets.Dropdown:
    """Return a list to choose from.

    Parameters
    ----------
    label : str
        What screen readers and eyes read.
    options : iterable
        Texts, or (text, value) pairs.
    value : optional
        The first where not given.

    Returns
    -------
    ipywidgets.Dropdown

    Examples
    --------
    >>> choice("filter", ["mean", "median"]).value
    'mean'
    """
    made = ipywidgets.Dropdown(
        options=list(options), description=label, style=DESCRIBED, layout=Layout(width="auto")
    )
    if value is not None:
        made.value = value
    return made


def switch(label: str, value: bool) -> ipywidgets.Checkbox:
    """Return a box to tick.

    Parameters
    ----------
    label : str
        What screen readers and eyes read.
    value : bool
        Whether it is ticked.

    Returns
    -------
    ipywidgets.Checkbox
    """
    return ipywidgets.Checkbox(value=value, description=label, indent=False, layout=Layout(width="auto"))


def row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    """Put widgets side by side; they wrap where the cell is narrow.

    Parameters
    ----------
    *widgets : ipywidgets.Widget
        From left to right.

    Returns
    -------
    ipywidgets.HBox
    """
    return ipywidgets.HBox(widgets, layout=Layout(flex_flow="row wrap", align_items="center", grid_gap="2px 14px"))


def link(source: tuple[Any, str], target: tuple[Any, str], *, live: bool) -> None:
    """Keep two traits equal: in the browser where there is one, so that a finger never waits for the kernel.

    Parameters
    ----------
    source, target : tuple of (widget, str)
        The target takes the source's value first.
    live : bool
        See `showing.is_live`.
    """
    chosen = any(isinstance(widget, ipywidgets.Dropdown) for widget, _ in (source, target))
    # A list's value is known to Python alone (the browser has its index); a choice may wait for the kernel.
    if live and not chosen:
        setattr(target[0], target[1], getattr(source[0], source[1]))
        ipywidgets.jslink(source, target)
    else:
        traitlets.link(source, target)
