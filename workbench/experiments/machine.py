"""What a record says about the machine and the software, without names of hosts, users or folders."""

from __future__ import annotations

import os
import platform
import subprocess
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")
PACKAGES = ("keras", "matplotlib", "numpy", "pandas", "scikit-image", "scikit-learn", "scipy", "tensorflow")
MEMORY_LIMITS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def versions() -> dict[str, str]:
    """Return the versions of the workbench and of the libraries that determine its numbers.

    Returns
    -------
    dict of str to str
        Package to version.

    Examples
    --------
    >>> "numpy" in versions()
    True
    """
    from importlib.metadata import version

    from workbench import __version__

    return {"workbench": __version__} | {name: version(name) for name in PACKAGES}


@lru_cache
def machine() -> dict[str, Any]:
    """Describe this machine.

    Returns
    -------
    dict
        ``architecture``, ``processor``, ``cores`` and ``memory_gb``.

    Examples
    --------
    >>> sorted(machine())
    ['architecture', 'cores', 'memory_gb', 'processor']
    """
    import psutil

    return {
        "architecture": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
    }


@lru_cache
def git_revision(folder: Path) -> str:
    """Return the git revision of a folder.

    Parameters
    ----------
    folder : Path
        Where a notebook is.

    Returns
    -------
    str
        The commit, with ``+changes`` where files differ from it; empty outside a repository or without git.

    Examples
    --------
    >>> import tempfile
    >>> git_revision(Path(tempfile.mkdtemp()))
    ''
    """
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit + ("+changes" if changed else "")


def peak_memory(process: int) -> int:
    """Return the most memory that a process has held.

    Parameters
    ----------
    process : int
        Its identity.

    Returns
    -------
    int
        Bytes; where the system keeps no peak, what it holds now; 0 if it is gone. Without its child processes.
    """
    import psutil

    with suppress(OSError, ValueError, StopIteration):
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])
    with suppress(psutil.Error):
        return int(psutil.Process(process).memory_info().rss)
    return 0


def free_memory() -> int:
    """Return the memory that another process could take, within the limit of a container.

    Returns
    -------
    int
        Bytes.

    Examples
    --------
    >>> free_memory() > 0
    True
    """
    import psutil

    free = int(psutil.virtual_memory().available)
    for limit, used in MEMORY_LIMITS:
        with suppress(OSError, ValueError):
            free = min(free, int(Path(limit).read_text()) - int(Path(used).read_text()))
    return max(free, 0)


def peak_of(work: Callable[[], Result]) -> tuple[Result, float]:
    """Do something and measure how much memory it allocated at most.

    Parameters
    ----------
    work : callable
        Called without arguments.

    Returns
    -------
    result : object
        What it returned.
    megabytes : float
        At the highest moment, beyond what was held before; of Python and numpy, in this process.

    Examples
    --------
    >>> import numpy as np
    >>> shape, megabytes = peak_of(lambda: np.zeros(1_000_000).shape)
    >>> shape, round(megabytes)
    ((1000000,), 8)
    """
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        result = work()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return result, (peak - before) / 1e6


def _git(folder: Path, *command: str) -> str:
    done = subprocess.run(  # noqa: S603 (fixed commands)
        ["git", "-C", str(folder.resolve()), *command],  # noqa: S607 (git is where the user has it)
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    return done.stdout.strip()


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
