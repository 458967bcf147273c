"""Explorers that compute in the kernel: errors in words, and what is slow once the hand rests."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets
import numpy as np

from . import controls
from .settings import Setting
from .showing import Explorer

REST = 0.4


class Computing(Explorer):
    """An explorer whose controls call functions.

    Parameters
    ----------
    live : bool, optional
        As for `Explorer`.

    Attributes
    ----------
    message : ipywidgets.HTML
        What went wrong; empty where nothing did.
    """

    message: ipywidgets.HTML

    def __init__(self, *, live: bool | None = None) -> None:
        self._waiting: asyncio.TimerHandle | None = None
        super().__init__(live=live)

    @contextmanager
    def in_words(self, name: str) -> Iterator[None]:
        """Show an error as a sentence in the widget, where an exception in a callback would be lost."""
        try:
            yield
        except Exception as error:
            said = html.escape(f"{name}: {error}")
            self.message.value = (
                f"<div role='alert' style='border-left:3px solid var(--jp-error-color1, #d32f2f);padding:3px 10px;"
                f"line-height:1.4'>{said}</div>"
            )
        else:
            self.message.value = ""

    def soon(self, call: Callable[[], None]) -> None:
        """Call a function once the controls have rested for a moment; at once where nobody moves them."""
        try:
            loop = asyncio.get_running_loop() if self.live else None
        except RuntimeError:
            loop = None
        if self._waiting is not None:
            self._waiting.cancel()
        if loop is None:
            call()
        else:
            self._waiting = loop.call_later(REST, call)

    def control(self, setting: Setting, units: str, moved: Callable[[Any], None]) -> ipywidgets.Widget:
        """Return the control that moves a setting, and calls a function when it has moved."""
        unit = {"voxels": "voxels", "spread": units}.get(setting.unit, setting.unit)
        label = f"{setting.name.replace('_', ' ')} [{unit}]" if unit else setting.name.replace("_", " ")
        if setting.options:
            made = controls.choice(label, setting.options, setting.value)
        elif isinstance(setting.value, tuple):
            made = controls.reach(label, setting.value, setting.low, setting.high, step=setting.step or 1.0)
        else:
            made = controls.slider(label, setting.value, setting.low, setting.high, step=setting.step)
        made.observe(moved, "value")
        return made

    @staticmethod
    def put(control: ipywidgets.Widget, value: Any) -> None:
        """Set a control to a value, also beyond the range that it offers."""
        if hasattr(control, "max") and not isinstance(value, str):
            control.min, control.max = min(control.min, np.min(value)), max(control.max, np.max(value))
        control.value = value
