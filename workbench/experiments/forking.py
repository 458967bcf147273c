"""A process that imports libraries once and forks a kernel for each run.

It runs no notebook itself, so a kernel begins as clean as one that was started cold. This file is started by its
path and imports nothing of the workbench, so that it needs no other place to stand.
"""

import ctypes
import gc
import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

ORDER_TO_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux
OF_EVERY_KERNEL = (
    "ipykernel.kernelapp ipykernel.ipkernel ipykernel.debugger IPython.core.completerlib "
    "IPython.extensions.storemagic psutil sqlite3 tornado.platform.asyncio"
).split()


def main() -> None:
    """Import the modules named as arguments, say so in a line, then fork a kernel for every line read."""
    for module in [*OF_EVERY_KERNEL, *sys.argv[1:]]:
        with suppress(Exception):  # the notebook that asks for it will say what is wrong
            importlib.import_module(module)
    gc.freeze()  # no kernel need search for rubbish in what it shares with the others
    # Nobody waits for the kernels here, so let the system bury them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            become_kernel(json.loads(line))
            return
        print(child, flush=True)


def become_kernel(order: dict[str, Any]) -> None:
    """Turn this process, just forked, into a kernel like one started cold.

    Parameters
    ----------
    order : dict
        ``connection``: the kernel's connection file; ``folder``: where it works.
    """
    os.setsid()
    ctypes.CDLL(None).prctl(ORDER_TO_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.chdir(order["folder"])
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # else all kernels would draw the same numbers
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv=["-f", order["connection"]])


if __name__ == "__main__":
    main()
