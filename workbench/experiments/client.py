"""nbclient with a memory of what changed, and a limit on what is printed."""

import asyncio
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from .tracing import METHODS

# By its path, because the workbench itself is the notebook's to import; and without leaving a name behind.
TRACE = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location(name, folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules[name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules[name])
sys.modules[name].start(shell)
"""


class Client(NotebookClient):
    """Executes a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Filled with outputs.
    printed_at_most : int
        Characters of one cell's streams that are kept.
    told : callable
        Called with what the notebook has called so far, after each cell: see `tracing`.
    **options
        Of `nbclient.NotebookClient`.
    """

    def __init__(
        self, notebook: Any, *, printed_at_most: int, told: Callable[[dict[str, Any]], None], **options: Any
    ) -> None:
        super().__init__(notebook, timeout=None, record_timing=True, **options)
        self._told = told
        self._at_most = printed_at_most
        self._printed: dict[int, int] = {}
        self._messages = 0
        self._watch: asyncio.Task[Any] | None = None

    def changed(self) -> bool:
        """Tell whether the notebook has changed since the last call.

        Returns
        -------
        bool
            True if the kernel said anything.
        """
        messages, self._messages = self._messages, 0
        return messages > 0

    async def async_start_new_kernel_client(self, **options: Any) -> Any:
        """Connect to the kernel and have it note what the notebook calls.

        Parameters
        ----------
        **options
            Of nbclient.

        Returns
        -------
        KernelClient
            Connected.
        """
        connected = await super().async_start_new_kernel_client(**options)
        about = {"name": "workbench_tracing", "folder": str(Path(__file__).with_name("tracing"))}
        order = f"exec({TRACE!r}, {about!r} | {{'shell': get_ipython()}})"
        connected.execute(order, silent=True, store_history=False)
        return connected

    async def end_watch(self) -> None:
        """End nbclient's watch over the kernel, which it leaves behind in a cell that is stopped."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    async def _async_poll_kernel_alive(self) -> None:
        self._watch = asyncio.current_task()
        await super()._async_poll_kernel_alive()

    async def _async_check_alive(self) -> None:
        if self.kc is None:  # ended by us, while nbclient's watch over the kernel still ticks
            raise DeadKernelError("the kernel was ended")
        await super()._async_check_alive()

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Process a message of the kernel.

        Parameters
        ----------
        msg : dict
            The message.
        cell : nbformat.NotebookNode
            Being executed.
        cell_index : int
            Its place.

        Returns
        -------
        nbformat.NotebookNode or None
            The output that was appended.
        """
        self._messages += 1
        return super().process_message(msg, cell, cell_index)

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Append an output, of streams no more than the limit.

        Parameters
        ----------
        outs : list
            Of the cell.
        msg : dict
            The message.
        display_id : str or None
            Of an output that may be updated.
        cell_index : int
            The cell's place.

        Returns
        -------
        nbformat.NotebookNode or None
            The output that was appended.
        """
        if METHODS in msg["content"].get("data", {}):
            self._told(msg["content"]["data"][METHODS])
            return None
        if msg["msg_type"] == "stream" and self._kept(msg, cell_index):
            # nbclient would join streams itself, in a time that grows with the square of a line's length.
            join_streams(outs, msg["content"]["name"], msg["content"]["text"])
            return None
        return None if msg["msg_type"] == "stream" else super().output(outs, msg, display_id, cell_index)

    def _kept(self, msg: dict[str, Any], cell_index: int) -> bool:
        text = msg["content"]["text"]
        before = self._printed.get(cell_index, 0)
        self._printed[cell_index] = before + len(text)
        if before <= self._at_most < before + len(text):
            kept = text[: self._at_most - before]
            msg["content"]["text"] = f"{kept}\n[workbench: cut after {self._at_most:,} printed characters]\n"
        return before <= self._at_most


def join_streams(outputs: list[Any], name: str, text: str) -> None:
    r"""Add printed text to what was printed before, as a terminal would show it.

    Parameters
    ----------
    outputs : list of dict
        Of a cell; changed. Standard output stands before standard error, because their order is chance.
    name : str
        ``"stdout"`` or ``"stderr"``.
    text : str
        A carriage return takes back its line.

    Examples
    --------
    >>> outputs = []
    >>> join_streams(outputs, "stdout", "1 %\r")
    >>> join_streams(outputs, "stdout", "2 %\n")
    >>> outputs[0]["text"]
    '2 %\n'
    """
    from .notebooks import nbformat

    streams = list(takewhile(lambda output: output["output_type"] == "stream", reversed(outputs)))
    same = next((output for output in streams if output["name"] == name), None)
    if same is None:
        same = nbformat.v4.new_output("stream", name=name, text="")
        outputs.insert(len(outputs) - len(streams) if name == "stdout" else len(outputs), same)
    joined = same["text"] + text
    if "\r" in joined:
        lines = joined.replace("\r\n", "\n").split("\n")
        *whole, last = lines
        # The last line may still be taken back by what comes next.
        ended = last.endswith("\r")
        shown = [line.rpartition("\r")[2] for line in [*whole, last[:-1] if ended else last]]
        joined = "\n".join(shown) + ("\r" if ended else "")
    same["text"] = joined
