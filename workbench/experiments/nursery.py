"""Warm kernels: their libraries are imported once, in a process that forks them."""

from __future__ import annotations

import ast
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .chapters import source

FORKS = sys.platform == "linux"
LIBRARIES = (
    "SimpleITK cv2 keras matplotlib nibabel numpy pandas pydicom pywt scipy skimage sklearn tensorflow workbench"
).split()


class NurseryError(RuntimeError):
    """The process that forks kernels is gone."""


class Nursery:
    """Starts kernels that have their libraries imported already.

    Parameters
    ----------
    modules : iterable of str
        What to import.
    environment : mapping of str to str
        Variables set beside this process's own.
    """

    def __init__(self, modules: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._lock, self._ready = threading.Lock(), False
        self._process = subprocess.Popen(  # noqa: S603 (our own Python)
            [sys.executable, "-P", str(Path(__file__).with_name("forking.py")), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
            start_new_session=True,
            text=True,
        )
        assert self._process.stdout is not None  # noqa: S101 (for the type checker)
        self._answers = self._process.stdout

    @property
    def ready(self) -> bool:
        """Whether its libraries are imported, or it has ended: `fork` would answer at once."""
        with self._lock:
            if not self._ready and self.alive and select.select([self._answers], [], [], 0)[0]:
                self._answers.readline()
                self._ready = True
        return self._ready or not self.alive

    def fork(self, connection: str) -> Forked:
        """Start a kernel of a nursery that is `ready`.

        Parameters
        ----------
        connection : str
            Its connection file.

        Returns
        -------
        Forked
            The process.

        Raises
        ------
        NurseryError
            If the nursery was killed.
        """
        order = json.dumps({"connection": connection, "folder": str(Path.cwd())})
        with self._lock:
            try:
                print(order, file=self._process.stdin, flush=True)
                answer = self._answers.readline()
            except (OSError, ValueError):  # killed, or closed by another run that found it so
                answer = ""
        if not answer:
            raise NurseryError("the process that forks kernels was killed")
        return Forked(int(answer))

    @property
    def alive(self) -> bool:
        """Whether it can start kernels."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and all its kernels."""
        self._process.kill()
        with suppress(OSError):  # an order that it did not read
            self._process.communicate()


class Forked:
    """A forked kernel, with the few methods of `subprocess.Popen` that jupyter_client calls.

    Parameters
    ----------
    pid : int
        Its identity.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        import psutil

        self.pid = pid
        try:
            self._process = psutil.Process(pid)
        except psutil.NoSuchProcess:
            self._process = None

    def poll(self) -> int | None:
        """Return None while it lives, else -1: only its parent could know the exit status."""
        import psutil

        with suppress(psutil.NoSuchProcess):
            # One that ended and was not buried counts as running.
            if self._process and self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE:
                return None
        return -1

    def wait(self) -> int:
        """Return the exit status of a process that has ended."""
        return -1

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def imported(notebook: dict[str, Any]) -> tuple[str, ...]:
    """List the libraries that a notebook imports and that can be imported before it starts.

    Parameters
    ----------
    notebook : dict
        Its content.

    Returns
    -------
    tuple of str
        Modules of well-known libraries and of the workbench, in the notebook's order: TensorFlow imported
        before what sets its environment rounds differently. A user's own are left to the run, because they may do
        anything when imported, and so is all that follows a cell which changes the environment.

    Examples
    --------
    >>> imported({"cells": [{"cell_type": "code", "source": "from workbench import cnn"}]})
    ('workbench', 'workbench.cnn')
    """
    found: list[str] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        if "environ" in source(cell):
            break
        try:
            lines = ast.parse(source(cell)).body
        except SyntaxError:  # IPython's own commands, or a mistake that the run will tell
            continue
        for line in lines:
            if isinstance(line, ast.Import):
                found += [alias.name for alias in line.names]
            elif isinstance(line, ast.ImportFrom) and line.module and not line.level:
                found += [line.module, *(f"{line.module}.{alias.name}" for alias in line.names)]
    # pyplot looks for a notebook when it is imported.
    known = [name for name in found if name.split(".")[0] in LIBRARIES and "pyplot" not in name]
    return tuple(dict.fromkeys(known))
