"""The process in which GDCM works: started when first needed, and again when a damaged stream has ended it."""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("gdcm_worker.py")
LONGEST = 60.0

_LOCK = threading.RLock()
_RUNNING: dict[int, subprocess.Popen] = {}


def decode(source: bytes, **task: Any) -> bytes:
    """Decode one frame in GDCM's process.

    Parameters
    ----------
    source : bytes
        The JPEG stream.
    **task
        What the dataset says of it: arguments of `gdcm_worker.decode`.

    Returns
    -------
    bytes
        Little-endian samples.

    Raises
    ------
    ValueError
        If GDCM cannot decode it, is ended by it, or needs longer than a minute.
    """
    with _LOCK:
        process = _process()
        watch = threading.Timer(LONGEST, process.kill)
        watch.start()
        try:
            return _asked(process, source, task)
        except OSError as error:
            stop()
            raise ValueError(f"GDCM was ended by a damaged stream ({error})") from error
        finally:
            watch.cancel()


def stop() -> None:
    """End GDCM's process, if there is one.

    Examples
    --------
    >>> stop()
    """
    process = _RUNNING.pop(os.getpid(), None)
    if process is not None:
        process.kill()
        # Closes the pipes too.
        with suppress(OSError):
            process.communicate()


atexit.register(stop)


def _process() -> subprocess.Popen:
    # A forked process must not share its parent's: answers would be mixed up.
    process = _RUNNING.get(os.getpid())
    if process is None:
        command = [sys.executable, "-I", str(WORKER)]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere)  # noqa: S603 (our own program)
        _RUNNING.clear()
        _RUNNING[os.getpid()] = process
    return process


def _asked(process: subprocess.Popen, source: bytes, task: dict[str, Any]) -> bytes:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 (tells the type checker)
    process.stdin.write(json.dumps(task | {"length": len(source)}).encode() + b"\n" + source)
    process.stdin.flush()
    head = process.stdout.read(8)
    length = int.from_bytes(head, "little", signed=True)
    samples = process.stdout.read(length) if len(head) == 8 and length >= 0 else b""
    if len(head) < 8 or len(samples) < length:
        raise OSError("no answer")
    if length < 0:
        raise ValueError("GDCM cannot decode it")
    return samples
