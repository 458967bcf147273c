"""How an explorer shows itself: live where somebody can move it, as a labelled still everywhere else."""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import ipywidgets

VIEW = "application/vnd.jupyter.widget-view+json"
SWITCH = "WORKBENCH_EXPLORERS"
# Clients written in Python (nbclient, papermill, nbval) number their messages; browsers do not.
NUMBERED = re.compile(r"_\d+_\d+$")


def is_live() -> bool:
    """Tell whether a browser asked for what is being computed.

    Returns
    -------
    bool
        True in JupyterLab, Notebook, VS Code and Voila; False under papermill, nbconvert, nbval and outside a
        kernel. The environment variable ``WORKBENCH_EXPLORERS`` (``live`` or ``still``) decides where it is set.

    Examples
    --------
    >>> is_live()
    False
    """
    wish = os.environ.get(SWITCH, "")
    if wish in {"live", "still"}:
        return wish == "live"
    from IPython.core.getipython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    if os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        return True
    header = kernel.get_parent("shell").get("header", {})
    return bool(header) and not NUMBERED.search(header.get("msg_id", ""))


@contextmanager
def building(*, live: bool) -> Iterator[None]:
    """Make widgets that speak to a browser only where there is one.

    Parameters
    ----------
    live : bool
        Where False, widgets made inside work as objects, but nothing is sent and nothing saved.
    """
    if live:
        yield
        return
    with patch.object(ipywidgets.Widget, "open", lambda widget: None):
        yield


def bundle(png: bytes, alt: str, box: ipywidgets.Widget | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a notebook stores and shows.

    Parameters
    ----------
    png : bytes
        The still.
    alt : str
        What is to be seen, in one sentence.
    box : ipywidgets.Widget or None
        What a browser shows in its place; ``None`` for the still alone.

    Returns
    -------
    data, metadata : dict
        A mime bundle.
    """
    data: dict[str, Any] = {"image/png": png, "text/plain": alt}
    metadata: dict[str, Any] = {"image/png": {"alt": alt}}
    if box is not None:
        data[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
        # The canvas looks for this mark when the notebook is saved, and keeps the still alone.
        metadata["workbench"] = {"explorer": box.model_id}
    return data, metadata


class Explorer(ABC):
    """Controls and canvases in a box, with a still of their state.

    A subclass makes its widgets in `build` and its still in `still`.

    Parameters
    ----------
    live : bool, optional
        Whether a browser is there; found out where not given.

    Attributes
    ----------
    box : ipywidgets.Widget
        All of it, to be put into other boxes.
    """

    box: ipywidgets.Widget

    def __init__(self, *, live: bool | None = None) -> None:
        self.live = is_live() if live is None else live
        with self.building():
            self.box = self.build()
            self.box.add_class("wb-explorer")

    @abstractmethod
    def build(self) -> ipywidgets.Widget:
        """Make the widgets and bind them.

        Returns
        -------
        ipywidgets.Widget
            The box that holds them.
        """

    @abstractmethod
    def still(self) -> bytes:
        """Draw the present state.

        Returns
        -------
        bytes
            A PNG file of less than 100 kB.
        """

    @property
    @abstractmethod
    def alt(self) -> str:
        """One sentence that says what is to be seen."""

    def building(self) -> Any:
        """Return the context in which this explorer's widgets are made."""
        return building(live=self.live)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return bundle(self.still(), self.alt, self.box if self.live else None)
