"""What libraries say while they read is kept, not shown."""

import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# catch_warnings changes the whole process: two threads at once would undo each other's.
_QUIET = threading.RLock()


@contextmanager
def quiet() -> Iterator[list[warnings.WarningMessage]]:
    """Collect what libraries warn of instead of printing it.

    Yields
    ------
    list of warnings.WarningMessage
        Filled while the block runs.

    Examples
    --------
    >>> with quiet() as remarks:
    ...     warnings.warn("a tag is odd", stacklevel=1)
    >>> [str(remark.message) for remark in remarks]
    ['a tag is odd']
    """
    with _QUIET, warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        yield remarks


@contextmanager
def unlogged(name: str) -> Iterator[list[str]]:
    """Collect what a library logs instead of printing it.

    Parameters
    ----------
    name : str
        Of its logger.

    Yields
    ------
    list of str
        Filled while the block runs.

    Examples
    --------
    >>> with unlogged("a library") as remarks:
    ...     logging.getLogger("a library").warning("a tag is odd")
    >>> remarks
    ['a tag is odd']
    """
    remarks: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: remarks.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger(name)
    with _QUIET:
        kept = logger.handlers[:], logger.propagate
        logger.handlers, logger.propagate = [handler], False
        try:
            yield remarks
        finally:
            logger.handlers, logger.propagate = kept


@contextmanager
def silent_codecs() -> Iterator[None]:
    """Keep codecs written in C from writing to the process's error stream; what matters they also raise.

    Yields
    ------
    None
        While the block runs, nothing of the process reaches the stream.

    Examples
    --------
    >>> with silent_codecs():
    ...     _ = os.write(2, b"a marker is odd")
    """
    with _QUIET, open(os.devnull, "w") as nowhere:
        kept = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
