"""Scatter: points that are looked at one by one or caught in a lasso, in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike
from PIL import Image as Picture

from .encoding import encoded
from .sending import FOLDER, script


class Scatter(anywidget.AnyWidget):
    """Points of groups in a plane.

    Pointing at one, or arrow keys, set `hovered`; a lasso, a click, Enter or a name in the legend set `selected`,
    with Shift in addition to what is selected; Escape clears. Where the points have pictures, the browser asks for
    all of them in its idle time, so that pointing at one shows it at once.

    Parameters
    ----------
    picture : callable, optional
        Draws the point of a number in small.
    **traits
        Of those below.

    Examples
    --------
    >>> scatter = Scatter(height=300)
    >>> scatter.show([0, 1], [2, 3], groups=[0, 0], group_names=["all"], names=["a", "b"])
    >>> scatter.xy.tolist()
    [[0.0, 2.0], [1.0, 3.0]]
    """

    _esm = script("saving", "axes", "scatter")
    _css = FOLDER / "figures.css"

    points = traitlets.Bytes().tag(sync=True)
    groups = traitlets.Bytes().tag(sync=True)
    group_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    across = traitlets.Unicode("x").tag(sync=True)
    up = traitlets.Unicode("y").tag(sync=True)
    height = traitlets.Int(400, min=120).tag(sync=True)
    selected = traitlets.List(traitlets.Int()).tag(sync=True)
    hovered = traitlets.Int(-1).tag(sync=True)
    pictured = traitlets.Bool(False).tag(sync=True)

    def __init__(self, picture: Callable[[int], Picture.Image] | None = None, **traits: Any) -> None:
        self._picture = picture
        super().__init__(pictured=picture is not None, **traits)
        self.on_msg(self._receive)

    @property
    def xy(self) -> np.ndarray:
        """The points as they were sent, (n, 2)."""
        return np.frombuffer(self.points, np.float32).reshape(-1, 2)

    def show(
        self,
        x: ArrayLike,
        y: ArrayLike,
        *,
        groups: ArrayLike,
        group_names: Sequence[str],
        names: Sequence[str],
        **traits: Any,
    ) -> None:
        """Show other points.

        Parameters
        ----------
        x, y : (n,) array_like
            Finite.
        groups : (n,) array_like of int
            Of each point, from 0.
        group_names : sequence of str
            Of the groups, at most 255.
        names : sequence of str
            Of the points.
        **traits
            Others, such as ``across="area"``.
        """
        both = np.column_stack([np.asarray(x, np.float32), np.asarray(y, np.float32)])
        with self.hold_sync():
            self.points, self.groups = both.tobytes(), np.asarray(groups, np.uint8).tobytes()
            self.group_names, self.names = list(group_names), list(names)
            for name, value in traits.items():
                self.set_trait(name, value)

    def _receive(self, _: Any, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        del buffers
        if content.get("kind") == "pictures" and self._picture is not None:
            known = [at for at in content["of"] if 0 <= at < len(self.names)]
            drawn = [encoded(self._picture(at)) for at in known]
            self.send({"kind": "pictures", "names": [self.names[at] for at in known]}, drawn)
