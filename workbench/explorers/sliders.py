"""Sliders drawn by the browser itself: light enough to follow a finger."""

from __future__ import annotations

from typing import Any

import anywidget
import numpy as np
import traitlets

from .sending import script, style


class Slider(anywidget.AnyWidget):
    """A number that a hand moves, or types.

    Parameters
    ----------
    **traits
        Of those below; the value is kept between `min` and `max`.

    Examples
    --------
    >>> Slider(value=7.0, min=0.0, max=5.0).value
    5.0
    """

    _esm = script("inputs", "sliding")
    _css = style("controls")

    value: Any = traitlets.Float().tag(sync=True, echo_update=False)
    min: Any = traitlets.Float(0.0).tag(sync=True)
    max: Any = traitlets.Float(1.0).tag(sync=True)
    step: Any = traitlets.Float(0.01).tag(sync=True)
    description = traitlets.Unicode("").tag(sync=True)

    @traitlets.validate("value")
    def _within(self, proposal: Any) -> Any:
        value = proposal["value"]
        kept = np.clip(value, self.min, self.max).tolist()
        return tuple(kept) if isinstance(value, tuple) else type(value)(kept)

    @traitlets.observe("min", "max")
    def _keep_within(self, _: Any) -> None:
        self.value = self.value


class WholeSlider(Slider):
    """A whole number that a hand moves.

    Parameters
    ----------
    **traits
        As for `Slider`.
    """

    value = traitlets.Int().tag(sync=True, echo_update=False)
    min = traitlets.Int(0).tag(sync=True)
    max = traitlets.Int(100).tag(sync=True)
    step = traitlets.Int(1).tag(sync=True)


class RangeSlider(Slider):
    """Two ends of a range, each moved by a hand.

    Parameters
    ----------
    **traits
        As for `Slider`; the value is a pair.
    """

    value = traitlets.Tuple(traitlets.Float(), traitlets.Float()).tag(sync=True, echo_update=False)
