"""Controls in one style, and links that need no kernel."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets
import traitlets
from ipywidgets import Layout

from .sliders import RangeSlider, Slider, WholeSlider

DESCRIBED = {"description_width": "initial"}
#: What moves a mask that lies over an image; see `moving`.
OVERLAY = {
    "opacity": {"label": "mask opacity", "low": 0, "high": 1, "step": 0.01, "needs": "mask"},
    "outline": {"label": "outline", "needs": "mask"},
}


def slider(label: str, value: float, low: float, high: float, *, step: float | None = None) -> Slider:
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
    Slider
        Its `value` follows the finger.

    Examples
    --------
    >>> slider("size", 3, 1, 9, step=2).value
    3
    """
    whole = all(isinstance(number, int) for number in (value, low, high))
    kind = WholeSlider if whole else Slider
    step = step or (1 if whole else (high - low) / 200)
    return kind(value=value, min=low, max=high, step=step, description=label)


def reach(label: str, value: tuple[float, float], low: float, high: float, *, step: float) -> RangeSlider:
    """Return a slider for the two ends of a range.

    Parameters
    ----------
    label : str
        What screen readers and eyes read.
    value : tuple of 2 float
        Where the ends stand.
    low, high, step : float
        As for `slider`.

    Returns
    -------
    RangeSlider

    Examples
    --------
    >>> reach("range", (2.0, 9.0), 0.0, 5.0, step=1.0).value
    (2.0, 5.0)
    """
    return RangeSlider(value=value, min=low, max=high, step=step, description=label)


def moving(label: str, low: float, high: float, *, step: float, **conditions: Any) -> dict[str, Any]:
    """Describe a slider that a canvas shows for one of its traits; see `Canvas.controls`.

    Parameters
    ----------
    label : str
        What screen readers and eyes read.
    low, high, step : float
        As for `slider`.
    **conditions
        ``needs="mask"`` or ``"other"``, and ``mode``, a list of modes: when it is there.

    Returns
    -------
    dict

    Examples
    --------
    >>> moving("mask opacity", 0, 1, step=0.05, needs="mask")["needs"]
    'mask'
    """
    return {"label": label, "low": float(low), "high": float(high), "step": float(step), **conditions}


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


def button(label: str, act: Callable[[], Any]) -> ipywidgets.Button:
    """Make a button.

    Parameters
    ----------
    label : str
        What it says.
    act : callable
        Called without arguments when it is pressed.

    Returns
    -------
    ipywidgets.Button
    """
    made = ipywidgets.Button(description=label, layout=Layout(width="auto"))
    made.on_click(lambda _: act())
    return made


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
    if live:
        setattr(target[0], target[1], getattr(source[0], source[1]))
        ipywidgets.jslink(source, target)
    else:
        traitlets.link(source, target)
