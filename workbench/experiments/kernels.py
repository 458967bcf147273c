"""The kernel of a headless run: this very Python, spoken to without network ports."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Dict, Instance, default

from .nursery import Nursery

# Bars and debugger notes would make each run's record differ from the last, and so would the order of sets.
QUIET = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
    "TQDM_DISABLE": "1",
}
# When Python ends it looks for rubbish among all objects, of which TensorFlow leaves millions: for two seconds.
START = """
import atexit, gc, runpy
atexit.register(gc.freeze)
runpy.run_module("ipykernel_launcher", run_name="__main__")
"""
THREADS = (
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)

GLANCE = 0.02  # seconds between two looks at a nursery that imports


class KernelManager(AsyncKernelManager):
    """Starts the Python that runs the workbench, whatever kernels the user has installed.

    Parallel runs that choose TCP ports at the same time collide; socket files do not. They stand in a short-named
    private folder, because the length of a socket's path is limited to about 100 characters.
    """

    environment = Dict()
    nursery = Instance(Nursery, allow_none=True)

    @default("transport")
    def _transport(self) -> str:
        return "tcp" if sys.platform == "win32" else "ipc"

    @default("connection_file")
    def _connection_file(self) -> str:
        return str(Path(tempfile.mkdtemp(prefix="workbench-")) / "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of this Python's own kernel."""
        command = [sys.executable, "-c", START, "-f", "{connection_file}"]
        return KernelSpec(
            resource_dir=RESOURCES, **(get_kernel_dict() | {"argv": command, "env": self.environment})
        )

    @property
    def process(self) -> int:
        """The identity of the kernel's process, 0 before it starts."""
        return getattr(self.provisioner, "pid", None) or 0

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        if self.nursery is None:
            await super()._async_launch_kernel(kernel_cmd, **options)
            return
        # Not in a thread, which nobody could stop.
        while not self.nursery.ready:
            await asyncio.sleep(GLANCE)
        forked = await asyncio.to_thread(self.nursery.fork, self.connection_file)
        # jupyter_client's own provisioner looks after any process that looks like a Popen.
        self.provisioner.process = forked
        self.provisioner.pid = self.provisioner.pgid = forked.pid

    _launch_kernel = _async_launch_kernel

    def cleanup_connection_file(self) -> None:
        """Remove the connection file and its private folder."""
        super().cleanup_connection_file()
        shutil.rmtree(Path(self.connection_file).parent, ignore_errors=True)


def environment(threads: int | None = None) -> dict[str, str]:
    """Return the environment variables of a headless kernel.

    Parameters
    ----------
    threads : int, optional
        How many the libraries use; their own choice by default.

    Returns
    -------
    dict of str to str
        To be set beside those there are.

    Examples
    --------
    >>> environment(2)["OMP_NUM_THREADS"]
    '2'
    """
    return QUIET | ({} if threads is None else dict.fromkeys(THREADS, str(threads)))
