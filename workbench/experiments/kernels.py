"""The kernel of a headless run: this very Python, spoken to without network ports."""

import shutil
import sys
import tempfile
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

# Bars and debugger notes would make each run's record differ from the last.
QUIET = {"TQDM_DISABLE": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class KernelManager(AsyncKernelManager):
    """Starts the Python that runs the workbench, whatever kernels the user has installed.

    Parallel runs that choose TCP ports at the same time collide; socket files do not. They stand in a short-named
    private folder, because the length of a socket's path is limited to about 100 characters.
    """

    @default("transport")
    def _transport(self) -> str:
        return "tcp" if sys.platform == "win32" else "ipc"

    @default("connection_file")
    def _connection_file(self) -> str:
        return str(Path(tempfile.mkdtemp(prefix="workbench-")) / "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of this Python's own kernel."""
        return KernelSpec(resource_dir=RESOURCES, **(get_kernel_dict() | {"env": QUIET}))

    def cleanup_connection_file(self) -> None:
        """Remove the connection file and its private folder."""
        super().cleanup_connection_file()
        shutil.rmtree(Path(self.connection_file).parent, ignore_errors=True)
