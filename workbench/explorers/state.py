"""What a canvas and its view in the browser both know."""

from __future__ import annotations

import anywidget
import traitlets

from .colors import COLORMAPS, LABEL_COLORS
from .drawing import MODES
from .sending import script, style

READING = ("navigate", "window", "pan", "ruler", "rectangle", "ellipse")
EDITING = ("navigate", "brush", "erase", "window", "pan", "ruler")


class State(anywidget.AnyWidget):
    """Traits of a canvas.

    The view changes them while a finger moves, and tells them when it rests.

    Parameters
    ----------
    **traits
        Of those below. `controls` names what is moved by sliders under the picture: for each trait its label and
        range (`controls.moving`), or ``options`` to choose from, or the label alone for a switch. With
        `same_window` the second image has the first one's window.
    """

    _esm = script()
    _css = style("canvas", "controls")

    level = traitlets.Float(0.5).tag(sync=True)
    width = traitlets.Float(1.0).tag(sync=True)
    colormap = traitlets.Enum(COLORMAPS, "gray").tag(sync=True)
    opacity = traitlets.Float(0.35, min=0, max=1).tag(sync=True)
    outline = traitlets.Bool(True).tag(sync=True)
    crosshair = traitlets.List(traitlets.Int(), [0, 0, 0]).tag(sync=True)
    zoom = traitlets.Float(1.0).tag(sync=True)
    center = traitlets.List(traitlets.Float()).tag(sync=True)
    tool = traitlets.Unicode("navigate").tag(sync=True)
    tools = traitlets.List(traitlets.Unicode(), list(READING)).tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    colormaps = traitlets.List(traitlets.Unicode(), list(COLORMAPS)).tag(sync=True)
    brush_radius = traitlets.Float(4.0).tag(sync=True)
    brush_label = traitlets.Int(1, min=1, max=255).tag(sync=True)
    label_names = traitlets.Dict().tag(sync=True)
    boxes = traitlets.List(traitlets.Dict()).tag(sync=True)
    regions = traitlets.List(traitlets.Dict()).tag(sync=True)
    histogram = traitlets.List(traitlets.Int()).tag(sync=True)
    clicks = traitlets.Bool(False).tag(sync=True)
    scrolls = traitlets.Bool(False).tag(sync=True)
    mode = traitlets.Enum(MODES, "single").tag(sync=True)
    mix = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    tiles = traitlets.Int(8, min=1).tag(sync=True)
    other_level = traitlets.Float(0.5).tag(sync=True)
    other_width = traitlets.Float(1.0).tag(sync=True)
    same_window = traitlets.Bool(False).tag(sync=True)
    other_colormap = traitlets.Enum(COLORMAPS, "gray").tag(sync=True)
    controls = traitlets.Dict().tag(sync=True)
    panes = traitlets.List(traitlets.Int(min=0, max=2), [0]).tag(sync=True)
    height = traitlets.Int(420, min=60).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    smooth = traitlets.Bool(True).tag(sync=True)
    show_crosshair = traitlets.Bool(False).tag(sync=True)
    show_letters = traitlets.Bool(True).tag(sync=True)
    show_toolbar = traitlets.Bool(True).tag(sync=True)
    show_readout = traitlets.Bool(True).tag(sync=True)
    _palette = traitlets.List(list(LABEL_COLORS)).tag(sync=True)
    _colornames = traitlets.List(list(COLORMAPS)).tag(sync=True)
    _colortables = traitlets.Bytes().tag(sync=True)
